import { ConnectorError, type Scheduler, say } from '../../core'
import type { LaneLedger } from '../record/ledger'
import { type OpenOutcome, openStore, storeError } from '../store/open-store'
import { type Store, type StoreDriver, StoreFault, type StoreOperation } from '../store/store'
import type { Intake } from './intake'
import { LedgerDraft } from './ledger-draft'
import { Telling } from './telling'
import type { Append, Settle, Work } from './work'

interface QueuedWork {
  readonly work: Work
  resolve(): void
  reject(error: unknown): void
}

export interface CommitterOptions {
  readonly driver: StoreDriver
  readonly folder: string
  readonly scheduler: Scheduler
  /** The committed ledgers by lane; only the committer changes them once it is started. */
  readonly ledgers: Map<string, LaneLedger>
  /** Gives back disk space that was set aside for a full disk. */
  release(): Promise<unknown>
  /** Makes room for the group, by work that is put before it; throws to refuse the appends in it. */
  prepare(group: readonly Work[]): Promise<Settle | undefined>
  /** The operations of a group's appends, together, and the ledgers' changes into the draft. */
  takeIn(appends: readonly Append[], draft: LedgerDraft): Intake | Promise<Intake>
  /** @param changed the ledgers that are others than before */
  onCommitted(intake: Intake | undefined, changed: readonly LaneLedger[]): void
  /** The store was opened again; unless `clean`, it may hold less than before. */
  onReopened(outcome: OpenOutcome): void
  onFault(error: ConnectorError | undefined): void
}

/** A group is prepared in one turn of the event loop, so it has to stay small. */
const groupEntries = 1000
const groupBytes = 1 << 19
/** For how many turns of telling a group may grow: until it is full, if each who is told appends again. */
const mostTurnsWaited = 20
const shortestRetryMs = 250
const longestRetryMs = 2000

/**
 * The one writer of the store. Whatever arrives during a sync goes into the next group, so that many share one sync. A
 * store that has failed is closed, opened anew and given the whole group again: after a failed sync nobody knows what is
 * on the disk, and LevelDB keeps failing until it is opened again.
 */
export class Committer {
  /** Why nothing can be written now; `undefined` while all is well. */
  fault: ConnectorError | undefined
  queuedBytes = 0
  #queue: QueuedWork[] = []
  readonly #telling = new Telling()
  #running: Promise<void> | undefined
  #voided: Buffer[] = []
  #closing = false
  #healing = false
  #wakeUp: (() => void) | undefined
  #store: Store | undefined

  readonly #options: CommitterOptions

  constructor(store: Store, options: CommitterOptions) {
    this.#options = options
    this.#store = store
  }

