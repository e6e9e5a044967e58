import type { RetryClass } from './destination'

const minuteMs = 60_000
/** So many requests without a success in a minute; those that are under way come on top. */
const mostFaults = 30

/** What says nothing about the content of a request: asking again at once leads to the same. */
const faults: ReadonlySet<RetryClass['kind']> = new Set([
  'network',
  'server',
  'throttled',
  'session',
  'credentials',
  'billing',
])

/**
 * Bounds how often a cloud is asked that takes nothing. Lane, streams and suspects each wait at their own pace; together, and
 * where the cloud gives other reasons in turns, they could still be many.
 */
export class Restraint {
  /** When the latest faults came since something was taken, monotonic ms. */
  #faultsMs: number[] = []

  answered(kind: RetryClass['kind'], nowMs: number): void {
    if (kind === 'delivered' || kind === 'partial') this.#faultsMs = []
    else if (faults.has(kind)) this.#faultsMs = [...this.#faultsMs.slice(1 - mostFaults), nowMs]
  }

  /** Nothing that has failed is asked about before. */
  get openAtMs(): number {
    const [first] = this.#faultsMs
    return first !== undefined && this.#faultsMs.length >= mostFaults ? first + minuteMs : Number.NEGATIVE_INFINITY
  }
}
