import { keyOf, lastSequence, sequenceOf } from '../record/keys'
import type { LaneLedger } from '../record/ledger'
import { decodeRecord, mayBeBundle, type OutboxRecord } from '../record/record'
import type { StoreEntry, StoreRange } from '../store/store'
import { entriesOf } from './open-queue'
import type { QueueCore } from './queue-core'
import type { Recount } from './recount'
import { hasSteppedOver } from './stepped-over'
import type { ReadResult } from './tail'
import { Tails } from './tails'

const sliceRecords = 100

/** What it needs of the queue. */
type ReadQueue = Pick<QueueCore, 'ensureLane' | 'leasesOf' | 'mendTables' | 'store' | 'submit'>

/** Reads a lane's records, checks each, and takes the damaged ones out. */
export class QueueReader {
  readonly #tails: Tails

  readonly #queue: ReadQueue
  readonly #recount: Recount

  constructor(queue: ReadQueue, recount: Recount, monotonicMs: () => number) {
    this.#queue = queue
    this.#recount = recount
    this.#tails = new Tails(monotonicMs)
  }

  /** Whether a reader is at the end, or near it. */
  isNearEnd(lane: string): boolean {
    return this.#tails.has(lane)
  }

  /** These have come onto the disk; `undefined` where nobody was near the end yet when they were taken in. */
  appended(lane: string, records: readonly OutboxRecord[] | undefined): void {
    this.#tails.appended(lane, records, this.#queue.ensureLane(lane).lastSequence)
  }

  /** A record is gone from the disk. */
  removed(lane: string, sequence: number): void {
    this.#tails.removed(lane, sequence)
  }

  /** Something else has happened to records of the lane, from this one on. */
  changed(lane: string, sequence: number): void {
    this.#tails.changed(lane, sequence)
  }

  /** Nobody knows what is on the disk. */
  forget(): void {
    this.#tails.clear()
  }

