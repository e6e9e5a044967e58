import { ConnectorError, say } from '../../core'
import type { LogFault } from '../log/fault'
import type { LaneLedger } from '../log/lanes'
import type { RecoveryReport } from '../log/recovery'
import type { SegmentLog } from '../log/segment-log'
import type { DeadRecord } from '../record/dead-letter'
import type { EvictionEntry, EvictionQuery } from '../record/eviction'
import { countAll, type OutboxRecord } from '../record/record'
import type { Arrivals } from './arrivals'
import { Capacity, fullError } from './capacity'
import { Committer } from './committer'
import { DeadEvictor } from './dead-evictor'
import { EvictionLog, evictionLane } from './eviction-log'
import { Evictor } from './evictor'
import { arrive, type Intake, type NewRecord, takeIn } from './intake'
import { Leases } from './leases'
import { type OpenedFolder, openFolder } from './open-queue'
import { type Held, type QueueEvents, type QueueOptions, type ResolvedQueueOptions, resolveOptions } from './options'
import type { QueueCore } from './queue-core'
import { QueueReader } from './queue-reader'
import { type Parting, partingOf, planParting, planSettlement, type Settlement } from './settlement'
import { closedError, storeError } from './store-error'
import type { ReadResult } from './tail'
import type { Work } from './work'

export type { OutboxRecord } from '../record/record'
export type { NewRecord } from './intake'

/** The durable queue: what `append` has resolved for is on disk, and stays until it is settled. */
export class DurableQueue implements QueueCore {
  readonly deadLeases = new Leases()
  readonly log: SegmentLog
  readonly #leases = new Map<string, Leases>()
  readonly #capacity: Capacity
  readonly #committer: Committer
  readonly #evictor: Evictor
  readonly #deadEvictor: DeadEvictor
  readonly #evictionLog: EvictionLog
  readonly #reader: QueueReader
  readonly #segmentBytes: number
  #nextSequence: number
  #closed = false

  readonly #options: ResolvedQueueOptions
  readonly #events: QueueEvents

