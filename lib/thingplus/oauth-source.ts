import {
  type Clock,
  ConnectorError,
  checkedCredential,
  type Issued,
  isJsonObject,
  joined,
  Renewable,
  say,
  type Text,
} from '../core'
import { type HttpClient, suspectingClock } from '../http'
import { passwordDigest } from '../signing'
import { type Answer, readAnswer } from './answer'
import { ownValue, textOf } from './fields'
import { tokenLifeMs, tokenPayload } from './jwt'
import { refusal } from './refusal'

export interface ThingPlusCredentials {
  clientId: string
  clientSecret: string
  /** The portal's login id, not an e-mail address. */
  userName: string
  password: string
  /** `password` already is the lower-case hex MD5. */
  passwordIsDigest?: boolean | undefined
  /** Why nobody can log in, where a secret is not there: thrown instead of a login. */
  noSecret?: ConnectorError | undefined
}

/** How the token request is written: the guide shows JSON, the OAuth page form fields; the cloud takes both. */
export type TokenBodyFormat = 'json' | 'form'

export interface ThingPlusTokenOptions extends ThingPlusCredentials {
  /** API base URL with its version, no trailing slash: `https://api.thingplus.net/v2`. */
  baseUrl: string
  tokenBodyFormat?: TokenBodyFormat | undefined
  http: HttpClient
  clock: Clock
}

export interface ThingPlusToken {
  accessToken: string
  /** `Bearer`. */
  tokenType: string
  /** From issue to expiry; left out when the token doesn't tell. */
  lifetimeMs?: number
  userId?: string
  clientId?: string
}

const shareOfLife = 0.8

/**
 * The OAuth token of one user and client by the password grant: cached, renewed at 80 % of its life, one request in
 * flight however many ask. There is no refresh token; renewal is the same grant again.
 *
 * Source: docs/protocol/thingplus.md §4.1, §4.3, §4.6.
 */
export class ThingPlusTokenSource {
  readonly #options: ThingPlusTokenOptions
  readonly #token: Renewable<ThingPlusToken>

  constructor(options: ThingPlusTokenOptions) {
    this.#options = options
    this.#token = new Renewable((_, signal) => this.#obtain(signal), options.clock)
  }

  /**
   * A token that is good for a while.
   * @throws ConnectorError `AUTH_REFUSED` naming the wrong credential, `CONFIG_INCOMPLETE`, `CONFIG_INVALID`,
   * `THROTTLED`, `CLOUD_ERROR`, `RESPONSE_UNREADABLE`, `NETWORK_*`, `ABORTED`
   */
  get(signal?: AbortSignal): Promise<ThingPlusToken> {
    const { noSecret } = this.#options
    return noSecret ? Promise.reject(noSecret) : this.#token.get(signal)
  }

  /** What must never be shown, in the forms in which it is sent. */
  get secrets(): readonly string[] {
    const { clientSecret, password, passwordIsDigest = false } = this.#options
    return [clientSecret, password, passwordDigest(password, { isDigest: passwordIsDigest })]
  }

  /** The cloud refused this token: the next `get` asks for another. */
  drop(token: ThingPlusToken): void {
    this.#token.drop(token)
  }

  /** `undefined` without a token; infinite for one that doesn't tell its life. */
  remainingMs(): number | undefined {
    return this.#token.remainingMs()
  }

  close(): void {
    this.#token.close()
  }

  async #obtain(signal: AbortSignal): Promise<Issued<ThingPlusToken>> {
    const { baseUrl, tokenBodyFormat, http, clock } = this.#options
    const grant = passwordGrant(this.#options)
    const response = await http.request({
      method: 'POST',
      url: `${baseUrl}/oauth2/token`,
      ...grantBody(grant, tokenBodyFormat ?? 'json'),
      signal,
    })
    const answer = readAnswer(response, tokenTarget, this.secrets)
    if (answer.statusCode >= 300) throw tokenRefusal(answer, clock.wallMs())
    const value = readToken(answer, clock.wallMs())
    const lifeMs = value.lifetimeMs ?? Number.POSITIVE_INFINITY
    return { value, renewAfterMs: lifeMs * shareOfLife, expiresAfterMs: lifeMs }
  }
}

