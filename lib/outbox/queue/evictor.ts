import { certainAgeMs, type EvictionCause } from '../record/eviction'
import { keyOf, lastSequence } from '../record/keys'
import { type LaneLedger, pendingOf } from '../record/ledger'
import { countAll, type OutboxRecord, storedBytes } from '../record/record'
import type { StoreOperation } from '../store/store'
import { type Capacity, fullError } from './capacity'
import type { EvictionLog } from './eviction-log'
import type { LedgerDraft } from './ledger-draft'
import type { ResolvedQueueOptions } from './options'
import type { QueueCore } from './queue-core'
import type { Reserve } from './reserve'
import { bytesOfAll } from './settlement'
import { bySequence, oldestOf, Stretch, type StretchQueue } from './stretch'
import type { Settle, Work } from './work'

const lookForAgedEveryMs = 60_000
/** More than needed is evicted at a time, so that a full outbox doesn't look for the oldest at every append. */
const headroomShare = 0.01

/** What it needs of the queue. */
type EvictedQueue = Pick<QueueCore, 'all' | 'evicted' | 'heldBytes' | 'leasesOf' | 'read' | 'removed' | 'submit'> &
  StretchQueue

/** Throws away the oldest records, where the settings say so, and writes down which. */
export class Evictor {
  /** By lane, how many evictions are not on the disk yet. */
  readonly #evicting = new Map<string, number>()
  #cancel: (() => void) | undefined
  readonly #openedMonotonicMs: number

  readonly #queue: EvictedQueue
  readonly #options: ResolvedQueueOptions
  readonly #capacity: Capacity
  readonly #reserve: Reserve
  readonly #log: EvictionLog

  constructor(
    queue: EvictedQueue,
    options: ResolvedQueueOptions,
    capacity: Capacity,
    reserve: Reserve,
    log: EvictionLog,
  ) {
    this.#queue = queue
    this.#options = options
    this.#capacity = capacity
    this.#reserve = reserve
    this.#log = log
    this.#openedMonotonicMs = options.scheduler.monotonicMs()
  }

