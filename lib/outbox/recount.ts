import { decodeDeadLetter } from './dead-letter'
import { areaRange, keyLength, sequenceOf } from './keys'
import { type LaneLedger, type LedgerChange, pendingOf } from './ledger'
import type { DurableQueue } from './queue'
import { isWholeRecord } from './record'
import { nextTurn } from './scheduler'
import type { StoreOperation, StoreScan } from './store'

export interface RecountResult {
  /** Records that the ledgers had as pending or dead and that the store had not, readable. Booked as damaged. */
  readonly missing: number
  /** Records that had been settled and were in the store again. Booked as pending, and sent once more. */
  readonly reappeared: number
}

interface Found {
  count: number
  bytes: number
  readonly unreadable: Buffer[]
}

const sliceEntries = 100

/**
 * Holds the ledgers against the store: every record is read and its checksum verified, a slice per turn of the event
 * loop, in a frozen view, while writing goes on. The difference is booked, so that the ledger is true again.
 */
export class Recount {
  result: RecountResult | undefined
  done: Promise<void> = Promise.resolve()
  private running = false
  private again = false
  private stopped = false
  private readonly bookedMeanwhile = new Map<string, Map<number, number>>()

  constructor(private readonly queue: DurableQueue) {}

  start(): void {
    if (this.running) {
      this.again = true
      return
    }
    this.running = true
    // A store that fails meanwhile is opened again, and then counted again if need be.
    this.done = this.run()
      .catch(() => undefined)
      .finally(() => {
        this.running = false
        if (this.again && !this.stopped) this.start()
        this.again = false
      })
  }

  /** A reader has booked a damaged record; the count must not book it a second time. */
  booked(lane: string, sequence: number, bytes: number): void {
    const ofLane = this.bookedMeanwhile.get(lane) ?? new Map()
    this.bookedMeanwhile.set(lane, ofLane.set(sequence, bytes))
  }

  stop(): Promise<void> {
    this.stopped = true
    return this.done
  }

  private async run(): Promise<void> {
    const views = await this.queue.quietly((ledgers) => {
      this.bookedMeanwhile.clear()
      return ledgers.map((ledger) => this.view(ledger))
    })
    let missing = 0
    let reappeared = 0
    try {
      for (const { ledger, pending, dead } of views) {
        const difference = await this.compare(ledger, await this.count(pending), await this.countDead(dead))
        missing += Math.max(0, difference)
        reappeared += Math.max(0, -difference)
      }
    } finally {
      await Promise.all(views.flatMap(({ pending, dead }) => [pending.close(), dead.close()]))
    }
    if (!this.stopped) this.result = { missing, reappeared }
  }

  private view(ledger: LaneLedger) {
    const store = this.queue.store()
    return {
      ledger,
      pending: store.scan(areaRange('pending', ledger.laneNumber)),
      dead: store.scan(areaRange('dead', ledger.laneNumber)),
    }
  }

  private count(scan: StoreScan): Promise<Found> {
    return this.each(scan, isWholeRecord)
  }

  private countDead(scan: StoreScan): Promise<Found> {
    return this.each(scan, (_, value) => decodeDeadLetter(value, keyLength) !== undefined)
  }

  private async each(scan: StoreScan, isWhole: (key: Buffer, value: Buffer) => boolean): Promise<Found> {
    const found: Found = { count: 0, bytes: 0, unreadable: [] }
    for (;;) {
      const entries = this.stopped ? [] : await scan.next(sliceEntries)
      if (entries.length === 0) return found
      for (const [key, value] of entries) {
        if (!isWhole(key, value)) found.unreadable.push(key)
        else {
          found.count++
          found.bytes += value.length
        }
      }
      await nextTurn()
    }
  }

  /** What readers have booked since the view was frozen, of what the view has as unreadable. */
  private bookedOf(lane: string, unreadable: readonly Buffer[]): { count: number; bytes: number } {
    const ofLane = this.bookedMeanwhile.get(lane)
    const sizes = unreadable.flatMap((key) => ofLane?.get(sequenceOf(key)) ?? [])
    return { count: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) }
  }

  /** Books the difference; answers how many are missing (negative: too many). */
  private async compare(before: LaneLedger, pending: Found, dead: Found): Promise<number> {
    if (this.stopped) return 0
    const { lane } = before
    const leases = this.queue.leasesOf(lane)
    let missing = 0
    await this.queue.submit({
      kind: 'settle',
      bytes: 0,
      alone: true,
      plan: (draft) => {
        const booked = this.bookedOf(lane, pending.unreadable)
        const missingDead = before.dead - dead.count
        missing = pendingOf(before) - pending.count - booked.count + missingDead
        draft.change(lane, {
          dead: -missingDead,
          pendingBytes: pending.bytes + pending.count * keyLength - (before.pendingBytes - booked.bytes),
          deadBytes: dead.bytes - before.deadBytes,
          ...(missing >= 0 ? { damaged: missing } : takenBack(draft.get(lane), -missing)),
        })
        // With the count off, the saved head can't be trusted either.
        if (missing < 0) draft.set({ ...draft.get(lane), headSequence: 0 })
        return [...pending.unreadable, ...dead.unreadable].map((key): StoreOperation => ({ type: 'del', key }))
      },
      committed: () => {
        for (const key of pending.unreadable) leases.markDamaged(sequenceOf(key))
      },
    })
    if (missing < 0) this.queue.reappeared(lane, 0)
    return missing
  }
}

/** What was delivered and is here again is pending again; what was never accepted is accepted now. */
function takenBack({ delivered }: LaneLedger, count: number): LedgerChange {
  const undelivered = Math.min(delivered, count)
  return { delivered: -undelivered, accepted: count - undelivered }
}
