/** EnOS blocks a device for five minutes at its fifth login within two. Source: docs/protocol/enos.md §6.4. */
const windowMs = 2 * 60_000
const cloudsLimit = 4
/** We stay one below, so that a login with the device's key elsewhere does not make EnOS block the device. */
const ourLimit = 3
export const blockMs = 5 * 60_000
/** How long the first login without an answer is waited for, twice as long each further one. */
const firstPauseMs = 1_000

export interface Login {
  /** When it ended, monotonic milliseconds: it can't arrive later. While it is under way, when it began. */
  atMs: number
  /** There was no answer: the cloud may or may not have seen it. */
  isUnclear: boolean
}

/** The times of a device's recent logins, Unix milliseconds, and until when EnOS blocks it. Holds no secret. */
export interface LoginTimes {
  loginsMs: readonly number[]
  /** Those of them that got no answer. */
  unclearMs: readonly number[]
  blockedUntilMs?: number | undefined
}

/**
 * The recent logins of one device, on the monotonic clock. Several logins in a row without an answer count as one of the
 * three that are allowed within two minutes, because a connection that breaks each time lets none through; but there are
 * never more than the four that EnOS allows, should they all have arrived.
 */
export class LoginLimit {
  #logins: Login[] = []
  #blockedUntilMs = Number.NEGATIVE_INFINITY

  /** How long to wait until the next login is allowed; 0 when it is allowed now. */
  waitMs(nowMs: number): number {
    this.#logins = this.#logins.filter(({ atMs }) => nowMs - atMs < windowMs)
    const counted = this.#counted()
    const afterOurs = counted[counted.length - ourLimit]
    const afterAll = this.#logins[this.#logins.length - cloudsLimit]
    const untilMs = Math.max(
      this.#blockedUntilMs,
      afterOurs === undefined ? nowMs : afterOurs + windowMs,
      afterAll === undefined ? nowMs : afterAll.atMs + windowMs,
      this.#pausedUntilMs(),
    )
    return Math.max(0, untilMs - nowMs)
  }

  isBlocked(nowMs: number): boolean {
    return this.#blockedUntilMs > nowMs
  }

  /** The last login got no answer. */
  get isUnclear(): boolean {
    return this.#logins.at(-1)?.isUnclear ?? false
  }

  count(nowMs: number): Login {
    const login = { atMs: nowMs, isUnclear: false }
    this.#logins.push(login)
    return login
  }

  /** The answer is here, or is not waited for any longer. */
  ended(login: Login, nowMs: number): void {
    login.atMs = nowMs
  }

  /** The login never reached the broker. */
  forget(login: Login): void {
    this.#logins = this.#logins.filter((other) => other !== login)
  }

  /** EnOS said that it accepts no login until then, monotonic milliseconds. */
  block(untilMs: number): void {
    this.#blockedUntilMs = untilMs
  }

  /** To be kept across restarts of the process. @param wallLeadMs what to add to a monotonic time for a wall clock's */
  times(nowMs: number, wallLeadMs: number): LoginTimes {
    const wallMs = ({ atMs }: Login) => Math.round(atMs + wallLeadMs)
    const recent = this.#logins.filter(({ atMs }) => nowMs - atMs < windowMs)
    return {
      loginsMs: recent.map(wallMs),
      unclearMs: recent.filter(({ isUnclear }) => isUnclear).map(wallMs),
      ...(this.isBlocked(nowMs) ? { blockedUntilMs: Math.round(this.#blockedUntilMs + wallLeadMs) } : {}),
    }
  }

  /** What `times` gave in an earlier process. If the wall clock was set back in between, they count as just made. */
  restore({ loginsMs, unclearMs, blockedUntilMs }: LoginTimes, nowMs: number, wallLeadMs: number): void {
    const earlier = loginsMs.map((wallMs) => ({
      atMs: Math.min(nowMs, wallMs - wallLeadMs),
      isUnclear: unclearMs.includes(wallMs),
    }))
    this.#logins = [...earlier, ...this.#logins].toSorted((one, other) => one.atMs - other.atMs).slice(-cloudsLimit)
    if (blockedUntilMs !== undefined)
      this.#blockedUntilMs = Math.max(this.#blockedUntilMs, Math.min(nowMs + blockMs, blockedUntilMs - wallLeadMs))
  }

  /** When those that count were made: of a row without answers the last one. */
  #counted(): number[] {
    return this.#logins
      .filter(({ isUnclear }, at) => !(isUnclear && this.#logins[at + 1]?.isUnclear))
      .map(({ atMs }) => atMs)
  }

  #pausedUntilMs(): number {
    const last = this.#logins.at(-1)
    if (!last?.isUnclear) return Number.NEGATIVE_INFINITY
    const row = this.#logins.length - 1 - this.#logins.findLastIndex(({ isUnclear }) => !isUnclear)
    return last.atMs + firstPauseMs * 2 ** (row - 1)
  }
}
