/**
 * The sequences of one lane that someone holds: being sent, or evicted. Whoever reads skips them. A read may hand out what is
 * settled while it is under way, so that stays held until the last read that had begun by then is over; otherwise it would be
 * sent a second time.
 */
export class Leases {
  readonly #held = new Set<number>()
  readonly #settled = new Set<number>()
  /** By the number of reads that had begun by then, in that order. */
  readonly #leaving = new Map<number, number[]>()
  /** The reads under way, by their number, in that order. */
  readonly #reads = new Set<number>()
  #begunReads = 0
  /** Counts the bundles taken apart: a read that began before sees the bundle, and its records may be free by now. */
  partings = 0

  /** False when someone else holds it. */
  take(sequence: number): boolean {
    if (this.#held.has(sequence)) return false
    this.#held.add(sequence)
    return true
  }

  isHeld(sequence: number): boolean {
    return this.#held.has(sequence)
  }

  /** Whether it is held and its fate still open. */
  isOpen(sequence: number): boolean {
    return this.#held.has(sequence) && !this.#settled.has(sequence)
  }

  /** Gives it back unsettled: the next reader may take it. */
  release(sequence: number): void {
    if (!this.#settled.has(sequence)) this.#held.delete(sequence)
  }

  /** It is gone from the log. */
  settle(sequence: number): void {
    if (this.#reads.size === 0) {
      this.#held.delete(sequence)
      return
    }
    this.#settled.add(sequence)
    const leaving = this.#leaving.get(this.#begunReads)
    if (leaving) leaving.push(sequence)
    else this.#leaving.set(this.#begunReads, [sequence])
  }

  async whileReading<Result>(read: () => Promise<Result>): Promise<Result> {
    const number = ++this.#begunReads
    this.#reads.add(number)
    try {
      return await read()
    } finally {
      // The reader takes what it wants in the turn in which its promise resolves; only then may leases go.
      setImmediate(() => {
        this.#reads.delete(number)
        this.#forgetSettled()
      })
    }
  }

  #forgetSettled(): void {
    const [oldestRead = Number.POSITIVE_INFINITY] = this.#reads
    for (const [begunReads, sequences] of this.#leaving) {
      if (begunReads >= oldestRead) return
      for (const sequence of sequences) {
        this.#held.delete(sequence)
        this.#settled.delete(sequence)
      }
      this.#leaving.delete(begunReads)
    }
  }
}
