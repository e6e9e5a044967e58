import { sequenceOf } from '../record/keys'
import { type LaneLedger, type LedgerChange, pendingOf } from '../record/ledger'
import type { StoreOperation } from '../store/store'
import { type CountedQueue, type Found, LaneCount } from './lane-count'
import type { QueueCore } from './queue-core'

export interface RecountResult {
  /** Records that the ledgers had as pending or dead and that the store had not, readable. Booked as damaged. */
  readonly missing: number
  /** Records that had been settled and were in the store again. Booked as pending, and sent once more. */
  readonly reappeared: number
}

/** How often a count whose reading failed is started again. */
const mostFailures = 3

/** What it needs of the queue. */
type RecountedQueue = Pick<QueueCore, 'all' | 'leasesOf' | 'mendTables' | 'reappeared' | 'submit'> & CountedQueue

/**
 * Holds the ledgers against the store: every record is read and its checksum verified. The difference is booked, so that
 * the ledger is true again.
 */
export class Recount {
  result: RecountResult | undefined
  done: Promise<void> = Promise.resolve()
  #running = false
  #again = false
  #stopped = false
  #counting: LaneCount | undefined

  readonly #queue: RecountedQueue
  readonly #stretchBytes: number

  constructor(queue: RecountedQueue, stretchBytes: number) {
    this.#queue = queue
    this.#stretchBytes = stretchBytes
  }

  start(): void {
    this.#again = true
    if (this.#running) return
    this.#running = true
    this.done = this.#runUntilCalm()
  }

  /** Pending records have left the store, settled or booked as damaged; the count must not book them a second time. */
  left(lane: string, sequence: number, found: Found): void {
    if (this.#counting?.before.lane === lane) this.#counting.left(sequence, found)
  }

  /** A bundle is stored as single records now, which take more; the ledger says so. */
  parted(lane: string, sequence: number, bundle: Found, grownBytes: number): void {
    if (this.#counting?.before.lane === lane) this.#counting.parted(sequence, bundle, grownBytes)
  }

  stop(): Promise<void> {
    this.#stopped = true
    return this.done
  }

  /** A store that fails meanwhile is opened again, and then counted again: only then it is done. */
  async #runUntilCalm(): Promise<void> {
    for (let failures = 0; this.#again && !this.#stopped; ) {
      this.#again = false
      const isCounted = await this.#run().then(
        () => true,
        () => false,
      )
      this.#counting = undefined
      if (!isCounted && ++failures < mostFailures) this.#again ||= await this.#isWritable()
    }
    this.#running = false
  }

  /** Resolves when the store can be written again, or is closed. */
  #isWritable(): Promise<boolean> {
    return this.#queue.quietly(() => true).catch(() => false)
  }

  async #run(): Promise<void> {
    let missing = 0
    let reappeared = 0
    // The opening after that begins another count.
    if (await this.#queue.mendTables()) return
    for (const { lane } of this.#queue.all()) {
      const difference = await this.#compare(await this.#count(lane))
      missing += Math.max(0, difference)
      reappeared += Math.max(0, -difference)
    }
    if (!this.#stopped) this.result = { missing, reappeared }
  }

  async #count(lane: string): Promise<LaneCount> {
    const counting = await this.#queue.quietly(() => {
      this.#counting = new LaneCount(this.#queue, lane, this.#stretchBytes, () => this.#stopped)
      return this.#counting
    })
    await counting.run()
    return counting
  }

  /** Books the difference; answers how many are missing (negative: too many). */
  async #compare(counted: LaneCount): Promise<number> {
    if (this.#stopped) return 0
    const { before, dead, unreadable } = counted
    const { lane } = before
    const leases = this.#queue.leasesOf(lane)
    let missing = 0
    await this.#queue.submit({
      kind: 'settle',
      alone: true,
      plan: (draft) => {
        const pending = counted.pending()
        const missingDead = before.dead - dead.count
        missing = pendingOf(before) - pending.count + missingDead
        draft.change(lane, {
          dead: -missingDead,
          pendingBytes: pending.bytes - before.pendingBytes,
          deadBytes: dead.bytes - before.deadBytes,
          ...(missing >= 0 ? { damaged: missing } : takenBack(draft.get(lane), -missing)),
        })
        // With the count off, the saved head can't be trusted either.
        if (missing < 0) draft.set({ ...draft.get(lane), headSequence: 0 })
        return unreadable.map((key): StoreOperation => ({ type: 'del', key }))
      },
      committed: () => {
        for (const key of unreadable) leases.markDamaged(sequenceOf(key))
      },
    })
    if (missing < 0) this.#queue.reappeared(lane, 0)
    return missing
  }
}

/** What was delivered and is here again is pending again; what was never accepted is accepted now. */
function takenBack({ delivered }: LaneLedger, count: number): LedgerChange {
  const undelivered = Math.min(delivered, count)
  return { delivered: -undelivered, accepted: count - undelivered }
}
