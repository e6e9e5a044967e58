import {
  type Clock,
  ConnectorError,
  checkedCredential,
  type Issued,
  isJsonObject,
  Renewable,
  Secrets,
  say,
} from '../core'
import type { HttpClient } from '../http'
import { pathSegment } from '../message'
import { deviceSign } from '../signing'
import { type EnosAnswer, isHttpSuccess, loginRefusal, readAnswer } from './answer'
import { brokerCodes } from './codes'
import { blockMs, type Login } from './login-limit'
import { type KnownSession, type SessionKey, SessionMemory } from './session-memory'

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

const renewAtShare = 0.8
/** The longest that a block may last, whatever the broker says. */
const longestBlockMs = 10 * 60_000
/** How the broker words a block is not documented; these are the usual words. */
const blockWords = /\bblock|too (many|frequent|often)|频繁|过多|封禁/i

/**
 * The device's session at the broker: one login for however many callers, renewed at 80 % of the lifetime since the last
 * success, at most three logins in two minutes. Source: docs/protocol/enos.md §6.1, §6.3, §6.4.
 */
export class EnosDeviceSession {
  readonly #options: DeviceSessionOptions
  readonly #memory: SessionMemory
  readonly #session: Renewable<string>
  #signed: SessionKey | undefined

  constructor(options: DeviceSessionOptions) {
    this.#options = options
    this.#memory = options.memory ?? new SessionMemory(options.clock)
    this.#session = new Renewable((current, signal) => this.#obtain(current, signal), options.clock)
  }

  /** @throws ConnectorError `AUTH_REFUSED`, `AUTH_LOGIN_LIMIT`, `NOT_FOUND`, `NETWORK_*`, `CLOUD_ERROR` */
  get(signal?: AbortSignal): Promise<string> {
    return this.#session.get(signal)
  }

  /** The session that lives, where it need not be renewed yet. */
  held(): string | undefined {
    return this.#session.held()
  }

  /** Data was accepted with this session: its life starts anew. */
  succeeded(sessionId: string): void {
    const { session } = this.#memory
    if (session?.id !== sessionId) return
    this.#memory.extend(session, this.#options.lifetimeMs)
    this.#session.extend(this.#issued(session))
  }

  /** The broker refused this session: the next `get` logs in. */
  drop(sessionId: string): void {
    this.#memory.drop(sessionId)
    this.#session.drop(sessionId)
  }

  /** Ends waiting. A login that was sent goes on: its session is there for whoever opens this device next. */
  close(): void {
    this.#session.close()
  }

