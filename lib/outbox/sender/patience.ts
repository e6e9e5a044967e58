const shortestMs = 2000
const mostDoublings = 5
const leastOverdueMs = 250

/**
 * How long an answer is waited for while others wait behind it. A cloud that is slow altogether makes it longer, up to what
 * the HTTP client waits for; a quick one shorter again.
 */
export class Patience {
  #doublings = 1
  #usualMs = 0

  get ms(): number {
    return shortestMs * 2 ** this.#doublings
  }

  /** It was not enough, and nothing came meanwhile from anywhere. */
  longer(): void {
    this.#doublings = Math.min(mostDoublings, this.#doublings + 1)
  }

  /** What takes longer than this is later than usual. */
  get overdueMs(): number {
    return Math.max(leastOverdueMs, 4 * this.#usualMs)
  }

  answered(tookMs: number): void {
    this.#usualMs += (tookMs - this.#usualMs) / 8
    if (this.#doublings > 0 && tookMs < this.ms / 4) this.#doublings--
  }
}
