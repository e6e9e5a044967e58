import { isMixed, streamsOf } from '../record/parts'
import type { OutboxRecord } from '../record/record'

/** So many refusals in a row, and nothing taken in between, raise the doubt whether the cloud takes anything at all. */
const mostInARow = 24
const firstPauseMs = 50
const longestPauseMs = 1000
/** Of what was sent alone and refused: so many different values, of so many streams where there are, over this time. */
const leastValues = 3
const leastStreams = 3
const leastMs = 2 * 60_000
const mostRemembered = 1000
/** What was taken so shortly before a record was first refused speaks against the record. */
const shortlyMs = 10_000
/** While only a few streams are refused, so does what was taken of any other within this time. */
const longMs = 60 * 60_000

/** Whether the cloud refuses everything, whatever it is sent: then a setting is wrong, and no value is to blame. */
export class Doubt {
  /** Nothing is sent before. */
  openAtMs = Number.NEGATIVE_INFINITY
  #lastAcceptedMs = Number.NEGATIVE_INFINITY
  #refusals = 0
  #sinceMs = 0
  readonly #values = new Set<number>()
  readonly #streams = new Set<string>()
  /** Streams of the lane, counted up to three. */
  readonly #known = new Set<string>()

  /** Values are sent one by one, with pauses. */
  get isRaised(): boolean {
    return this.#refusals >= mostInARow && this.#isWide
  }

  hasTried(stream: string): boolean {
    return this.#streams.has(stream)
  }

  accepted(records: readonly OutboxRecord[], nowMs: number): void {
    this.#lastAcceptedMs = nowMs
    if (this.#known.size < leastStreams)
      for (const record of [records[0], records.at(-1)]) if (record) this.#know(record)
    if (this.#refusals === 0) return
    this.openAtMs = Number.NEGATIVE_INFINITY
    this.#refusals = 0
    this.#values.clear()
    this.#streams.clear()
  }

  /** Whether the cloud takes others than a record that was first refused then, or a batch with it. */
  isProven(refusedSinceMs: number, nowMs: number): boolean {
    const lastMs = this.#lastAcceptedMs
    if (lastMs >= refusedSinceMs || (!this.#isWide && lastMs >= nowMs - longMs)) return true
    return !this.isRaised && lastMs >= refusedSinceMs - shortlyMs
  }

  /**
   * These were refused.
   * @param isValue whether for their content
   */
  refused(records: readonly OutboxRecord[], refusedSinceMs: number, isValue: boolean, nowMs: number): void {
    // Then the cloud has taken others since, and this is no new refusal.
    if (this.#lastAcceptedMs >= refusedSinceMs) return
    if (this.#refusals === 0) this.#sinceMs = nowMs
    this.#refusals++
    const [only] = records
    if (only && only.count === 1 && records.length === 1 && isValue && this.#values.size < mostRemembered) {
      this.#know(only)
      this.#values.add(only.sequence)
      this.#streams.add(only.stream)
    }
    const inDoubt = this.#refusals - mostInARow
    if (this.isRaised) this.openAtMs = nowMs + Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(inDoubt, 10))
  }

  isGeneral(nowMs: number): boolean {
    return this.#values.size >= leastValues && nowMs - this.#sinceMs >= leastMs && this.#isWide
  }

  /** As many streams as there are, up to three, are refused. */
  get #isWide(): boolean {
    return this.#streams.size >= Math.min(leastStreams, Math.max(1, this.#known.size))
  }

  #know(record: OutboxRecord): void {
    for (const stream of isMixed(record) ? streamsOf(record) : [record.stream])
      if (this.#known.size < leastStreams) this.#known.add(stream)
  }
}
