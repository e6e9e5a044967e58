import type { OutboxRecord } from '../record/record'

const mostRecordsAtOnce = 200
/** The object and its views. */
const recordBytes = 500

/** What a record takes in memory, about. */
const keptBytes = ({ payload, parts }: OutboxRecord): number => payload.length + (parts?.length ?? 0) + recordBytes

/**
 * The latest records of a lane, kept on their way to the disk for the reader that comes to the end: what was written a
 * moment ago need not be read, checked and decoded. Holds all that is pending from its beginning on, or is given up.
 */
export class Tail {
  #records: OutboxRecord[] = []
  /** What it takes in memory, about. */
  bytes = 0

  #from: number

  /** @param from nothing that is not added is pending from this sequence on */
  constructor(from: number) {
    this.#from = from
  }

  /** Those that have come onto the disk. */
  add(records: readonly OutboxRecord[]): void {
    for (const record of records) {
      // A reading may have seen them on the disk before this was told.
      if (record.sequence < this.#from) continue
      this.#records.push(record)
      this.bytes += keptBytes(record)
    }
  }

  /** Reads on from there, once; `undefined` where it begins later. */
  read(from: number): ReadResult | undefined {
    if (from < this.#from) return undefined
    const start = this.#records.findIndex(({ sequence }) => sequence >= from)
    this.#drop(start < 0 ? this.#records.length : start)
    const records = this.#drop(mostRecordsAtOnce)
    const last = records.at(-1)
    this.#from = last ? last.sequence + last.count : from
    return { records, nextSequence: this.#from, atEnd: this.#records.length === 0 }
  }

  /** A record is gone: somebody had read it from the disk. */
  remove(sequence: number): void {
    if (sequence < this.#from) return
    const at = this.#records.findIndex((record) => record.sequence === sequence)
    if (at >= 0) for (const removed of this.#records.splice(at, 1)) this.bytes -= keptBytes(removed)
  }

  /** Whether what happens to this record may concern it. */
  covers(sequence: number): boolean {
    return sequence >= this.#from
  }

  #drop(count: number): OutboxRecord[] {
    const dropped = this.#records.splice(0, count)
    for (const record of dropped) this.bytes -= keptBytes(record)
    return dropped
  }
}

export interface ReadResult {
  readonly records: readonly OutboxRecord[]
  /** Where to read on. */
  readonly nextSequence: number
  /** Nothing lies between `nextSequence` and the end that was asked for. */
  readonly atEnd: boolean
}
