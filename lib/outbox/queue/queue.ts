import { ConnectorError, say } from '../../core'
import type { DeadRecord } from '../record/dead-letter'
import type { EvictionEntry, EvictionQuery } from '../record/eviction'
import type { LaneLedger } from '../record/ledger'
import { countAll, type OutboxRecord, storedBytes } from '../record/record'
import { storeIn } from '../store/folder'
import { storeError } from '../store/open-store'
import type { Arrivals } from './arrivals'
import { Capacity, fullError } from './capacity'
import { Committer, closedError } from './committer'
import { DeadEvictor } from './dead-evictor'
import { EvictionLog } from './eviction-log'
import { Evictor } from './evictor'
import { Inspection } from './inspection'
import { arrive, type Intake, type IntakeContext, type NewRecord, takeIn } from './intake'
import { Leases } from './leases'
import { LedgerBook } from './ledger-book'
import { type OpenedFolder, openFolder } from './open-queue'
import { type Held, type QueueEvents, type QueueOptions, type ResolvedQueueOptions, resolveOptions } from './options'
import type { QueueCore } from './queue-core'
import { SpaceReclaimer } from './reclaim'
import { Reserve, releaseReserve } from './reserve'
import type { Work } from './work'

export type { OutboxRecord } from '../record/record'
export type { NewRecord } from './intake'

import { ReusedMemory } from '../store/reused-memory'
import type { Starts } from '../store/starts'
import type { Store } from '../store/store'
import { Witness } from '../store/witness'
import { QueueReader } from './queue-reader'
import { Recount, type RecountResult } from './recount'
import { bytesOfAll, type Parting, partingOf, planParting, planSettlement, type Settlement } from './settlement'
import type { ReadResult } from './tail'

/** The durable queue: what `append` has resolved for is on disk, and stays until it is settled. */
export class DurableQueue implements QueueCore {
  readonly deadLeases = new Leases()
  readonly #leases = new Map<string, Leases>()
  readonly #capacity: Capacity
  readonly #committer: Committer
  readonly #evictor: Evictor
  readonly #deadEvictor: DeadEvictor
  readonly #evictionLog: EvictionLog
  readonly #reclaimer: SpaceReclaimer
  readonly #recount: Recount
  readonly #reader: QueueReader
  readonly #inspection: Inspection
  readonly #witness: Witness
  readonly #intakeContext: IntakeContext
  #nextSequence: number
  #closed = false
  quarantines = 0

  readonly #options: ResolvedQueueOptions
  readonly #events: QueueEvents
  readonly #book: LedgerBook
  readonly #starts: Starts

