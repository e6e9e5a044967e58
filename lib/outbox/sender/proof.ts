/** When something has last come of the cloud, such as that it has taken values: about any stream, or about others than one. */
export class Proof {
  #lastMs = Number.NEGATIVE_INFINITY
  /** The only stream that it was last about. */
  #lastStream: string | undefined
  /** When something last came that was not about this stream alone. */
  #beforeMs = Number.NEGATIVE_INFINITY

  get lastMs(): number {
    return this.#lastMs
  }

  /** When something last came that was not about this stream alone. */
  lastOfOthersMs(stream: string): number {
    return this.#lastStream === stream ? this.#beforeMs : this.#lastMs
  }

  /** @param only where it was the only one, the stream */
  came(only: string | undefined, nowMs: number): void {
    if (only === undefined || only !== this.#lastStream) this.#beforeMs = this.#lastMs
    this.#lastStream = only
    this.#lastMs = nowMs
  }
}
