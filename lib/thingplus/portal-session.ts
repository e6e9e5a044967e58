import { type Clock, ConnectorError, say } from '../core'
import { type HttpClient, suspectingClock } from '../http'
import { type Answer, requireMark } from './answer'
import { type ApiRequest, exchange } from './exchange'
import { digestOf, type ThingPlusCredentials } from './oauth-source'
import { refusal } from './refusal'

export interface PortalOptions extends Pick<ThingPlusCredentials, 'userName' | 'password' | 'passwordIsDigest'> {
  baseUrl: string
  http: HttpClient
  clock: Clock
  /** Of the client that is created: it is sent too. */
  newSecret?: string | undefined
}

/**
 * A login to the portal, for the one thing that a token cannot do: creating OAuth clients.
 *
 * Source: docs/protocol/thingplus.md §4.7, §4.8.
 */
export class PortalSession {
  private constructor(
    readonly options: PortalOptions,
    readonly cookie: string,
  ) {}

  /** @throws ConnectorError `AUTH_REFUSED`, `CONFIG_INCOMPLETE`, and what `request` throws */
  static async open(options: PortalOptions, signal?: AbortSignal): Promise<PortalSession> {
    const { userName, password, baseUrl, http, clock } = options
    if (!userName || !password) {
      throw new ConnectorError('CONFIG_INCOMPLETE', say`The portal login needs a user name and a password.`)
    }
    const body = { loginId: userName, password: digestOf(options) }
    const secrets = [password, body.password]
    const answer = await exchange(http, 'POST', `${baseUrl}/login`, {}, { body, signal }, secrets)
    const cookie = sessionCookie(answer)
    if (cookie) return new PortalSession(options, cookie)
    if (answer.statusCode < 400 || [400, 401, 403].includes(answer.statusCode))
      throw loginRefused(answer, clock.wallMs())
    throw refusal({ ...answer, message: undefined }, 'POST /login', clock.wallMs())
  }

  /** @throws ConnectorError for every answer but a success; without the cloud's words, which may echo a secret */
  async request(method: string, path: string, request: ApiRequest = {}): Promise<Answer> {
    const { http, baseUrl, clock, password } = this.options
    const [, sessionId = ''] = this.cookie.split('=')
    const secrets = [password, digestOf(this.options), sessionId, this.options.newSecret ?? '']
    const answer = await exchange(http, method, `${baseUrl}${path}`, { cookie: this.cookie }, request, secrets)
    const target = `${method} ${path}`
    const isRefused = answer.statusCode >= 300 || answer.statusCode === 207 || answer.problems.length > 0
    if (isRefused) throw refusal({ ...answer, message: undefined }, target, clock.wallMs())
    requireMark(answer, target, request.itemId)
    return answer
  }

  /** Logs out; a failure does no harm, because the session expires. */
  async close(signal?: AbortSignal): Promise<void> {
    await this.request('POST', '/logout', { signal }).catch(() => undefined)
  }
}

const cookieName = 'dwTPlus'

function sessionCookie({ headers, statusCode }: Answer): string | undefined {
  if (statusCode >= 400) return undefined
  const pairs = (headers['set-cookie'] ?? []).map((cookie) => cookie.split(';')[0]?.trim() ?? '')
  return pairs.find((pair) => pair.startsWith(`${cookieName}=`) && pair.length > cookieName.length + 1)
}

function loginRefused({ statusCode, cloudCode, headers }: Answer, wallMs: number): ConnectorError {
  const refused = new ConnectorError(
    'AUTH_REFUSED',
    say`The portal refuses the login: the user name or the password is wrong. The user name is the login id, not an e-mail address. (HTTP ${statusCode})`,
    { statusCode, cloudCode },
  )
  return suspectingClock(refused, headers, wallMs)
}