  private constructor(options: ResolvedQueueOptions, events: QueueEvents, { store, ledgers, starts }: OpenedFolder) {
    const book = new LedgerBook(ledgers)
    this.#options = options
    this.#events = events
    this.#book = book
    this.#starts = starts
    const { driver, folder, scheduler } = options
    this.#intakeContext = {
      wallMs: () => scheduler.wallMs(),
      monotonicMs: () => scheduler.monotonicMs(),
      bootId: options.bootId,
      laneNumber: (lane) => this.ensureLane(lane).laneNumber,
      takeSequences: (count) => this.takeSequences(count),
      memory: new ReusedMemory(),
      isAwaited: (lane) => this.#reader.isNearEnd(lane),
    }
    this.#nextSequence = 1 + book.lastSequence()
    this.#capacity = new Capacity({ ...options, diskSpace: () => options.diskSpace(folder) }, scheduler)
    const reserve = new Reserve(folder, driver.workspaceBytes ?? 0, this.#capacity, scheduler)
    this.#witness = new Witness(folder, scheduler, () => book.all())
    this.#committer = new Committer(store, {
      driver,
      folder,
      scheduler,
      ledgers: book.ledgers,
      release: () => reserve.release(),
      prepare: (group) => this.#evictor.makeRoom(group),
      takeIn: (appends, draft) => takeIn(appends, this.#intakeContext, draft),
      onCommitted: (intake, changed) => this.#committed(intake, changed),
      onReopened: (outcome) => this.#reopened(outcome),
      onFault: (error) => events.storeState(error),
    })
    this.#reclaimer = new SpaceReclaimer(() => this.#committer.reading())
    this.#inspection = new Inspection(storeIn(folder), (work) => this.#committer.submit(work))
    this.#recount = new Recount(this, options.countStretchBytes)
    this.#reader = new QueueReader(this, this.#recount, () => scheduler.monotonicMs())
    this.#evictionLog = new EvictionLog(this, () => scheduler.wallMs())
    this.#evictor = new Evictor(this, options, this.#capacity, reserve, this.#evictionLog)
    this.#deadEvictor = new DeadEvictor(this, options, this.#evictionLog)
  }

  /** Opens the folder, or makes it. @throws {ConnectorError} OUTBOX_UNAVAILABLE, OUTBOX_FULL */
  static async open(options: QueueOptions, events: QueueEvents): Promise<DurableQueue> {
    const resolved = await resolveOptions(options)
    for (;;) {
      try {
        return await DurableQueue.#openOnce(resolved, events)
      } catch (fault) {
        const isFull = fault instanceof ConnectorError && fault.code === 'OUTBOX_FULL'
        if (!isFull || !(await releaseReserve(options.folder))) throw fault
      }
    }
  }

  static async #openOnce(resolved: ResolvedQueueOptions, events: QueueEvents): Promise<DurableQueue> {
    const opened = await openFolder(resolved)
    try {
      const queue = new DurableQueue(resolved, events, opened)
      if (opened.outcome === 'quarantined') queue.quarantines++
      if (opened.outcome !== 'clean') queue.#book.lookFromTheBeginning()
      await queue.#capacity.refresh()
      await queue.#evictionLog.start()
      queue.#evictor.start()
      queue.#recount.start()
      return queue
    } catch (fault) {
      await opened.store.close()
      await opened.starts.end()
      throw storeError(fault, resolved.folder)
    }
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

  /** The same for the writer, which can't wait for itself. @throws {StoreFault} where a table is damaged */
  readToWrite(lane: string, fromSequence: number, beforeSequence: number): Promise<ReadResult> {
    return this.#reader.read(lane, fromSequence, beforeSequence, () => this.#inspection.look())
  }

  /** The first whole record in the range, leased or not. */
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
      plan: (draft) => {
        const { wallMs } = this.#options.scheduler
        const plan = planSettlement(draft, lane, settlement, this.leasesOf(lane), wallMs())
        ;({ gone, given } = plan)
        return plan.operations
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
      plan: (draft) => {
        const planned = partings.map((parting) => planParting(draft, lane, parting, leases))
        parted = partings.filter((_, at) => planned[at]?.length)
        return planned.flat()
      },
      committed: () => {
        for (const { bundle, bytes, grownBytes } of parted) {
          leases.partings++
          this.#reader.changed(lane, bundle.sequence)
          this.#recount.parted(lane, bundle.sequence, { count: bundle.count, bytes }, grownBytes)
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

  /** Creates the lane's ledger, so that its figures exist before its first record. */
  ensureLane(lane: string): LaneLedger {
    return this.#book.ensure(lane)
  }

  all(): readonly LaneLedger[] {
    return this.#book.all()
  }

  /** Bytes kept, of all lanes, dead letters included. */
  heldBytes(): number {
    return this.#book.heldBytes()
  }

  /** Whether one more dead letter of this size may be kept. */
  hasDeadRoom(bytes: number): boolean {
    return this.#book.deadBytes() + bytes <= this.#options.maxBytes * this.#options.deadShare
  }

  deadBytes(): number {
    return this.#book.deadBytes()
  }

  /** The same; where the settings say so, the oldest dead letters make room for it. */
  async makeDeadRoom(bytes: number): Promise<boolean> {
    if (this.hasDeadRoom(bytes)) return true
    return this.#options.whenDeadFull === 'evict-oldest' && this.#deadEvictor.makeRoom(bytes)
  }

  get fault(): ConnectorError | undefined {
    return this.#committer.fault
  }

  /** The last comparison of the ledgers with what is really in the store; `undefined` until the first is done. */
  get recounted(): RecountResult | undefined {
    return this.#recount.result
  }

  /** Resolves when the count that was begun, at open or after damage, is done. */
  recountDone(): Promise<void> {
    return this.#recount.done
  }

  submit(work: Work): Promise<void> {
    return this.#committer.submit(work)
  }

  store(): Store {
    return this.#committer.reading()
  }

  /** Runs the task while no group is being written, so that store and ledgers agree. */
  async quietly<Result>(task: (ledgers: readonly LaneLedger[]) => Result): Promise<Result> {
    let result: { value: Result } | undefined
    const committed = () => {
      result = { value: task(this.all()) }
    }
    await this.submit({ kind: 'settle', alone: true, plan: () => [], committed })
    if (!result) throw closedError()
    return result.value
  }

  /** Verifies the tables of the open store. Resolves to true after damage, when that is mended. */
  mendTables(): Promise<boolean> {
    return this.#inspection.run()
  }

  takeSequences(count: number): number {
    const first = this.#nextSequence
    this.#nextSequence += count
    return first
  }

  /** Records that are gone from the store: their leases end, their space is won back. */
  removed(lane: string, records: readonly OutboxRecord[]): void {
    const leases = this.leasesOf(lane)
    for (const record of records) {
      leases.settle(record.sequence)
      this.#reader.removed(lane, record.sequence)
      this.#recount.left(lane, record.sequence, { count: record.count, bytes: storedBytes(record.lane, record) })
    }
    this.#reclaimer.removed(this.#book.ensure(lane), bytesOfAll(records))
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

  /** What is queued is committed; then the store is closed and the folder is free. */
  async close(): Promise<void> {
    this.stopIntake()
    this.#evictor.stop()
    this.#inspection.stop()
    await this.#recount.stop()
    await this.#committer.close()
    await this.#witness.close()
    await this.#starts.end()
  }

  #committed(intake: Intake | undefined, changed: readonly LaneLedger[]): void {
    this.#witness.changed()
    for (const { lane } of changed) this.#events.counted(lane)
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

  #reopened(outcome: 'clean' | 'repaired' | 'quarantined'): void {
    this.#reader.forget()
    if (outcome === 'quarantined') {
      this.quarantines++
      for (const leases of this.#leases.values()) leases.clear()
    }
    if (outcome === 'clean') return
    this.#book.lookFromTheBeginning()
    for (const { lane } of this.#book.all()) this.#events.reappeared(lane, 0)
    this.#recount.start()
  }
}

function countOf({ delivered = [], dropped = [], dead = [] }: Settlement): number {
  return delivered.length + dropped.length + dead.length
}
