/** When the cloud has last taken something: of any stream, or of others than one. */
export class Proof {
  #lastMs = Number.NEGATIVE_INFINITY
  /** The only stream of the last request that was taken. */
  #lastStream: string | undefined
  /** When one was last taken that was not of this stream alone. */
  #beforeMs = Number.NEGATIVE_INFINITY

  get lastMs(): number {
    return this.#lastMs
  }

  /** When something was last taken that was not of this stream alone. */
  lastOfOthersMs(stream: string): number {
    return this.#lastStream === stream ? this.#beforeMs : this.#lastMs
  }

  /** @param only where it was the only one, the stream */
  accepted(only: string | undefined, nowMs: number): void {
    if (only === undefined || only !== this.#lastStream) this.#beforeMs = this.#lastMs
    this.#lastStream = only
    this.#lastMs = nowMs
  }
}
