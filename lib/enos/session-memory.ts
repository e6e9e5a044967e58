import { type Clock, type ConnectorError, isJsonObject, type Json, parseJson } from '../core'
import { LoginLimit, type LoginTimes } from './login-limit'
import { sealed, unsealed } from './sealed-text'

/** A place for a device's memory that outlives the process. */
export interface SessionStore {
  /** What was written last; `undefined` for none. */
  read(): Promise<string | undefined>
  write(text: string): Promise<void>
}

/** What a login is made with. */
export interface SessionKey {
  /** Of the login: other secrets, or another lifetime, need a login of their own. */
  readonly sign: string
  readonly deviceSecret: string
  readonly lifetimeMs: number
}

/** A session, and the login that it came from. */
export interface KnownSession {
  readonly id: string
  readonly sign: string
  /** Until when it lives without data, monotonic milliseconds. */
  untilMs: number
}

/**
 * How far a stored session may lag behind the living one: each success extends it, and that is too often to write to a
 * disk.
 */
const storedAgainAfterMs = 30_000

/**
 * What outlives a deployment, and with a store the process: a device's living session, the login that is under way, and the
 * recent logins. The session id is stored encrypted by the device secret, which itself is not stored here.
 */
export class SessionMemory {
  readonly logins = new LoginLimit()
  session: KnownSession | undefined
  /** The login that was sent and not yet answered. */
  underWay: { readonly sign: string; readonly session: Promise<KnownSession> } | undefined
  lastRefusal: ConnectorError | undefined
  readonly #store: SessionStore | undefined
  readonly #clock: Clock
  readonly #readBootId: (() => Promise<string>) | undefined
  /** The span in which the monotonic clock is comparable, also with that of an earlier process. */
  #bootId: string | undefined
  /** The session as it is stored. */
  #sealed: string | undefined
  /** Until when a session lives that an earlier process has left. */
  #leftUntilMs = Number.NEGATIVE_INFINITY
  #restored: Promise<void> | undefined
  #saving: Promise<void> = Promise.resolve()
  #storedUntilMs = Number.NEGATIVE_INFINITY

  /** @param readBootId names the span in which the clock's monotonic time is comparable; left out: its own life */
  constructor(clock: Clock, store?: SessionStore, readBootId?: () => Promise<string>) {
    this.#clock = clock
    this.#store = store
    this.#readBootId = readBootId
  }

  /** Reads what an earlier process has left, once. */
  restored(): Promise<void> {
    this.#restored ??= this.#restore()
    return this.#restored
  }

  /** The living session of this login, the one of an earlier process too, where the secret opens it. */
  living({ sign, deviceSecret, lifetimeMs }: SessionKey): KnownSession | undefined {
    const nowMs = this.#clock.monotonicMs()
    const untilMs = Math.min(this.#leftUntilMs, nowMs + lifetimeMs)
    if (!this.session && this.#sealed !== undefined && untilMs > nowMs) {
      const id = unsealed(this.#sealed, deviceSecret, sign)
      if (id !== undefined) this.session = { id, sign, untilMs }
    }
    const { session } = this
    return session?.sign === sign && session.untilMs > nowMs ? session : undefined
  }

  /** A session that a login brought. */
  keep(id: string, { sign, deviceSecret, lifetimeMs }: SessionKey): KnownSession {
    this.session = { id, sign, untilMs: this.#clock.monotonicMs() + lifetimeMs }
    this.#sealed = sealed(id, deviceSecret, sign)
    return this.session
  }

  /** The broker no longer knows it. */
  drop(sessionId: string): void {
    if (this.session?.id !== sessionId) return
    this.session = undefined
    this.#sealed = undefined
  }

  /** The cloud took data: the session lives on. */
  extend(session: KnownSession, lifetimeMs: number): void {
    session.untilMs = this.#clock.monotonicMs() + lifetimeMs
    if (this.#store && session.untilMs - this.#storedUntilMs >= storedAgainAfterMs) void this.save()
  }

  /**
   * Writes what is known now. Without a store, or if it fails, everything still works: what is known is lost with the
   * process.
   */
  save(): Promise<void> {
    const store = this.#store
    if (!store) return this.#saving
    const text = this.#text()
    this.#storedUntilMs = this.session?.untilMs ?? Number.NEGATIVE_INFINITY
    this.#saving = this.#saving.then(() => store.write(text)).catch(() => undefined)
    return this.#saving
  }

  #text(): string {
    const nowMs = this.#clock.monotonicMs()
    const leadMs = this.#clock.wallMs() - nowMs
    const { session } = this
    const untilMs = Math.round((session?.untilMs ?? this.#leftUntilMs) + leadMs)
    const kept = this.#sealed === undefined ? {} : { session: { sealed: this.#sealed, untilMs } }
    const boot = this.#bootId === undefined ? {} : { boot: { id: this.#bootId, leadMs } }
    return JSON.stringify({ version: 1, ...this.logins.times(nowMs, leadMs), ...kept, ...boot })
  }

  async #restore(): Promise<void> {
    this.#bootId = await this.#readBootId?.()
    const text = await this.#store?.read().catch(() => undefined)
    const stored = text === undefined ? undefined : parseJson(text)
    if (!isJsonObject(stored) || stored.version !== 1) return
    const nowMs = this.#clock.monotonicMs()
    const leadMs = this.#leadOf(stored.boot) ?? this.#clock.wallMs() - nowMs
    this.logins.restore(loginTimes(stored.loginsMs, stored.unclearMs, stored.blockedUntilMs), nowMs, leadMs)
    const { session } = stored
    if (isJsonObject(session) && typeof session.sealed === 'string' && typeof session.untilMs === 'number') {
      this.#sealed = session.sealed
      this.#leftUntilMs = session.untilMs - leadMs
    }
  }

  /** By how much the wall clock was ahead of the monotonic one when the times were written, where that is the same one still. */
  #leadOf(boot: Json | undefined): number | undefined {
    const isSame = isJsonObject(boot) && this.#bootId !== undefined && boot.id === this.#bootId
    return isSame && typeof boot.leadMs === 'number' ? boot.leadMs : undefined
  }
}

function loginTimes(
  loginsMs: Json | undefined,
  unclearMs: Json | undefined,
  blockedUntilMs: Json | undefined,
): LoginTimes {
  return {
    loginsMs: numbersIn(loginsMs),
    unclearMs: numbersIn(unclearMs),
    ...(typeof blockedUntilMs === 'number' ? { blockedUntilMs } : {}),
  }
}

function numbersIn(list: Json | undefined): number[] {
  return Array.isArray(list) ? list.filter((item): item is number => typeof item === 'number').slice(-10) : []
}
