/** EnOS blocks a device for five minutes at its fourth-plus login within two; we stay one below. Source: enos.md section 4. */
const windowMs = 2 * 60_000
const loginsPerWindow = 3

export interface Login {
  readonly atMs: number
}

/** The recent logins of one device, on the monotonic clock. */
export class LoginLimit {
  #logins: Login[] = []

  /** How long to wait until the next login is allowed; 0 when it is allowed now. */
  waitMs(nowMs: number): number {
    this.#logins = this.#logins.filter(({ atMs }) => nowMs - atMs < windowMs)
    const oldest = this.#logins[this.#logins.length - loginsPerWindow]
    return oldest === undefined ? 0 : oldest.atMs + windowMs - nowMs
  }

  count(nowMs: number): Login {
    const login = { atMs: nowMs }
    this.#logins.push(login)
    return login
  }

  /** The login never reached the broker. */
  forget(login: Login): void {
    this.#logins = this.#logins.filter((other) => other !== login)
  }
}
