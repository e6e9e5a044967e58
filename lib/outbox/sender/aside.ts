import type { OutboxRecord } from '../record/record'
import { type AsideCause, AsideStream, type GroupLimits } from './aside-stream'

/** What all of them may hold of the queue together, beside one record each. */
const mostBytes = 2 << 20
/** What one of them may hold. */
const shareOfOne = 1 / 8
/** Of streams that travel with the others again, how they behaved is remembered for so many. */
const mostRemembered = 10_000

/**
 * Streams that would hold up others, each on a way of its own: in requests of their own, at their own pace. What they can't
 * hold stays in the queue.
 */
export class Aside {
  readonly #streams = new Map<string, AsideStream>()
  readonly #strikes = new Map<string, number>()
  #records = 0
  #bytes = 0

  readonly #mostGroup: number
  readonly #mostRecords: number

  /** @param mostRecords what all of them may hold of the queue together, beside one record each */
  constructor(mostGroup: number, mostRecords: number) {
    this.#mostGroup = mostGroup
    this.#mostRecords = mostRecords
  }

  get size(): number {
    return this.#streams.size
  }

  /** How many are shut: their records wait. */
  get shut(): number {
    let shut = 0
    for (const stream of this.#streams.values()) if (stream.isShut) shut++
    return shut
  }

  has(stream: string): boolean {
    return this.#streams.has(stream)
  }

  /** The stream, from now on by itself. */
  open(name: string, cause: AsideCause): AsideStream {
    const present = this.#streams.get(name)
    if (present) {
      present.cause = cause
      return present
    }
    const opened = new AsideStream(name, cause, this.#mostGroup, this.#mostRecords * shareOfOne)
    opened.strikes = this.#strikes.get(name) ?? 0
    this.#streams.set(name, opened)
    return opened
  }

  /** The stream has misbehaved. Answers how often it has in the time that is remembered. */
  strike(name: string, times = 1): number {
    const strikes = (this.#strikes.get(name) ?? 0) + times
    this.#strikes.delete(name)
    this.#strikes.set(name, strikes)
    const [oldest] = this.#strikes.size > mostRemembered ? this.#strikes.keys() : []
    if (oldest !== undefined) this.#strikes.delete(oldest)
    const present = this.#streams.get(name)
    if (present) present.strikes = strikes
    return strikes
  }

  /**
   * Whether there is room for this record of a stream that is aside; else it is to be left in the queue, and remembered.
   * @param isRead it comes in the order of the queue, and not back from somebody's hands
   */
  hasRoomFor(record: OutboxRecord, isRead: boolean): boolean {
    const stream = this.#streams.get(record.stream)
    if (!stream) return false
    if (stream.belongsBefore(record.sequence)) return true
    if (stream.isRefilling && !isRead) {
      stream.passed(record.sequence)
      return false
    }
    const isFull = this.#records >= this.#mostRecords || this.#bytes >= mostBytes
    if (stream.hasRoom && (!isFull || stream.isEmpty)) return true
    stream.passed(record.sequence)
    return false
  }

  /** Takes leased records of a stream that is aside. Answers those for which there is no room. See `hasRoomFor`. */
  add(records: readonly OutboxRecord[], isRead = false): OutboxRecord[] {
    return records.filter((record) => {
      if (!this.hasRoomFor(record, isRead)) return true
      this.#streams.get(record.stream)?.add(record)
      this.#measure(record, 1)
      return false
    })
  }

  /** Takes leased records back that were sent and not settled; they find room again. */
  putBack(stream: AsideStream, records: readonly OutboxRecord[]): void {
    for (const record of records) {
      stream.add(record, true)
      this.#measure(record, 1)
    }
  }

  /** The next to be sent: of a stream that is free and open, each in its turn. */
  take(nowMs: number, limits: GroupLimits, isMeant: (stream: AsideStream) => boolean) {
    for (const [name, stream] of this.#streams) {
      if (!stream.isReady(nowMs) || !isMeant(stream)) continue
      this.#streams.delete(name)
      this.#streams.set(name, stream)
      const records = stream.take(limits)
      for (const record of records) this.#measure(record, -1)
      return { stream, records }
    }
    return undefined
  }

  /** Streams that have sent all they hold, and have left more in the queue. Answers from where on that is to be read. */
  toRefill(nowMs: number): number | undefined {
    let from: number | undefined
    for (const stream of this.#streams.values()) {
      const first = stream.refillFrom(nowMs)
      if (first !== undefined) from = Math.min(from ?? first, first)
    }
    return from
  }

  /** Whether any of them takes more of what was left of it. */
  get takesMore(): boolean {
    for (const stream of this.#streams.values()) if (stream.isRefilling) return true
    return false
  }

  /** All that was left of those that took more has been read. */
  allTaken(): void {
    for (const stream of this.#streams.values()) stream.isRefilling = false
  }

  /** Lets a stream travel with the others again where nothing of it is left and it has behaved long enough. */
  letGo(stream: AsideStream, readBefore: number): void {
    if (stream.isReformed) this.#strikes.delete(stream.name)
    if (stream.isDone(readBefore)) this.#streams.delete(stream.name)
  }

  /** Takes out what doesn't belong here any more. */
  remove(isGone: (record: OutboxRecord) => boolean): OutboxRecord[] {
    const removed = [...this.#streams.values()].flatMap((stream) => stream.remove(isGone))
    for (const record of removed) this.#measure(record, -1)
    return removed
  }

  /** See `Accused.nextMs`. */
  nextMs(nowMs: number): number {
    let next = Number.POSITIVE_INFINITY
    for (const stream of this.#streams.values()) if (stream.nextMs > nowMs) next = Math.min(next, stream.nextMs)
    return next
  }

  /** All are due, or only this one. */
  hurry(only?: string): void {
    for (const stream of this.#streams.values()) if (only === undefined || stream.name === only) stream.hurry()
  }

  held(): OutboxRecord[] {
    return [...this.#streams.values()].flatMap(({ records }) => records)
  }

  [Symbol.iterator](): IterableIterator<AsideStream> {
    return this.#streams.values()
  }

  #measure(record: OutboxRecord, sign: 1 | -1): void {
    this.#records += sign * record.count
    this.#bytes += sign * record.payload.length
  }
}
