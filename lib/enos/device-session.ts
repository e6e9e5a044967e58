import {
  type Clock,
  ConnectorError,
  type ErrorCode,
  type HttpClient,
  type Issued,
  isJsonObject,
  Renewable,
} from '../http'
import { deviceSign } from '../signing'
import { say } from '../text'
import { isHttpSuccess, readAnswer, refusal } from './answer'
import { brokerCodes } from './codes'
import { LoginLimit } from './login-limit'

export interface DeviceSessionOptions {
  http: HttpClient
  /** The device broker, checked, without trailing slash. */
  brokerUrl: string
  productKey: string
  deviceKey: string
  deviceSecret: string
  /** How long a session lives without data. */
  lifetimeMs: number
  /** Send `sign` in upper case, as the documentation's prose asks; Envision's own clients send lower case. */
  upperCaseSign?: boolean | undefined
  clock: Clock
  /** What is known of this device's earlier sessions, so that deploying again needs no new login. */
  memory?: SessionMemory | undefined
}

/** What outlives a redeploy: the living session and the recent logins of a device. Holds no secret but the session id. */
export class SessionMemory {
  readonly logins = new LoginLimit()
  /** With the sign of its login: other secrets, or another lifetime, need a login of their own. */
  session: { id: string; untilMs: number; sign: string } | undefined
}

const renewAtShare = 0.8

/** Failures of a login that EnOS never saw, and does not count: a dead line must not use up the limit. */
const unreached = new Set<ErrorCode>(['NETWORK_UNREACHABLE', 'NETWORK_NAME_UNKNOWN', 'NETWORK_TLS', 'NETWORK_PROXY'])

/**
 * The device's session at the broker: one login for however many callers, renewed at 80 % of the lifetime since the last
 * success, at most three logins in two minutes. Source: enos.md section 4.
 */
export class EnosDeviceSession {
  readonly #options: DeviceSessionOptions
  readonly #memory: SessionMemory
  readonly #session: Renewable<string>
  #lastRefusal: ConnectorError | undefined
  #signed: string | undefined

  constructor(options: DeviceSessionOptions) {
    this.#options = options
    this.#memory = options.memory ?? new SessionMemory()
    this.#session = new Renewable((current, signal) => this.#obtain(current, signal), options.clock)
  }

  /** @throws ConnectorError `AUTH_REFUSED`, `AUTH_LOGIN_LIMIT`, `NOT_FOUND`, `NETWORK_*`, `CLOUD_ERROR` */
  get(signal?: AbortSignal): Promise<string> {
    return this.#session.get(signal)
  }

  /** Data was accepted with this session: its life starts anew. */
  succeeded(sessionId: string): void {
    if (this.#memory.session?.id === sessionId) this.#session.extend(this.#issued(sessionId))
  }

  /** The broker refused this session: the next `get` logs in. */
  drop(sessionId: string): void {
    if (this.#memory.session?.id === sessionId) this.#memory.session = undefined
    this.#session.drop(sessionId)
  }

  remainingMs(): number | undefined {
    return this.#session.remainingMs()
  }

  close(): void {
    this.#session.close()
  }

  async #obtain(current: string | undefined, signal: AbortSignal): Promise<Issued<string>> {
    const nowMs = this.#options.clock.monotonicMs()
    const remembered = this.#memory.session
    if (remembered?.sign === this.#sign() && remembered.id !== current && remembered.untilMs > nowMs) {
      const remainingMs = remembered.untilMs - nowMs
      return { value: remembered.id, renewAfterMs: remainingMs * renewAtShare, expiresAfterMs: remainingMs }
    }
    const waitMs = this.#memory.logins.waitMs(nowMs)
    if (waitMs > 0) throw this.#limitReached(waitMs)
    const login = this.#memory.logins.count(nowMs)
    try {
      return this.#issued(await this.#login(signal))
    } catch (failure) {
      if (failure instanceof ConnectorError) {
        if (failure.statusCode !== undefined) this.#lastRefusal = failure
        if (unreached.has(failure.code)) this.#memory.logins.forget(login)
      }
      throw failure
    }
  }

  async #login(signal: AbortSignal): Promise<string> {
    const { http, brokerUrl, productKey, deviceKey, deviceSecret, lifetimeMs } = this.#options
    const sign = this.#sign()
    const response = await http.request({
      method: 'POST',
      url: `${brokerUrl}/auth/${encodeURIComponent(productKey)}/${encodeURIComponent(deviceKey)}`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ signMethod: 'sha256', sign, lifetime: lifetimeMs }),
      signal,
    })
    const answer = readAnswer(response)
    const sessionId = isJsonObject(answer.data) ? answer.data.sessionId : undefined
    if (isHttpSuccess(answer) && answer.code === '200' && typeof sessionId === 'string' && sessionId) return sessionId
    throw refusal(say`Logging in device ${deviceKey}`, answer, brokerCodes, [deviceSecret, sign])
  }

  #sign(): string {
    const { productKey, deviceKey, deviceSecret, lifetimeMs, upperCaseSign } = this.#options
    this.#signed ??= deviceSign({ productKey, deviceKey, deviceSecret, lifetimeMs, upperCase: upperCaseSign ?? false })
    return this.#signed
  }

  #issued(sessionId: string): Issued<string> {
    const { lifetimeMs, clock } = this.#options
    this.#memory.session = { id: sessionId, untilMs: clock.monotonicMs() + lifetimeMs, sign: this.#sign() }
    return { value: sessionId, renewAfterMs: lifetimeMs * renewAtShare, expiresAfterMs: lifetimeMs }
  }

  #limitReached(waitMs: number): ConnectorError {
    const { deviceKey } = this.#options
    const limit = say`Device ${deviceKey} logged in three times within two minutes; a further login would make EnOS block it for five. The next login is possible in ${Math.ceil(waitMs / 1000)} s.`
    const text = this.#lastRefusal ? say`${limit} The last login failed: ${this.#lastRefusal.text}` : limit
    return new ConnectorError('AUTH_LOGIN_LIMIT', text, { retryAfterMs: waitMs })
  }
}
