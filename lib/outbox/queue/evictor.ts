import type { Change } from '../log/change'
import { certainAgeMs, type EvictionCause } from '../record/eviction'
import { lastSequence, type OutboxRecord } from '../record/record'
import { bytesOfAll, storedBytes } from './bytes'
import { type Capacity, fullError } from './capacity'
import type { EvictionLog } from './eviction-log'
import type { ResolvedQueueOptions } from './options'
import type { QueueCore } from './queue-core'
import { sequencesOf } from './settlement'
import { bySequence, oldestOf, Stretch, type StretchQueue } from './stretch'
import type { Settle, Work } from './work'

const lookForAgedEveryMs = 60_000
/** More than needed is evicted at a time, so that a full outbox doesn't look for the oldest at every append. */
const headroomShare = 0.01

/** What it needs of the queue. */
type EvictedQueue = Pick<
  QueueCore,
  'all' | 'evicted' | 'heldBytes' | 'leasesOf' | 'ledgerOf' | 'log' | 'read' | 'removed' | 'submit'
> &
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
  readonly #log: EvictionLog
  readonly #segmentBytes: number

  constructor(
    queue: EvictedQueue,
    options: ResolvedQueueOptions,
    capacity: Capacity,
    log: EvictionLog,
    segmentBytes: number,
  ) {
    this.#queue = queue
    this.#options = options
    this.#capacity = capacity
    this.#log = log
    this.#segmentBytes = segmentBytes
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
    if (whenFull !== 'evict-oldest') return undefined
    const refusal = await this.#refusalOf(bytes)
    if (!refusal) return undefined
    const overCap = this.#queue.heldBytes() + bytes - maxBytes
    const spaceBytes = Math.min(maxBytes, this.#capacity.totalBytes())
    const headroom = Math.floor(spaceBytes * headroomShare)
    const evicted = await (refusal === 'cap'
      ? this.#takeOldest(overCap + headroom, overCap)
      : this.#takeOldest(bytes + this.#segmentBytes, bytes))
    if (!evicted) throw fullError(refusal, folder)
    return this.#eviction(evicted, 'full')
  }

  /** Once what was evicted before is off the disk, too. */
  async #refusalOf(bytes: number): Promise<'cap' | 'floor' | undefined> {
    const refusal = () => this.#capacity.refusal(this.#queue.heldBytes(), bytes)
    if (refusal() !== 'floor') return refusal()
    await this.#queue.log.idle()
    await this.#capacity.refresh()
    return refusal()
  }

  /** The same where the disk is full: the log has to get rid of whole segments. @returns `undefined` where nothing is evicted for it */
  async makeDiskRoom(bytes: number): Promise<Settle | undefined> {
    if (this.#options.whenFull !== 'evict-oldest') return undefined
    const evicted = await this.#takeOldest(bytes + this.#segmentBytes, 1)
    return evicted && this.#eviction(evicted, 'full')
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
    const stretches = this.#queue.all().map(({ lane, pending }) => new Stretch(this.#queue, lane, pending === 0))
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
      bytes += storedBytes(record)
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
      together: true,
      plan: (claims) =>
        [...lanes].flatMap(([lane, ofLane], at): Change[] => {
          const leases = this.#queue.leasesOf(lane)
          const ours = ofLane.filter(({ sequence }) => leases.isOpen(sequence) && claims.claim(lane, sequence))
          gone.set(lane, ours)
          if (ours.length === 0) return []
          return [
            { type: 'settle', lane, area: 'pending', fate: 'evicted', sequences: sequencesOf(ours) },
            ...this.#log.changes(lane, cause, ours, bytesOfAll(ours), firstEntry + at),
          ]
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

  #lookForAged(): void {
    this.#cancel = this.#options.scheduler.setTimeout(async () => {
      for (const { lane } of this.#queue.all()) await this.#evictAged(lane).catch(() => undefined)
      if (this.#cancel) this.#lookForAged()
    }, lookForAgedEveryMs)
  }

  /** Records lie in the order of their acceptance, so the first young one ends the search. */
  async #evictAged(lane: string): Promise<void> {
    const { scheduler, bootId, maxAgeMs = Number.POSITIVE_INFINITY } = this.#options
    const leases = this.#queue.leasesOf(lane)
    let position = 0
    while (this.#queue.ledgerOf(lane).pending > 0) {
      const { records, nextSequence, atEnd } = await this.#queue.read(lane, position, lastSequence)
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