  async #obtain(current: string | undefined, closing: AbortSignal): Promise<Issued<string>> {
    await this.#memory.restored()
    return this.#issued((await this.#known(current)) ?? (await this.#begin(closing)))
  }

  /** The living session, where it is another than the current one, or the one that the login under way brings. */
  async #known(current: string | undefined): Promise<KnownSession | undefined> {
    for (;;) {
      const living = this.#memory.living(this.#key())
      if (living && living.id !== current) return living
      const { underWay } = this.#memory
      if (underWay?.sign !== this.#key().sign) return undefined
      await underWay.session.catch((failure: ConnectorError) => {
        // The client that began it was closed before it was sent.
        if (failure.code !== 'ABORTED') throw failure
      })
    }
  }

  #begin(closing: AbortSignal): Promise<KnownSession> {
    const nowMs = this.#options.clock.monotonicMs()
    const waitMs = this.#memory.logins.waitMs(nowMs)
    if (waitMs > 0) throw this.#limitReached(waitMs)
    const session = this.#logIn(this.#memory.logins.count(nowMs), closing)
    this.#memory.underWay = { sign: this.#key().sign, session }
    return session
  }

  async #logIn(login: Login, closing: AbortSignal): Promise<KnownSession> {
    const memory = this.#memory
    // Known on disk before it can reach EnOS: a process that ends each time right after must not make EnOS block the device.
    await memory.save()
    try {
      const session = memory.keep(await this.#request(closing), this.#key())
      memory.lastRefusal = undefined
      return session
    } catch (failure) {
      this.#judge(failure, login)
      throw failure
    } finally {
      memory.logins.ended(login, this.#options.clock.monotonicMs())
      memory.underWay = undefined
      void memory.save()
    }
  }

  /** Whether EnOS has seen a login that failed. */
  #judge(failure: unknown, login: Login): void {
    if (!(failure instanceof ConnectorError)) return
    if (failure.statusCode !== undefined) this.#memory.lastRefusal = failure
    else if (failure.mayHaveArrived) login.isUnclear = true
    else this.#memory.logins.forget(login)
    if (failure.code === 'AUTH_LOGIN_LIMIT' && failure.retryAfterMs !== undefined)
      this.#memory.logins.block(this.#options.clock.monotonicMs() + failure.retryAfterMs)
  }

  /** The id of a new session. */
  async #request(closing: AbortSignal): Promise<string> {
    const { http, brokerUrl, productKey, deviceKey, deviceSecret, lifetimeMs, clock } = this.#options
    const { sign } = this.#key()
    const response = await http.request({
      method: 'POST',
      url: `${brokerUrl}/auth/${pathSegment(productKey, 'CONFIG_INVALID')}/${pathSegment(deviceKey, 'CONFIG_INVALID')}`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ signMethod: 'sha256', sign, lifetime: lifetimeMs }),
      signal: closing,
      isAwaitedOnceSent: true,
    })
    const answer = readAnswer(response, clock.wallMs())
    const sessionId = isJsonObject(answer.data) ? answer.data.sessionId : undefined
    const what = say`Logging in device ${deviceKey}`
    if (isHttpSuccess(answer) && answer.code === '200' && typeof sessionId === 'string' && sessionId)
      return checkedCredential(sessionId, what)
    if (isBlock(answer)) throw this.#blocked(Math.min(answer.retryAfterMs || blockMs, longestBlockMs), answer)
    throw loginRefusal(what, answer, brokerCodes, new Secrets([deviceSecret, sign]))
  }

  #key(): SessionKey {
    const { productKey, deviceKey, deviceSecret, lifetimeMs, upperCaseSign } = this.#options
    const upperCase = upperCaseSign ?? false
    this.#signed ??= {
      sign: deviceSign({ productKey, deviceKey, deviceSecret, lifetimeMs, upperCase }),
      deviceSecret,
      lifetimeMs,
    }
    return this.#signed
  }

  #issued({ id, untilMs }: KnownSession): Issued<string> {
    const remainingMs = untilMs - this.#options.clock.monotonicMs()
    return { value: id, renewAfterMs: remainingMs * renewAtShare, expiresAfterMs: remainingMs }
  }

  #limitReached(waitMs: number): ConnectorError {
    const { deviceKey } = this.#options
    const { logins, lastRefusal } = this.#memory
    if (logins.isBlocked(this.#options.clock.monotonicMs())) return this.#blocked(waitMs, {})
    const seconds = Math.ceil(waitMs / 1000)
    const limit = logins.isUnclear
      ? say`The last login of device ${deviceKey} got no answer; EnOS may have counted it all the same. The next login is possible in ${seconds} s.`
      : say`Device ${deviceKey} logged in three times within two minutes; a further login would make EnOS block it for five. The next login is possible in ${seconds} s.`
    const text = lastRefusal ? say`${limit} The last login failed: ${lastRefusal.text}` : limit
    return new ConnectorError('AUTH_LOGIN_LIMIT', text, { retryAfterMs: waitMs })
  }

  #blocked(waitMs: number, { statusCode }: { statusCode?: number }): ConnectorError {
    const { deviceKey } = this.#options
    const text = say`EnOS refuses logins of device ${deviceKey} for some minutes, because there were too many. None is tried before then; the next login is possible in ${Math.ceil(waitMs / 1000)} s.`
    return new ConnectorError('AUTH_LOGIN_LIMIT', text, { statusCode, retryAfterMs: waitMs })
  }
}

/** The broker says that this device logs in too often. */
function isBlock({ statusCode, code, message }: EnosAnswer): boolean {
  return statusCode === 429 || code === '429' || blockWords.test(message.slice(0, 500))
}
