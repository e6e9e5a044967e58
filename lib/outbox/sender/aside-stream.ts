import { countAll, type OutboxRecord, sentBytes } from '../record/record'
import { backoffMs } from './pace'

/**
 * Why a stream travels by itself: values of it are refused; the cloud doesn't know it, perhaps only not yet, or doesn't allow
 * it, or stumbles at it (5xx, no answer in time), or wants it slower; nobody knows yet whether it fails at this one alone; or
 * its refused values find no room among the dead letters.
 */
export type AsideCause = 'refused' | 'new' | 'unknown' | 'stumbles' | 'unanswered' | 'throttled' | 'dead-full'

const minuteMs = 60_000
/** How long a stream is shut after a failure, by how many came in a row. */
const rhythms: Record<AsideCause, { baseMs: number; capMs: number }> = {
  refused: { baseMs: 1000, capMs: minuteMs },
  new: { baseMs: 1000, capMs: 8000 },
  unknown: { baseMs: 5 * minuteMs, capMs: 15 * minuteMs },
  stumbles: { baseMs: 1000, capMs: 5 * minuteMs },
  unanswered: { baseMs: 1000, capMs: minuteMs },
  throttled: { baseMs: 1000, capMs: minuteMs },
  'dead-full': { baseMs: minuteMs, capMs: minuteMs },
}
const longestRetryAfterMs = 10 * minuteMs
/** What one stream holds of the queue at most. */
const mostBytes = 256 * 1024
/** After so many records without a fault, those before are forgotten. */
const reformedRecords = 1000
const mostCleanRecords = 256

export interface GroupLimits {
  readonly records: number
  readonly bytes: number
  readonly isLive: (record: OutboxRecord) => boolean
}

/** One stream on its own way: its records in order, how many are sent at a time, and when. */
export class AsideStream {
  readonly records: OutboxRecord[] = []
  /** When what is now known to hold a refused record was first refused, monotonic ms. */
  refusedSinceMs = Number.POSITIVE_INFINITY
  lastFaultMs = Number.NEGATIVE_INFINITY
  /** How often it has misbehaved. */
  strikes = 0
  /** What was left of it in the queue is being read. */
  isRefilling = false
  /** Up to here that has been taken. */
  #refilledTo = 0
  #bytes = 0
  #openAtMs = Number.NEGATIVE_INFINITY
  #failures = 0
  /** So many of the first entries are known to hold one that is refused. */
  #tainted = 0
  /** The sequence of the one that a refusal seems to mean. */
  #named: number | undefined
  /** Records that are sent at a time: half as many after a refusal, twice as many after a success. */
  #group: number
  #clean = 0
  /** The earliest record of it that was left in the queue. */
  #firstPassed = Number.POSITIVE_INFINITY
  /** The latest record of it that ever was. */
  #lastPassed = Number.NEGATIVE_INFINITY

  readonly #mostGroup: number
  readonly #mostRecords: number

  constructor(
    readonly name: string,
    public cause: AsideCause,
    mostGroup: number,
    mostRecords: number,
  ) {
    this.#mostGroup = mostGroup
    this.#mostRecords = mostRecords
    this.#group = mostGroup
  }

  get isEmpty(): boolean {
    return this.records.length === 0
  }

  /** Whether its records wait for a certain time. */
  get isShut(): boolean {
    return this.#failures > 0
  }