const tokenTarget = 'POST oauth2/token'

function passwordGrant(options: ThingPlusTokenOptions) {
  const { clientId, clientSecret, userName, password } = options
  const settings: readonly [Text, string][] = [
    [say`client id`, clientId],
    [say`client secret`, clientSecret],
    [say`user name`, userName],
    [say`password`, password],
  ]
  const missing = settings.flatMap(([name, value]) => (value ? [] : [name]))
  if (missing.length) {
    throw new ConnectorError('CONFIG_INCOMPLETE', say`Missing from the Thing+ configuration: ${joined(missing)}.`)
  }
  return {
    grant_type: 'password',
    client_id: clientId,
    client_secret: clientSecret,
    username: userName,
    password: digestOf(options),
  }
}

/** @throws ConnectorError `CONFIG_INVALID` for a digest that is not one */
export function digestOf({
  password,
  passwordIsDigest = false,
}: Pick<ThingPlusCredentials, 'password' | 'passwordIsDigest'>): string {
  const digest = passwordDigest(password, { isDigest: passwordIsDigest })
  if (!/^[0-9a-f]{32}$/.test(digest)) {
    throw new ConnectorError(
      'CONFIG_INVALID',
      say`The password is marked as an MD5 digest but is not one: a digest has 32 hexadecimal digits. Enter the digest, or switch that option off and enter the password.`,
    )
  }
  return digest
}

function grantBody(grant: Record<string, string>, format: TokenBodyFormat) {
  return format === 'form'
    ? {
        headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(grant).toString(),
      }
    : {
        headers: { accept: 'application/json', 'content-type': 'application/json' },
        body: JSON.stringify(grant),
      }
}

function readToken({ data, statusCode }: Answer, wallMs: number): ThingPlusToken {
  const accessToken = isJsonObject(data) ? textOf(data['access_token']) : undefined
  if (!isJsonObject(data) || !accessToken) {
    throw new ConnectorError(
      'RESPONSE_UNREADABLE',
      say`${tokenTarget}: the answer holds no access token. Check the API base URL; it ends with the version (/v2).`,
      { statusCode },
    )
  }
  checkedCredential(accessToken, tokenTarget)
  const tokenType = textOf(data['token_type']) ?? 'Bearer'
  checkedCredential(tokenType, tokenTarget)
  const payload = tokenPayload(accessToken) ?? {}
  const lifetimeMs = tokenLifeMs(payload, wallMs)
  const userId = textOf(payload['userId'])
  const clientId = textOf(payload['clientId'])
  return {
    accessToken,
    tokenType,
    ...(lifetimeMs === undefined ? {} : { lifetimeMs }),
    ...(userId === undefined ? {} : { userId }),
    ...(clientId === undefined ? {} : { clientId }),
  }
}

const refusedCredential: Readonly<Record<string, Text>> = {
  incorrect_client_credentials: say`the client id or the client secret is wrong.`,
  incorrect_user_credentials: say`the user name or the password is wrong. The user name is the portal’s login id, not an e-mail address; if the stored password is an MD5 digest, say so in the configuration.`,
  unauthorized_user: say`this user may not use this OAuth client, or no longer exists. Check both in the portal.`,
  unsupported_grant_type: say`the cloud does not offer the password grant. Ask its operator.`,
}

/** The cloud's own words are left out here: a refusal may echo what was sent. */
function tokenRefusal(answer: Answer, wallMs: number): ConnectorError {
  const { statusCode, cloudCode, errorName } = answer
  const explanation = ownValue(refusedCredential, cloudCode)
  if (explanation || errorName === 'TokenError' || statusCode === 401 || statusCode === 403) {
    const refused = new ConnectorError(
      'AUTH_REFUSED',
      say`The Thing+ cloud issued no token: ${explanation ?? say`it refuses the credentials.`} (${cloudCode ? `HTTP ${statusCode} – ${cloudCode}` : `HTTP ${statusCode}`})`,
      { statusCode, cloudCode },
    )
    return suspectingClock(refused, answer.headers, wallMs)
  }
  const other = refusal({ ...answer, message: undefined }, tokenTarget, wallMs)
  return other.code.startsWith('AUTH_') ? other : suspectingClock(other, answer.headers, wallMs)
}