  start(): void {
    if (this.#options.maxAgeMs !== undefined) this.#lookForAged()
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  /**
   * Evicts until the group's appends fit: the oldest first, also what a sender holds to send it; what is under way to the
   * cloud only where there is nothing else.
   * @throws {ConnectorError} OUTBOX_FULL when that does not make enough room
   */
  async makeRoom(group: readonly Work[]): Promise<Settle | undefined> {
    const bytes = group.reduce((sum, work) => sum + (work.kind === 'append' ? work.bytes : 0), 0)
    if (bytes === 0) return undefined
    const { maxBytes, whenFull, folder } = this.#options
    const isCovered = await this.#reserve.cover(bytes)
    if (whenFull !== 'evict-oldest') {
      if (!isCovered) throw fullError('floor', folder)
      return undefined
    }
    const refusal = isCovered ? this.#capacity.refusal(this.#queue.heldBytes(), bytes) : 'floor'
    if (!refusal) return undefined
    const overCap = this.#queue.heldBytes() + bytes - maxBytes
    const wanted = (refusal === 'cap' ? overCap : bytes) + Math.floor(maxBytes * headroomShare)
    const needed = refusal === 'cap' ? overCap : bytes
    const evicted = await this.#takeOldest(wanted, needed)
    if (!evicted) throw fullError(refusal, folder)
    return this.#eviction(evicted, 'full')
  }

  /** Whether records of the lane are taken out that are still on the disk. */
  isEvicting(lane: string): boolean {
    return (this.#evicting.get(lane) ?? 0) > 0
  }

  /**
   * Takes leases of the oldest that nobody has sent, and of no more than that: what a sender got back would come out of order.
   * The writer waits for this, so nothing that was read is settled meanwhile, though it may be sent.
   * @returns `undefined` where there is not so much, what is under way included
   */
  async #takeOldest(wantedBytes: number, neededBytes: number): Promise<OutboxRecord[] | undefined> {
    const stretches = this.#queue
      .all()
      .map((ledger) => new Stretch(this.#queue, ledger.lane, ledger.headSequence, pendingOf(ledger) === 0))
    for (let foundBytes = 0; ; ) {
      const behind = stretches.filter(({ atEnd }) => !atEnd).sort((a, b) => a.before - b.before)
      const [next] = behind
      if (!next || foundBytes >= wantedBytes) {
        const chosen = oldestOf(stretches, next?.before ?? Number.POSITIVE_INFINITY, wantedBytes)
        foundBytes = bytesOfAll(chosen)
        if (foundBytes >= (next ? wantedBytes : neededBytes)) {
          for (const stretch of stretches) stretch.take(chosen)
          return chosen
        }
        if (!next) return this.#withUnderWay(chosen, stretches, neededBytes)
      }
      foundBytes += await next.readOn()
    }
  }

  /** The last resort. Their leases are not ours, and end with the eviction. */
  #withUnderWay(
    chosen: readonly OutboxRecord[],
    stretches: readonly Stretch[],
    neededBytes: number,
  ): OutboxRecord[] | undefined {
    let bytes = bytesOfAll(chosen)
    const lastResort: OutboxRecord[] = []
    for (const record of bySequence(stretches.flatMap((stretch) => stretch.underWay()))) {
      if (bytes >= neededBytes) break
      bytes += storedBytes(record.lane, record)
      lastResort.push(record)
    }
    if (bytes < neededBytes) return undefined
    for (const stretch of stretches) stretch.take(chosen)
    return [...chosen, ...lastResort]
  }

  #eviction(records: readonly OutboxRecord[], cause: EvictionCause): Settle {
    const lanes = new Map<string, OutboxRecord[]>()
    for (const record of records) lanes.set(record.lane, [...(lanes.get(record.lane) ?? []), record])
    const firstEntry = this.#log.takeNumbers(lanes.size)
    for (const lane of lanes.keys()) this.#evicting.set(lane, (this.#evicting.get(lane) ?? 0) + 1)
    const gone = new Map<string, OutboxRecord[]>()
    return {
      kind: 'settle',
      plan: (draft) =>
        [...lanes].flatMap(([lane, ofLane], at) => {
          const leases = this.#queue.leasesOf(lane)
          const ours = ofLane.filter(({ sequence }) => leases.isOpen(sequence) && draft.claim(lane, sequence))
          gone.set(lane, ours)
          return this.#evict(draft, lane, ours, cause, firstEntry + at)
        }),
      committed: () => {
        for (const [lane, records] of gone) {
          this.#queue.removed(lane, records)
          // What was under way may be back in the sender's hands by now, unsent.
          this.#queue.surrender(lane, new Set(records))
        }
        this.#ended(lanes.keys())
      },
      abandoned: () => this.#ended(lanes.keys()),
    }
  }

  #ended(lanes: Iterable<string>): void {
    for (const lane of lanes) {
      this.#evicting.set(lane, (this.#evicting.get(lane) ?? 1) - 1)
      this.#queue.evicted(lane)
    }
  }

  #evict(draft: LedgerDraft, lane: string, records: OutboxRecord[], cause: EvictionCause, entry: number) {
    const { laneNumber } = draft.get(lane)
    const bytes = bytesOfAll(records)
    draft.change(lane, { evicted: countAll(records), pendingBytes: -bytes })
    const operations: StoreOperation[] = records.map(({ sequence }) => ({
      type: 'del',
      key: keyOf('pending', laneNumber, sequence),
    }))
    return [...operations, ...this.#log.operations(lane, cause, records, bytes, entry)]
  }

  #lookForAged(): void {
    this.#cancel = this.#options.scheduler.setTimeout(async () => {
      for (const ledger of this.#queue.all()) await this.#evictAged(ledger).catch(() => undefined)
      if (this.#cancel) this.#lookForAged()
    }, lookForAgedEveryMs)
  }

  /** Records lie in the order of their acceptance, so the first young one ends the search. */
  async #evictAged(ledger: LaneLedger): Promise<void> {
    const { scheduler, bootId, maxAgeMs = Number.POSITIVE_INFINITY } = this.#options
    const leases = this.#queue.leasesOf(ledger.lane)
    let position = ledger.headSequence
    while (pendingOf(ledger) > 0) {
      const { records, nextSequence, atEnd } = await this.#queue.read(ledger.lane, position, lastSequence)
      const now = { bootId, monotonicMs: scheduler.monotonicMs(), openedMonotonicMs: this.#openedMonotonicMs }
      const firstYoung = records.findIndex((record) => certainAgeMs(record, now) <= maxAgeMs)
      const old = firstYoung < 0 ? records : records.slice(0, firstYoung)
      const aged = old.filter(({ sequence }) => leases.take(sequence))
      if (aged.length > 0) await this.#queue.submit(this.#eviction(aged, 'age'))
      if (firstYoung >= 0 || atEnd) return
      position = nextSequence
    }
  }
}
