/**
 * The sequences of one lane that someone holds: being sent, evicted, or taken out for damage. Whoever reads skips them. A
 * read sees the store as it was when it began, so what is settled meanwhile stays held until the last read that had begun
 * by then is over; otherwise it would be found, and sent, a second time.
 */
export class Leases {
  readonly #held = new Set<number>()
  readonly #settled = new Set<number>()
  readonly #damaged = new Set<number>()
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
    return this.#held.has(sequence) && !this.#settled.has(sequence) && !this.#damaged.has(sequence)
  }

  /** The first before `limit` that is held with its fate open, by whomever, but for these; `limit` for none. */
  firstOpen(limit: number, except: ReadonlySet<number>): number {
    let first = limit
    for (const sequence of this.#held)
      if (sequence < first && !except.has(sequence) && this.isOpen(sequence)) first = sequence
    return first
  }

  /** Gives it back unsettled: the next reader may take it. */
  release(sequence: number): void {
    if (!this.#settled.has(sequence)) this.#held.delete(sequence)
  }

  /** It is gone from the store. */
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

  /** It was counted as lost to damage, and must not be counted again, even if it can't be deleted. */
  markDamaged(sequence: number): void {
    this.#held.add(sequence)
    this.#damaged.add(sequence)
  }

  isDamaged(sequence: number): boolean {
    return this.#damaged.has(sequence)
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

  clear(): void {
    this.#held.clear()
    this.#settled.clear()
    this.#leaving.clear()
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
