import { decodeRecord, lastSequence, type OutboxRecord } from '../record/record'
import type { QueueCore } from './queue-core'
import type { ReadResult } from './tail'
import { Tails } from './tails'

const limits = { most: 200, mostBytes: 1 << 18 } as const

/** What it needs of the queue. */
type ReadQueue = Pick<QueueCore, 'counted' | 'ledgerOf' | 'leasesOf' | 'log' | 'submit'>

/** Reads a lane's records: the latest from memory, the others from the log. */
export class QueueReader {
  readonly #tails: Tails

  readonly #queue: ReadQueue

  constructor(queue: ReadQueue, monotonicMs: () => number) {
    this.#queue = queue
    this.#tails = new Tails(monotonicMs)
  }

  /** Whether a reader is at the end, or near it. */
  isNearEnd(lane: string): boolean {
    return this.#tails.has(lane)
  }

  /** These have come onto the disk; `undefined` where nobody was near the end yet when they were taken in. */
  appended(lane: string, records: readonly OutboxRecord[] | undefined): void {
    this.#tails.appended(lane, records, this.#queue.ledgerOf(lane).lastSequence)
  }

  /** A record is gone from the disk. */
  removed(lane: string, sequence: number): void {
    this.#tails.removed(lane, sequence)
  }

  /** Something else has happened to records of the lane, from this one on. */
  changed(lane: string, sequence: number): void {
    this.#tails.changed(lane, sequence)
  }

  /**
   * The lane's records from one sequence to another (exclusive), as many as suit one turn of the event loop: 200, or
   * about 256 KB. Damaged ones are left out, removed and counted. Those that someone has leased are left out too; the
   * caller leases what it takes, in the turn in which this resolves.
   * @throws {LogFault} io
   */
  async read(lane: string, fromSequence: number, beforeSequence: number): Promise<ReadResult> {
    const leases = this.#queue.leasesOf(lane)
    const isToEnd = beforeSequence === lastSequence
    const last = this.#queue.ledgerOf(lane).lastSequence
    const latest = isToEnd ? this.#tails.follow(lane, fromSequence, last)?.read(fromSequence) : undefined
    if (latest) return { ...latest, records: latest.records.filter(({ sequence }) => !leases.isHeld(sequence)) }
    return leases.whileReading(async () => {
      const { partings } = leases
      const slice = await this.#queue.log.read(lane, 'pending', fromSequence, beforeSequence, limits)
      const { entries, nextSequence, atEnd, damaged, unbooked } = slice
      if (unbooked.length > 0) this.#giveUp(lane, unbooked)
      // A bundle that was taken apart meanwhile: its records may be free by now.
      if (partings !== leases.partings) return this.read(lane, fromSequence, beforeSequence)
      if (damaged > 0) {
        this.#tails.giveUp(lane)
        this.#queue.counted(lane)
      } else if (atEnd && isToEnd) this.#tails.begin(lane, this.#queue.ledgerOf(lane).lastSequence)
      const records: OutboxRecord[] = []
      for (const entry of entries) {
        if (leases.isHeld(entry.sequence)) continue
        const record = decodeRecord(lane, entry)
        if (record) records.push(record)
        // It was mended wrongly.
        else this.#giveUp(lane, [entry.sequence])
      }
      return { records, nextSequence, atEnd }
    })
  }

  /** The first record in the range, leased or not. @throws {LogFault} io */
  async peek(lane: string, fromSequence: number, beforeSequence: number): Promise<OutboxRecord | undefined> {
    for (let from = fromSequence; ; ) {
      const { entries, nextSequence, atEnd } = await this.#queue.log.read(lane, 'pending', from, beforeSequence, {
        most: 1,
      })
      const [first] = entries
      const record = first && decodeRecord(lane, first)
      if (record || atEnd) return record
      from = nextSequence
    }
  }

  /** As soon as that can be written down, they leave the way of the others. */
  #giveUp(lane: string, sequences: readonly number[]): void {
    const plan = () => [{ type: 'settle', lane, area: 'pending', fate: 'damaged', sequences } as const]
    void this.#queue.submit({ kind: 'settle', plan }).catch(() => undefined)
  }
}
