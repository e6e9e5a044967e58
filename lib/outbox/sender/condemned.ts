import type { DeadReason } from '../record/dead-letter'
import type { OutboxRecord } from '../record/record'

/** A record that is given up, and finds no room among the dead letters yet. */
export interface Condemned {
  readonly record: OutboxRecord
  readonly reason: DeadReason
}

interface Waiting {
  records: number
  waitMs: number
  retryAtMs: number
}

const minuteMs = 60_000
const firstRetryMs = 2 * minuteMs
const longestRetryMs = 10 * minuteMs

/**
 * What waits for room among the dead letters, and keeps the others of its streams waiting. It may have been refused wrongly: of
 * each stream one is tried again from time to time, ever more seldom, so that the stream goes on by itself once the cloud takes it.
 */
export class CondemnedRecords {
  readonly #waiting: Condemned[] = []
  readonly #streams = new Map<string, Waiting>()
  /** Those that are being tried again. */
  readonly #tried = new Set<OutboxRecord>()

  get isAny(): boolean {
    return this.#streams.size > 0
  }

  /** Whether one of this stream is among them, and the others of it wait. */
  has(stream: string): boolean {
    return this.#streams.has(stream)
  }

  /** One more, or one that was tried again in vain. */
  add(condemned: Condemned, nowMs: number): void {
    const { record } = condemned
    const before = this.#streams.get(record.stream)
    const waitMs = before ? Math.min(longestRetryMs, before.waitMs * 2) : firstRetryMs
    const isNew = !this.#tried.delete(record)
    const waiting = before ?? { records: 0, waitMs, retryAtMs: nowMs + waitMs }
    if (isNew) waiting.records++
    else Object.assign(waiting, { waitMs, retryAtMs: nowMs + waitMs })
    this.#streams.set(record.stream, waiting)
    this.#waiting.push(condemned)
  }

  /** The first of those that wait for room. */
  get first(): Condemned | undefined {
    return this.#waiting[0]
  }

  takeFirst(): void {
    const first = this.#waiting.shift()
    if (first) this.#left(first.record)
  }

  /** The oldest of a stream that is to be tried again now; it is counted here until it is settled, or added again. */
  takeDue(nowMs: number): OutboxRecord | undefined {
    let first: Condemned | undefined
    for (const condemned of this.#waiting) {
      const { stream, sequence } = condemned.record
      const isDue = first ? stream === first.record.stream : (this.#streams.get(stream)?.retryAtMs ?? 0) <= nowMs
      if (isDue && (!first || sequence < first.record.sequence)) first = condemned
    }
    if (!first) return undefined
    const { record } = first
    this.#waiting.splice(this.#waiting.indexOf(first), 1)
    const waiting = this.#streams.get(record.stream)
    if (waiting) waiting.retryAtMs = Number.POSITIVE_INFINITY
    this.#tried.add(record)
    return record
  }

  /** It has arrived, died or gone. Answers whether it was being tried again; then the others of its stream are due. */
  settled(record: OutboxRecord): boolean {
    if (!this.#tried.delete(record)) return false
    this.#left(record)
    const waiting = this.#streams.get(record.stream)
    if (waiting) waiting.retryAtMs = Number.NEGATIVE_INFINITY
    return true
  }

  remove(isGone: (record: OutboxRecord) => boolean): OutboxRecord[] {
    const removed = this.#waiting.filter(({ record }) => isGone(record)).map(({ record }) => record)
    if (removed.length === 0) return removed
    this.#waiting.splice(0, this.#waiting.length, ...this.#waiting.filter(({ record }) => !isGone(record)))
    for (const record of removed) this.#left(record)
    return removed
  }

  hurry(): void {
    for (const waiting of this.#streams.values()) waiting.retryAtMs = Number.NEGATIVE_INFINITY
  }

  /** See `Accused.nextMs`. */
  nextMs(nowMs: number): number {
    let next = Number.POSITIVE_INFINITY
    if (this.#waiting.length === 0) return next
    for (const { retryAtMs } of this.#streams.values()) if (retryAtMs > nowMs) next = Math.min(next, retryAtMs)
    return next
  }

  held(): OutboxRecord[] {
    return this.#waiting.map(({ record }) => record)
  }

  #left({ stream }: OutboxRecord): void {
    const waiting = this.#streams.get(stream)
    if (waiting && --waiting.records === 0) this.#streams.delete(stream)
  }
}
