import { seedOf } from './entry'
import { segmentHeaderLength } from './segment-header'

/** Which entries of a segment are alive, by their numbers. */
export class LiveBits {
  constructor(public bytes: Uint8Array = new Uint8Array(16)) {}

  has(number: number): boolean {
    return ((this.bytes[number >> 3] ?? 0) & (1 << (number & 7))) !== 0
  }

  set(number: number): void {
    if (number >> 3 >= this.bytes.length) {
      const larger = new Uint8Array(Math.max(2 * this.bytes.length, (number >> 3) + 1))
      larger.set(this.bytes)
      this.bytes = larger
    }
    this.bytes[number >> 3] = (this.bytes[number >> 3] ?? 0) | (1 << (number & 7))
  }

  clear(number: number): void {
    this.bytes[number >> 3] = (this.bytes[number >> 3] ?? 0) & ~(1 << (number & 7))
  }
}

/** One page of a segment, as far as it is kept in memory. */
export interface PageRow {
  readonly lane: number
  readonly area: number
  readonly first: number
  readonly last: number
  /** Of puts, those alive, and the records and bytes of the live ones. */
  readonly puts: number
  readonly live: number
  readonly records: number
  readonly bytes: number
  /** Where its entry is; 0 where it could not be written. */
  readonly offset: number
  readonly length: number
}

/** The pages of a sealed segment, by lane, area and first sequence: in columns, since there may be many. */
export class PageRows {
  readonly lanes: Uint32Array
  readonly areas: Uint8Array
  readonly firsts: Float64Array
  readonly lasts: Float64Array
  readonly puts: Uint16Array
  readonly live: Uint16Array
  readonly records: Uint32Array
  readonly bytes: Float64Array
  readonly offsets: Uint32Array
  readonly lengths: Uint32Array
  /** Of all of them. */
  readonly lowest: number
  readonly highest: number

  constructor(rows: readonly PageRow[]) {
    const sorted = [...rows].sort((a, b) => a.lane - b.lane || a.area - b.area || a.first - b.first)
    this.lanes = Uint32Array.from(sorted, ({ lane }) => lane)
    this.areas = Uint8Array.from(sorted, ({ area }) => area)
    this.firsts = Float64Array.from(sorted, ({ first }) => first)
    this.lasts = Float64Array.from(sorted, ({ last }) => last)
    this.puts = Uint16Array.from(sorted, ({ puts }) => puts)
    this.live = Uint16Array.from(sorted, ({ live }) => live)
    this.records = Uint32Array.from(sorted, ({ records }) => records)
    this.bytes = Float64Array.from(sorted, ({ bytes }) => bytes)
    this.offsets = Uint32Array.from(sorted, ({ offset }) => offset)
    this.lengths = Uint32Array.from(sorted, ({ length }) => length)
    this.lowest = rows.reduce((least, { first }) => Math.min(least, first), Number.POSITIVE_INFINITY)
    this.highest = rows.reduce((most, { last }) => Math.max(most, last), 0)
  }

  get length(): number {
    return this.lanes.length
  }

  row(at: number): PageRow {
    return {
      lane: this.lanes[at] ?? 0,
      area: this.areas[at] ?? 0,
      first: this.firsts[at] ?? 0,
      last: this.lasts[at] ?? 0,
      puts: this.puts[at] ?? 0,
      live: this.live[at] ?? 0,
      records: this.records[at] ?? 0,
      bytes: this.bytes[at] ?? 0,
      offset: this.offsets[at] ?? 0,
      length: this.lengths[at] ?? 0,
    }
  }

  /** The first row of a lane's area; where there is none, where it would be. */
  firstOf(lane: number, area: number): number {
    let low = 0
    let high = this.lanes.length
    while (low < high) {
      const middle = (low + high) >> 1
      const other = this.lanes[middle] ?? 0
      if (other < lane || (other === lane && (this.areas[middle] ?? 0) < area)) low = middle + 1
      else high = middle
    }
    return low
  }

  /** The row in whose range the sequence is; -1 for none. */
  find(lane: number, area: number, sequence: number): number {
    if (sequence < this.lowest || sequence > this.highest) return -1
    for (let at = this.firstOf(lane, area); this.isOf(at, lane, area); at++) {
      if ((this.firsts[at] ?? 0) <= sequence && sequence <= (this.lasts[at] ?? 0)) return at
    }
    return -1
  }

  isOf(at: number, lane: number, area: number): boolean {
    return this.lanes[at] === lane && this.areas[at] === area
  }
}

/** What is known of a segment. */
export class Segment {
  /** So many bytes of the file count. */
  end = segmentHeaderLength
  entries = 0
  live = new LiveBits()
  liveCount = 0
  /** Of the live entries. */
  liveBytes = 0
  /** Of a sealed one. */
  pages: PageRows | undefined
  /** So many checkpoints in a row know that nothing in it is alive. */
  emptyCheckpoints = 0
  /** What a checkpoint says of it, until that is no longer true. */
  encoded: Buffer | undefined
  readonly seed: number

  constructor(
    readonly number: number,
    salt: number,
  ) {
    this.seed = seedOf(salt, number)
  }

  /** A put has come to the end of it. */
  put(number: number, length: number): void {
    this.live.set(number)
    this.liveCount++
    this.liveBytes += length
    this.encoded = undefined
  }

  /** A put is alive no more. @param row of its page, in a sealed segment */
  settled({ number, length, count }: { number: number; length: number; count: number }, row: number): void {
    this.live.clear(number)
    this.liveCount--
    this.liveBytes -= length
    this.encoded = undefined
    if (!this.pages || row < 0) return
    this.pages.live[row] = (this.pages.live[row] ?? 0) - 1
    this.pages.records[row] = (this.pages.records[row] ?? 0) - count
    this.pages.bytes[row] = (this.pages.bytes[row] ?? 0) - length
  }
}