  get hasRoom(): boolean {
    if (this.#firstPassed < Number.POSITIVE_INFINITY) return false
    return this.isEmpty || (this.records.length < this.#mostRecords && this.#bytes < mostBytes)
  }

  get nextMs(): number {
    const hasMore = !this.isEmpty || this.#firstPassed < Number.POSITIVE_INFINITY
    return hasMore ? this.#openAtMs : Number.POSITIVE_INFINITY
  }

  /**
   * Whether it may travel with the others again: nothing of it waits that newer records could overtake.
   * @param readBefore all that was left in the queue before this sequence has been read again
   */
  isDone(readBefore: number): boolean {
    if (this.#lastPassed >= readBefore) return false
    const hasMore = !this.isEmpty || this.#firstPassed < Number.POSITIVE_INFINITY
    if (hasMore || this.isShut || this.cause !== 'refused') return false
    return this.#clean >= Math.min(mostCleanRecords, 4 ** Math.min(this.strikes, 8) - 4)
  }

  get isReformed(): boolean {
    return this.#clean >= reformedRecords
  }

  isReady(nowMs: number): boolean {
    return !this.isEmpty && this.nextMs <= nowMs
  }

  /** Older than something that it holds: only here it keeps its place. */
  belongsBefore(sequence: number): boolean {
    return (this.records.at(-1)?.sequence ?? 0) > sequence
  }

  passed(sequence: number): void {
    // What comes back may be newer than what has not been read yet.
    const first = this.isRefilling ? Math.min(sequence, this.#refilledTo + 1) : sequence
    this.isRefilling = false
    this.#firstPassed = Math.min(this.#firstPassed, first)
    this.#lastPassed = Math.max(this.#lastPassed, sequence)
  }

  /** Keeps the order. @param isBack was taken from here */
  add(record: OutboxRecord, isBack = false): void {
    const { records } = this
    let at = records.length
    while (at > 0 && (records[at - 1]?.sequence ?? 0) > record.sequence) at--
    if (at < this.#tainted && !isBack) this.#tainted = 0
    if (this.isRefilling && !isBack) this.#refilledTo = Math.max(this.#refilledTo, record.sequence)
    records.splice(at, 0, record)
    this.#bytes += sentBytes(record)
  }

  /** The first that go together: all of them live, or none. */
  take(limits: GroupLimits): OutboxRecord[] {
    const entries = this.#tainted > 0 ? this.#nextOfTainted() : Number.POSITIVE_INFINITY
    const group = this.#tainted > 0 ? limits.records : this.#group
    const most = this.isShut ? 1 : Math.min(group, limits.records)
    const isFirstLive = this.records[0] && limits.isLive(this.records[0])
    let count = 0
    let bytes = 0
    let end = 0
    for (const record of this.records) {
      count += record.count
      bytes += sentBytes(record)
      const isOver = end >= entries || count > most || bytes > limits.bytes
      if (end > 0 && (isOver || limits.isLive(record) !== isFirstLive)) break
      end++
    }
    const taken = this.records.splice(0, end)
    for (const record of taken) this.#bytes -= sentBytes(record)
    return taken
  }

  /** Those before the one that seems to be meant, then that one alone; else half of them. */
  #nextOfTainted(): number {
    const at = this.#named === undefined ? -1 : this.records.findIndex(({ sequence }) => sequence === this.#named)
    return at >= 0 && at < this.#tainted ? Math.max(1, at) : Math.ceil(this.#tainted / 2)
  }

  /** The cloud has taken these. @param isSlow so late that others would have waited for it */
  accepted(records: readonly OutboxRecord[], isSlow: boolean): void {
    const count = countAll(records)
    this.#failures = 0
    this.#openAtMs = Number.NEGATIVE_INFINITY
    this.#clean = isSlow ? 0 : this.#clean + count
    if (!isSlow) this.cause = 'refused'
    this.lastFaultMs = Number.NEGATIVE_INFINITY
    if (this.#tainted > 0) this.#tainted = Math.max(0, this.#tainted - records.length)
    else if (count * 2 >= this.#group) this.#group = Math.min(this.#mostGroup, this.#group * 2)
    if (this.#tainted === 0) this.refusedSinceMs = Number.POSITIVE_INFINITY
  }

  /** These, put back since, were refused together; where it is one, it has been found. */
  refused(records: readonly OutboxRecord[], sinceMs: number, named?: number): void {
    this.#named = named
    this.refusedSinceMs = Math.min(this.refusedSinceMs, sinceMs)
    if (this.#tainted === 0 && named === undefined) this.smaller(records)
    this.#clean = 0
    this.#tainted = records.length
  }

  /** The first of these are known to hold one that is refused. */
  taint(entries: number, sinceMs: number, named?: number): void {
    this.#tainted = entries
    this.#named = named
    if (named === undefined) this.smaller(this.records.slice(0, entries))
    this.refusedSinceMs = Math.min(this.refusedSinceMs, sinceMs)
  }

  /** The refused record is out. */
  found(): void {
    this.#tainted = 0
    this.#clean = 0
    this.refusedSinceMs = Number.POSITIVE_INFINITY
  }

  smaller(records: readonly OutboxRecord[]): void {
    this.#group = Math.max(1, Math.floor(Math.min(this.#group, countAll(records)) / 2))
  }

  /** Nothing more of it for a while that grows with every failure. */
  shut(cause: AsideCause, nowMs: number, random: number, retryAfterMs = 0): void {
    const { baseMs, capMs } = rhythms[cause]
    this.cause = cause
    this.#clean = 0
    this.lastFaultMs = nowMs
    const waitMs = backoffMs(this.#failures, 0.75 + random / 4, { baseMs, capMs })
    this.#failures++
    this.#openAtMs = nowMs + Math.max(waitMs, Math.min(retryAfterMs, longestRetryAfterMs))
  }

  hurry(): void {
    this.#openAtMs = Number.NEGATIVE_INFINITY
  }

  /** From where on its records in the queue are to be read, where it can go on with them now. */
  refillFrom(nowMs: number): number | undefined {
    const from = this.#firstPassed
    if (from === Number.POSITIVE_INFINITY || !this.isEmpty || this.nextMs > nowMs) return undefined
    this.#firstPassed = Number.POSITIVE_INFINITY
    this.isRefilling = true
    this.#refilledTo = from - 1
    return from
  }

  remove(isGone: (record: OutboxRecord) => boolean): OutboxRecord[] {
    const removed = this.records.filter(isGone)
    if (removed.length === 0) return removed
    const left = this.records.filter((record) => !isGone(record))
    this.records.splice(0, this.records.length, ...left)
    this.#tainted = 0
    for (const record of removed) this.#bytes -= sentBytes(record)
    return removed
  }
}
