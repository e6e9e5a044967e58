/** Counts the messages that a node is busy with: a set of promises costs each of them more. */
export class UnderWay {
  #count = 0
  #waiting: (() => void)[] = []

  began(): void {
    this.#count += 1
  }

  ended(): void {
    this.#count -= 1
    if (this.#count > 0) return
    for (const resolve of this.#waiting) resolve()
    this.#waiting = []
  }

  /** Resolves when none is left. */
  over(): Promise<void> {
    return this.#count === 0 ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve))
  }
}