  /**
   * The lane's records from one sequence to another (exclusive), as many as suit one turn of the event loop: 200, or
   * about 256 KB. Damaged ones are left out, removed and counted. Those that someone has leased are left out too; the
   * caller leases what it takes, in the turn in which this resolves.
   * @param mend mends damaged tables: whether there were any
   */
  async read(
    lane: string,
    fromSequence: number,
    beforeSequence: number,
    mend = () => this.#queue.mendTables(),
  ): Promise<ReadResult> {
    const ledger = this.#queue.ensureLane(lane)
    const { laneNumber, headSequence } = ledger
    const start = Math.max(fromSequence, headSequence)
    const leases = this.#queue.leasesOf(lane)
    const tail = beforeSequence === lastSequence ? this.#tails.follow(lane, start, ledger.lastSequence) : undefined
    const latest = tail?.read(start)
    if (latest) return { ...latest, records: latest.records.filter(({ sequence }) => !leases.isHeld(sequence)) }
    const from = keyOf('pending', laneNumber, start)
    const before = keyOf('pending', laneNumber, beforeSequence)
    return leases.whileReading(async () => {
      const { partings } = leases
      const { entries, atEnd, isTold } = await this.#slice({ from, before })
      const decoded = entries.map(([key, value]) => decodeRecord(key, value))
      const isDoubtful = !isTold && !atEnd && hasHole(start, entries, decoded)
      const hasGaps = isTold || (isDoubtful && (await this.#hasGaps(from, entries, () => partings !== leases.partings)))
      const isDamaged = hasGaps || decoded.includes(undefined)
      // Before records are given up: what their table has lost can mostly be mended, and is then read again.
      if ((isDamaged && (await mend())) || partings !== leases.partings)
        return this.read(lane, fromSequence, beforeSequence, mend)
      // How many records were in a bundle is unknown until all the others are counted.
      const isUncounted = entries.some(([, value], at) => !decoded[at] && mayBeBundle(value))
      if (hasGaps || isUncounted) this.#recount.start()
      const nextSequence = positionAfter(entries, decoded, ledger, fromSequence)
      if (isDamaged) this.#tails.giveUp(lane)
      else if (atEnd && beforeSequence === lastSequence)
        this.#tails.begin(lane, this.#queue.ensureLane(lane).lastSequence)
      return { records: this.#free(ledger, entries, decoded), nextSequence, atEnd }
    })
  }

  /** The first whole record in the range, leased or not. */
  async peek(lane: string, fromSequence: number, beforeSequence: number): Promise<OutboxRecord | undefined> {
    const { laneNumber } = this.#queue.ensureLane(lane)
    const range = {
      from: keyOf('pending', laneNumber, fromSequence),
      before: keyOf('pending', laneNumber, beforeSequence),
    }
    const entries = await entriesOf(this.#queue.store(), range, { limit: 10 })
    return entries.map(([key, value]) => decodeRecord(key, value)).find((record) => record !== undefined)
  }

  /** @returns `isTold`: whether the store says that it left some out; of a slice that is not at the end it does not know yet */
  async #slice(range: StoreRange): Promise<{ entries: readonly StoreEntry[]; atEnd: boolean; isTold: boolean }> {
    const scan = this.#queue.store().scan(range)
    try {
      const first = await scan.next(sliceRecords)
      // A slice that is not full either met the limit in bytes or the end; asking once more tells which.
      const rest = first.length < sliceRecords ? await scan.next(sliceRecords - first.length) : []
      return {
        entries: [...first, ...rest],
        atEnd: first.length < sliceRecords && rest.length === 0,
        isTold: scan.damaged,
      }
    } finally {
      await scan.close()
    }
  }

  #hasGaps(from: Buffer, entries: readonly StoreEntry[], isParted: () => boolean): Promise<boolean> {
    const [last = from] = entries.at(-1) ?? []
    return hasSteppedOver(this.#queue.store(), from, last, { found: entries.length, isParted })
  }

  /** Those that are not leased; what could not be decoded is discarded. */
  #free(
    { lane, laneNumber }: LaneLedger,
    entries: readonly StoreEntry[],
    decoded: readonly (OutboxRecord | undefined)[],
  ): OutboxRecord[] {
    const leases = this.#queue.leasesOf(lane)
    entries.forEach(([key, value], at) => {
      if (decoded[at]) return
      const sequence = sequenceOf(key)
      if (leases.take(sequence)) this.#discardDamaged(lane, laneNumber, sequence, key.length + value.length)
    })
    return decoded.filter((record) => record !== undefined && !leases.isHeld(record.sequence)) as OutboxRecord[]
  }

  /** A record that can't be read is counted as lost, once, and leaves the way of the others. */
  #discardDamaged(lane: string, laneNumber: number, sequence: number, bytes: number): void {
    const leases = this.#queue.leasesOf(lane)
    let isNews = false
    void this.#queue
      .submit({
        kind: 'settle',
        plan: (draft) => {
          isNews = !leases.isDamaged(sequence)
          if (isNews) draft.change(lane, { damaged: 1, pendingBytes: -bytes })
          return [{ type: 'del', key: keyOf('pending', laneNumber, sequence) }]
        },
        committed: () => {
          leases.markDamaged(sequence)
          if (isNews) this.#recount.left(lane, sequence, { count: 1, bytes })
        },
      })
      .catch(() => undefined)
  }
}

/** Whether a sequence between them is missing: of a record that was settled, or that the store stepped over. */
function hasHole(
  start: number,
  entries: readonly StoreEntry[],
  decoded: readonly (OutboxRecord | undefined)[],
): boolean {
  let next = start
  return entries.some(([key], at) => {
    const isAhead = sequenceOf(key) > next
    next = sequenceOf(key) + (decoded[at]?.count ?? 1)
    return isAhead
  })
}

/** Damaged keys don't lead the way: one of them could point far beyond records that are still to be read. */
function positionAfter(
  entries: readonly StoreEntry[],
  decoded: readonly (OutboxRecord | undefined)[],
  { lastSequence }: LaneLedger,
  from: number,
): number {
  const whole = decoded.findLast((record) => record !== undefined)
  if (whole) return whole.sequence + whole.count
  const possible = entries
    .map(([key]) => sequenceOf(key))
    .filter((sequence) => sequence >= from && sequence <= lastSequence)
  return possible.length > 0 ? Math.min(...possible) + 1 : from
}
