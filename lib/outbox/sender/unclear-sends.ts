import type { Attempt } from './attempt'

/** So many times the same values are sent at the usual pace, although the cloud may have taken them each time. */
const mostTries = 3
const mostBatches = 1000

/**
 * Counts, for what is sent, the faults that came after the whole request: what the cloud has taken, and only its answer is
 * lost or cannot be read, must not be sent again and again.
 */
export class UnclearSends {
  /** By the first record of what was sent. */
  readonly #faults = new Map<number, number>()

  /** One more such fault. Tells whether these values are to be tried seldom from now on, and few at a time. */
  failed({ firstSequence }: Attempt): boolean {
    const faults = (this.#faults.get(firstSequence) ?? 0) + 1
    // Batches that were evicted never come again.
    if (this.#faults.size >= mostBatches) this.#faults.clear()
    this.#faults.set(firstSequence, faults)
    return faults > mostTries
  }

  /** Whether one more such fault would be too many. */
  isUnclear({ firstSequence }: Attempt): boolean {
    return (this.#faults.get(firstSequence) ?? 0) >= mostTries
  }

  /** The cloud's answer is here, whatever it says. */
  answered({ firstSequence }: Attempt): void {
    this.#faults.delete(firstSequence)
  }
}