  submit(work: Work): Promise<void> {
    if (this.#closing && !this.#running) return Promise.reject(closedError())
    return new Promise((resolve, reject) => {
      this.#queue.push({ work, resolve, reject })
      this.queuedBytes += bytesOf(work)
      this.#start()
    })
  }

  /** The open store, for reading. Not while it is healing: it may hold records that are then refused. */
  reading(): Store {
    if (this.#healing) throw new StoreFault('io', 'the store is being opened again')
    return this.#openStore()
  }

  /** Commits what is queued, then closes the store. What can't be written by then is refused. */
  async close(): Promise<void> {
    this.#closing = true
    this.#wakeUp?.()
    await this.#running
    this.#refuse(this.#queue.splice(0), closedError())
    await this.#store?.close().catch(() => undefined)
    this.#store = undefined
  }

  #start(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined
      if (this.#queue.length > 0 && !this.#closing) this.#start()
    })
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) {
      // One turn later, so that everything that arrives in this one shares the sync.
      await Promise.resolve()
      await this.#grow()
      await this.#commit(this.#takeGroup())
    }
  }

  /**
   * Whoever joins the queue now hears of it after all those whose group is written already. While more wait for that than
   * would be in the next group, it grows: many small groups cost much more than a few large ones.
   */
  async #grow(): Promise<void> {
    for (let turns = 0; turns < mostTurnsWaited && !this.#closing; turns++) {
      if (this.#queue.length >= Math.min(this.#telling.count, groupEntries)) return
      await this.#telling.turn()
    }
  }

  #takeGroup(): QueuedWork[] {
    let bytes = 0
    let entries = 0
    let count = 0
    for (const { work } of this.#queue) {
      const isAlone = work.kind === 'settle' && work.alone
      if (count > 0 && (isAlone || entries >= groupEntries || bytes >= groupBytes)) break
      bytes += bytesOf(work)
      entries += work.kind === 'append' ? work.arrivals.length : (work.entries ?? 1)
      count++
      if (isAlone) break
    }
    return this.#queue.splice(0, count)
  }

  async #commit(group: QueuedWork[]): Promise<void> {
    try {
      const works = group.map(({ work }) => work)
      const room = await this.#options.prepare(works)
      if (room) {
        // Last, since what it evicts may have been settled by the others.
        works.push(room)
        group.push({ work: room, resolve: () => undefined, reject: () => undefined })
      }
      await this.#write(works, group)
    } catch (error) {
      if (error instanceof StoreFault) return this.#heal(group, error)
      const [appends, settlements] = splitByKind(group)
      // There may be room for each of them, one after the other.
      if (appends.length > 1) return this.#commitOneByOne([...settlements, ...appends])
      this.#refuse(appends, error)
      if (appends.length === 0) this.#refuse(settlements, error)
      else if (settlements.length > 0) await this.#commit(settlements)
    }
  }

  async #commitOneByOne(group: readonly QueuedWork[]): Promise<void> {
    for (const one of group) await this.#commit([one])
  }

  async #write(works: readonly Work[], group: readonly QueuedWork[]): Promise<void> {
    const draft = new LedgerDraft(this.#options.ledgers)
    const operations: StoreOperation[] = this.#voided.map((key) => ({ type: 'del', key }))
    const settles = works.filter((work) => work.kind === 'settle')
    for (const work of settles) for (const operation of work.plan(draft)) operations.push(operation)
    const taking = this.#takeIn(works, draft)
    const intake = taking instanceof Promise ? await taking : taking
    if (intake) for (const operation of intake.operations) operations.push(operation)
    for (const operation of draft.operations()) operations.push(operation)
    if (operations.length > 0) await this.#writeBatch(operations, intake)
    this.#voided = []
    const changed = draft.changes()
    for (const ledger of changed) this.#options.ledgers.set(ledger.lane, ledger)
    for (const work of settles) work.committed?.()
    this.#options.onCommitted(intake, changed)
    for (const { work } of group) this.queuedBytes -= bytesOf(work)
    const [appends, settlements] = splitByKind(group)
    for (const settlement of settlements) settlement.resolve()
    this.#telling.add(appends.map(({ resolve }) => resolve))
  }

  #takeIn(works: readonly Work[], draft: LedgerDraft): Intake | Promise<Intake> | undefined {
    const appends = works.filter((work) => work.kind === 'append')
    return appends.length > 0 ? this.#options.takeIn(appends, draft) : undefined
  }

  /** After a failure nobody knows what is on the disk; the next group deletes what was to be taken in. */
  async #writeBatch(operations: readonly StoreOperation[], intake: Intake | undefined): Promise<void> {
    try {
      await this.#openStore().batch(operations)
    } catch (fault) {
      if (intake) this.#voided.push(...intake.operations.map(({ key }) => key))
      throw fault
    }
  }

  #openStore(): Store {
    if (!this.#store) throw new StoreFault('io', 'the store is closed')
    return this.#store
  }

  async #heal(group: QueuedWork[], firstFault: StoreFault): Promise<void> {
    this.#healing = true
    await this.#rewrite(group, firstFault)
    this.#healing = false
  }

  async #rewrite(group: QueuedWork[], firstFault: StoreFault): Promise<void> {
    let fault: unknown = firstFault
    let waiting = group
    for (let delayMs = 0; ; delayMs = Math.min(longestRetryMs, Math.max(shortestRetryMs, delayMs * 2))) {
      if (delayMs > 0) await this.#pause(delayMs)
      if (this.#closing && delayMs > 0) return this.#refuse(waiting, closedError())
      try {
        if (fault instanceof StoreFault && fault.kind === 'full') await this.#options.release()
        await this.#reopen(fault)
        await this.#write([...waiting.map(({ work }) => work), this.#wholeBook()], waiting)
        this.#report(undefined)
        return
      } catch (error) {
        fault = error
        this.#report(storeError(error, this.#options.folder))
        waiting = this.#refuseAppends(waiting)
      }
    }
  }

  async #reopen(fault: unknown): Promise<void> {
    const { driver, folder, scheduler } = this.#options
    await this.#store?.close().catch(() => undefined)
    this.#store = undefined
    const { store, outcome } = await openStore({
      driver,
      folder,
      nowMs: scheduler.wallMs(),
      read: async () => undefined,
      verifiedBytes: 0,
      isCorrupt: fault instanceof StoreFault && fault.kind === 'corrupt',
    })
    this.#store = store
    this.#options.onReopened(outcome)
  }

  /** After trouble every ledger is written again: the store may have been thrown back, or be a new one. */
  #wholeBook(): Settle {
    const plan = (draft: LedgerDraft) => {
      for (const lane of this.#options.ledgers.keys()) draft.set(draft.get(lane))
      return []
    }
    return { kind: 'settle', plan }
  }

  #refuseAppends(works: QueuedWork[]): QueuedWork[] {
    const error = this.fault
    const [written, settlements] = splitByKind(works)
    const [queued, others] = splitByKind(this.#queue)
    this.#queue = others
    this.#refuse([...written, ...queued], error)
    return settlements
  }

  #refuse(works: readonly QueuedWork[], error: unknown): void {
    for (const { work, reject } of works) {
      this.queuedBytes -= bytesOf(work)
      if (work.kind === 'settle') work.abandoned?.()
      reject(error)
    }
  }

  #report(fault: ConnectorError | undefined): void {
    this.fault = fault
    this.#options.onFault(fault)
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.scheduler.setTimeout(resolve, delayMs)
      this.#wakeUp = () => {
        cancel()
        resolve()
      }
      if (this.#closing) this.#wakeUp()
    })
  }
}

export function closedError(): ConnectorError {
  return new ConnectorError('OUTBOX_UNAVAILABLE', say`The outbox is closed. Send the message again after the deploy.`)
}

function bytesOf(work: Work): number {
  return work.kind === 'append' ? work.bytes : 0
}

function splitByKind(works: readonly QueuedWork[]): [appends: QueuedWork[], settlements: QueuedWork[]] {
  return [works.filter(({ work }) => work.kind === 'append'), works.filter(({ work }) => work.kind === 'settle')]
}
