const toldPerTurn = 50

/**
 * Tells callers that what they appended is on the disk, 50 a turn of the event loop: what waits for a message that was taken
 * in, such as the rest of its flow, takes its time.
 */
export class Telling {
  readonly #waiting: (() => void)[] = []
  #turnOver: (() => void) | undefined

  /** How many have not been told yet. */
  get count(): number {
    return this.#waiting.length
  }

  /** If nobody is waiting, the first are told at once. */
  add(calls: readonly (() => void)[]): void {
    const isTelling = this.#waiting.length > 0
    for (const call of calls) this.#waiting.push(call)
    if (!isTelling) this.#tell()
  }

  /** Resolves when the next are told. Only while some wait. */
  turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#turnOver = resolve
    })
  }

  #tell(): void {
    for (const call of this.#waiting.splice(0, toldPerTurn)) call()
    this.#turnOver?.()
    if (this.#waiting.length > 0) setImmediate(() => this.#tell())
  }
}