  private constructor(
    options: ResolvedQueueOptions,
    events: QueueEvents,
    capacity: Capacity,
    { log, segmentBytes }: OpenedFolder,
  ) {
    this.#options = options
    this.#events = events
    this.#capacity = capacity
    this.log = log
    this.#segmentBytes = segmentBytes
    const { folder, scheduler } = options
    this.#nextSequence = 1 + Math.max(0, ...this.all().map(({ lastSequence }) => lastSequence))
    const intake = {
      wallMs: () => scheduler.wallMs(),
      monotonicMs: () => scheduler.monotonicMs(),
      bootId: options.bootId,
      takeSequences: (count: number) => this.takeSequences(count),
      isAwaited: (lane: string) => this.#reader.isNearEnd(lane),
    }
    this.#committer = new Committer({
      log,
      folder,
      scheduler,
      prepare: (group) => this.#evictor.makeRoom(group),
      makeDiskRoom: (bytes) => this.#evictor.makeDiskRoom(bytes),
      askDisk: () => capacity.refresh(),
      fullError: (fault) => this.#fullError(fault),
      takeIn: (appends) => takeIn(appends, intake),
      onCommitted: (intake, changed) => this.#committed(intake, changed),
      onFault: (error) => events.storeState(error),
    })
    this.#reader = new QueueReader(this, () => scheduler.monotonicMs())
    this.#evictionLog = new EvictionLog(this, () => scheduler.wallMs())
    this.#evictor = new Evictor(this, options, capacity, this.#evictionLog, segmentBytes)
    this.#deadEvictor = new DeadEvictor(this, options, this.#evictionLog)
    this.#evictor.start()
  }

  /** Opens the folder, or makes it. @throws {ConnectorError} OUTBOX_UNAVAILABLE, OUTBOX_FULL */
  static async open(options: QueueOptions, events: QueueEvents): Promise<DurableQueue> {
    const resolved = await resolveOptions(options)
    const { folder, scheduler, diskSpace } = resolved
    const capacity = new Capacity({ ...resolved, diskSpace: () => diskSpace(folder) }, scheduler)
    return new DurableQueue(resolved, events, capacity, await openFolder(resolved, capacity))
  }

  /** Resolves once all of them are on disk. @throws {ConnectorError} OUTBOX_FULL, OUTBOX_UNAVAILABLE, INPUT_INVALID */
  append(lane: string, records: readonly NewRecord[] | Arrivals): Promise<void> {
    try {
      if (this.#closed) throw closedError()
      if (this.#committer.fault) throw this.#committer.fault
      const work = arrive(lane, records, this.#options.scheduler)
      this.#refuseExcess(work.bytes)
      return this.#committer.submit(work)
    } catch (refusal) {
      return Promise.reject(refusal)
    }
  }

  /** Reads records; see `QueueReader.read`. */
  read(lane: string, fromSequence: number, beforeSequence: number): Promise<ReadResult> {
    return this.#reader.read(lane, fromSequence, beforeSequence)
  }

  /** The first record in the range, leased or not. @throws {LogFault} io */
  peek(lane: string, fromSequence: number, beforeSequence: number): Promise<OutboxRecord | undefined> {
    return this.#reader.peek(lane, fromSequence, beforeSequence)
  }

  /** The latest evictions, newest first. */
  evictions(query: EvictionQuery): Promise<readonly EvictionEntry[]> {
    return this.#evictionLog.entries(query)
  }

  /** Writes down what became of leased records; resolves once that is on disk. Their leases end. */
  settle(lane: string, settlement: Settlement): Promise<void> {
    let gone: readonly OutboxRecord[] = []
    let given: readonly DeadRecord[] = []
    return this.submit({
      kind: 'settle',
      entries: countOf(settlement),
      together: (settlement.dead?.length ?? 0) > 0,
      plan: (claims) => {
        const { wallMs } = this.#options.scheduler
        const plan = planSettlement(claims, lane, settlement, this.leasesOf(lane), wallMs())
        ;({ gone, given } = plan)
        return plan.changes
      },
      committed: () => {
        this.removed(lane, gone)
        if (given.length > 0) this.#events.died(lane, given)
      },
    })
  }

  /** The records of each of these leased bundles, each leased, and stored so. A bundle's own lease is its first record's. */
  async takeApart(lane: string, bundles: readonly OutboxRecord[]): Promise<OutboxRecord[][]> {
    const leases = this.leasesOf(lane)
    const partings = bundles.map((bundle) => partingOf(bundle))
    let parted: readonly Parting[] = []
    await this.submit({
      kind: 'settle',
      entries: countAll(bundles),
      together: true,
      plan: (claims) => {
        const planned = partings.map((parting) => planParting(claims, lane, parting, leases))
        parted = partings.filter((_, at) => planned[at]?.length)
        return planned.flat()
      },
      committed: () => {
        for (const { bundle } of parted) {
          leases.partings++
          this.#reader.changed(lane, bundle.sequence)
        }
      },
    })
    return partings.map(({ singles }) => singles.filter(({ sequence }) => leases.isOpen(sequence)))
  }

  /** Gives leased records back, to be read again. */
  release(lane: string, sequences: Iterable<number>): void {
    const leases = this.leasesOf(lane)
    for (const sequence of sequences) leases.release(sequence)
  }

  leasesOf(lane: string): Leases {
    const leases = this.#leases.get(lane) ?? new Leases()
    this.#leases.set(lane, leases)
    return leases
  }

  /** The lane's counters; before its first record, zeros. */
  ledgerOf(lane: string): LaneLedger {
    return this.log.ledger(lane) ?? { ...noLedger, lane }
  }

  all(): readonly LaneLedger[] {
    return this.log.ledgers().filter(({ lane }) => lane !== evictionLane)
  }

  /** Bytes kept, of all lanes, dead letters included. */
  heldBytes(): number {
    return this.log.keptBytes()
  }

  /** Whether one more dead letter of this size may be kept. */
  hasDeadRoom(bytes: number): boolean {
    return this.deadBytes() + bytes <= this.#options.maxBytes * this.#options.deadShare
  }

  deadBytes(): number {
    return this.log.deadBytes()
  }

  /** The same; where the settings say so, the oldest dead letters make room for it. */
  async makeDeadRoom(bytes: number): Promise<boolean> {
    if (this.hasDeadRoom(bytes)) return true
    return this.#options.whenDeadFull === 'evict-oldest' && this.#deadEvictor.makeRoom(bytes)
  }

  get fault(): ConnectorError | undefined {
    return this.#committer.fault
  }

  /** What was not as it should be in the folder when it was opened. */
  get found(): RecoveryReport {
    return this.log.report
  }

  submit(work: Work): Promise<void> {
    return this.#committer.submit(work)
  }

  takeSequences(count: number): number {
    const first = this.#nextSequence
    this.#nextSequence += count
    return first
  }

  /** Records that are gone from the log: their leases end. */
  removed(lane: string, records: readonly OutboxRecord[]): void {
    const leases = this.leasesOf(lane)
    for (const { sequence } of records) {
      leases.settle(sequence)
      this.#reader.removed(lane, sequence)
    }
  }

  counted(lane: string): void {
    this.#events.counted(lane)
  }

  reappeared(lane: string, sequence: number): void {
    this.#reader.changed(lane, sequence)
    this.#events.reappeared(lane, sequence)
  }

  held(lane: string, from: number, before: number): Held {
    return this.#events.held(lane, from, before)
  }

  surrender(lane: string, unsent: ReadonlySet<OutboxRecord>): void {
    this.#events.surrender(lane, unsent)
  }

  evicted(lane: string): void {
    this.#events.evicted(lane)
  }

  /**
   * Whether records of the lane are being evicted. Until that is on the disk nothing newer may be sent: where the process dies
   * before, they are there again, and would come after it.
   */
  isEvicting(lane: string): boolean {
    return this.#evictor.isEvicting(lane)
  }

  /** Nothing more is accepted; what is queued still is. */
  stopIntake(): void {
    this.#closed = true
  }

  /** What is queued is committed; then the log is closed and the folder is free. */
  async close(): Promise<void> {
    this.stopIntake()
    this.#evictor.stop()
    await this.#committer.close()
  }

  #committed(intake: Intake | undefined, changed: ReadonlySet<string>): void {
    for (const lane of changed) if (lane !== evictionLane) this.#events.counted(lane)
    if (!intake) return
    this.#capacity.written(intake.bytes)
    for (const [lane, records] of intake.lanes) {
      this.#reader.appended(lane, records)
      this.#events.appended(lane)
    }
  }

  #refuseExcess(bytes: number): void {
    const { maxUncommittedBytes, whenFull, folder } = this.#options
    const queued = this.#committer.queuedBytes
    // A message that is larger by itself is taken where nothing else waits: it has to come in some time.
    if (queued > 0 && queued + bytes > maxUncommittedBytes)
      throw new ConnectorError('OUTBOX_FULL', say`The disk of ${folder} is slower than the data. Send less at a time.`)
    const refusal = this.#capacity.refusal(this.heldBytes() + queued, bytes)
    if (refusal && (whenFull === 'refuse' || bytes > this.#options.maxBytes)) throw fullError(refusal, folder)
  }

  /** The log has to set room aside before it takes anything in, and leaves the free-space floor alone. */
  #fullError(fault: LogFault): ConnectorError {
    const { folder } = this.#options
    return this.#capacity.roomBytes() < this.#segmentBytes ? fullError('floor', folder) : storeError(fault, folder)
  }
}

const noLedger: Omit<LaneLedger, 'lane'> = {
  accepted: 0,
  pending: 0,
  delivered: 0,
  dead: 0,
  dropped: 0,
  evicted: 0,
  damaged: 0,
  pendingBytes: 0,
  deadBytes: 0,
  lastSequence: 0,
}

function countOf({ delivered = [], dropped = [], dead = [] }: Settlement): number {
  return delivered.length + dropped.length + dead.length
}
