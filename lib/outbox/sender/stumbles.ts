import type { Attempt } from './attempt'

interface Stumble {
  readonly sinceMs: number
  /** How often it failed again although the cloud had taken others in the meantime. */
  readonly failures: number
}

/** So often, and the values are to blame. */
const mostFailures = 2
const mostRequests = 1000

/**
 * Counts, for what is sent of one stream, the faults of a cloud that takes others in between. That it takes other values of
 * the same stream, such as its live ones, says nothing for these.
 */
export class Stumbles {
  /** By the first record of what was sent. */
  readonly #stumbles = new Map<number, Stumble>()

  /**
   * The request failed.
   * @param othersMs when the cloud has last taken values of others
   * @returns whether its values are proven to be to blame
   */
  failed({ firstSequence }: Attempt, othersMs: number, nowMs: number): boolean {
    const before = this.#stumbles.get(firstSequence)
    const isProven = before !== undefined && othersMs >= before.sinceMs
    const failures = (before?.failures ?? 0) + (isProven ? 1 : 0)
    // What was evicted never comes again.
    if (this.#stumbles.size >= mostRequests) this.#stumbles.clear()
    this.#stumbles.set(firstSequence, { sinceMs: nowMs, failures })
    return failures >= mostFailures
  }

  accepted({ firstSequence }: Attempt): void {
    this.#stumbles.delete(firstSequence)
  }
}
