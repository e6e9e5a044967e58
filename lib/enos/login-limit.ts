/** EnOS blocks a device for five minutes at its fourth-plus login within two; we stay one below. Source: enos.md section 4. */
const windowMs = 2 * 60_000
const loginsPerWindow = 3

/** The recent logins of one device, on the monotonic clock. */
export class LoginLimit {
  #logins: number[] = []

  /** How long to wait until the next login is allowed; 0 when it is allowed now. */
  waitMs(nowMs: number): number {
    this.#logins = this.#logins.filter((loginMs) => nowMs - loginMs < windowMs)
    const oldest = this.#logins[this.#logins.length - loginsPerWindow]
    return oldest === undefined ? 0 : oldest + windowMs - nowMs
  }

  count(nowMs: number): void {
    this.#logins.push(nowMs)
  }

  /** A login that was counted at this time never reached EnOS. */
  takeBack(nowMs: number): void {
    const index = this.#logins.lastIndexOf(nowMs)
    if (index >= 0) this.#logins.splice(index, 1)
  }
}
