const shortestMs = 2000
const mostDoublings = 5

/**
 * How long an answer is waited for while others wait behind it. A cloud that is slow altogether makes it longer, up to what
 * the HTTP client waits for; a quick one shorter again.
 */
export class Patience {
  #doublings = 1

  get ms(): number {
    return shortestMs * 2 ** this.#doublings
  }

  /** It was not enough, and nothing came meanwhile from anywhere. */
  longer(): void {
    this.#doublings = Math.min(mostDoublings, this.#doublings + 1)
  }

  answered(tookMs: number): void {
    if (this.#doublings > 0 && tookMs < this.ms / 4) this.#doublings--
  }
}
