import { backoffMs } from './pace'

export type LaneState =
  /** Nothing waits, or it is on its way. */
  | 'online'
  /** No answer, or a fault in the cloud: one probe at a time. */
  | 'offline'
  /** The cloud may have taken the same values several times, but its answers do not come or cannot be read. */
  | 'unclear'
  | 'throttled'
  /** The credentials are refused; the data is kept. */
  | 'auth-blocked'
  | 'billing'
  /** Everything is refused, whatever is sent: nothing is discarded. */
  | 'parked'
  | 'paused'

export type Closing = Exclude<LaneState, 'online' | 'paused'>

const longestRetryAfterMs = 10 * 60_000
/** A wait is never shorter than this share of the longest that its turn allows: no chance may make a storm. */
const leastJitter = 0.1
/** Failures of one kind that count when one of another kind follows, up to so many: the cloud refuses in turns. */
const mostCarriedFailures = 5
const patientBaseMs = 30_000
const rhythms: Record<Closing, { baseMs: number; capMs: number; jitter: 'full' | 'half' }> = {
  offline: { baseMs: 1000, capMs: 60_000, jitter: 'full' },
  unclear: { baseMs: 60_000, capMs: 180_000, jitter: 'half' },
  throttled: { baseMs: 1000, capMs: 60_000, jitter: 'full' },
  'auth-blocked': { baseMs: 60_000, capMs: 300_000, jitter: 'half' },
  billing: { baseMs: 3_600_000, capMs: 3_600_000, jitter: 'half' },
  parked: { baseMs: 30_000, capMs: 30_000, jitter: 'half' },
}

/** Whether the lane may send. Closed, it opens a crack for one probe after a while that grows with every failure. */
export class Gate {
  state: Exclude<LaneState, 'paused'> = 'online'
  openAtMs = Number.NEGATIVE_INFINITY
  #failures = 0
  #closedAtMs = 0
  #isFaulty = false

  readonly #random: () => number

  constructor(random: () => number) {
    this.#random = random
  }

  /**
   * @param retryAfterMs how long the cloud asks to wait: never less than our own wait, since it may say 0, and at most ten
   *   minutes
   * @param isFaulty the cloud was reached, and failed or had too much: another answer of it does not mean that this is over
   */
  close(state: Closing, nowMs: number, retryAfterMs = 0, isFaulty = false): void {
    this.#isFaulty = isFaulty
    // Requests that were side by side fail together: that is one failure.
    if (this.state !== state || this.openAtMs <= nowMs) this.#shut(state, nowMs)
    this.openAtMs = Math.max(this.openAtMs, nowMs + Math.min(retryAfterMs, longestRetryAfterMs))
  }

  #shut(state: Closing, nowMs: number): void {
    const { baseMs, capMs, jitter } = rhythms[state]
    if (this.state !== state)
      this.#failures = baseMs < patientBaseMs ? Math.min(this.#failures, mostCarriedFailures) : 0
    this.state = state
    const random = jitter === 'full' ? Math.max(leastJitter, this.#random()) : 0.75 + this.#random() / 4
    this.#closedAtMs = nowMs
    this.openAtMs = nowMs + backoffMs(this.#failures++, random, { baseMs, capMs })
  }

  /** The cloud has said something about the content of a request: it can be reached, and talks to us. */
  answered(nowMs: number): void {
    if (this.state === 'parked' || (this.#isFaulty && this.openAtMs > nowMs)) return
    this.open()
  }

  open(): void {
    this.#isFaulty = false
    this.state = 'online'
    this.#failures = 0
    this.openAtMs = Number.NEGATIVE_INFINITY
  }

  /** The next probe goes out now, or `afterMs` after the last one at the earliest. */
  hurry(afterMs = Number.NEGATIVE_INFINITY): void {
    this.openAtMs = Math.min(this.openAtMs, this.#closedAtMs + afterMs)
  }

  get isProbing(): boolean {
    return this.state !== 'online'
  }
}
