import type { ConnectorError, Scheduler } from '../../core'
import type { Change } from '../log/change'
import { faultOf, LogFault } from '../log/fault'
import type { SegmentLog } from '../log/segment-log'
import { Claims } from './claims'
import type { Intake } from './intake'
import { closedError, storeError } from './store-error'
import { Telling } from './telling'
import type { Append, Settle, Work } from './work'

interface QueuedWork<Kind extends Work = Work> {
  readonly work: Kind
  /** What makes room for the appends of the same group. */
  readonly isRoom?: boolean
  resolve(): void
  reject(error: unknown): void
}

export interface CommitterOptions {
  readonly log: Pick<SegmentLog, 'commit' | 'ready' | 'idle' | 'close'>
  readonly folder: string
  readonly scheduler: Scheduler
  /** Makes room for the group, by work that is put to it; throws to refuse the appends in it. */
  prepare(group: readonly Work[]): Promise<Settle | undefined>
  /** The same where the disk is full. @returns `undefined` where nothing may be thrown away for it */
  makeDiskRoom(bytes: number): Promise<Settle | undefined>
  /** Asks how much room the disk has by now. */
  askDisk(): Promise<void>
  /** Why nothing is taken in, where the log finds no room. */
  fullError(fault: LogFault): ConnectorError
  /** What a group's appends put into the log, together. */
  takeIn(appends: readonly Append[]): Intake | Promise<Intake>
  /** @param changed the lanes whose counters are others than before */
  onCommitted(intake: Intake | undefined, changed: ReadonlySet<string>): void
  onFault(error: ConnectorError | undefined): void
}

/** A group is prepared in one turn of the event loop, so it has to stay small. */
const groupEntries = 1000
const groupBytes = 1 << 19
/** For how many turns of telling a group may grow: until it is full, if each who is told appends again. */
const mostTurnsWaited = 20
const shortestRetryMs = 250
const longestRetryMs = 2000
/** So many times room is made on a full disk for the same values. */
const mostRooms = 4

/** What has become of a group. */
interface Outcome {
  /** Not written. */
  readonly left: QueuedWork[]
  readonly fault: LogFault | undefined
}

/**
 * The one who writes to the log. Whatever arrives during a sync goes into the next group, so that many share one sync. What could
 * not be written is tried once more at once, since the log goes on in another file; after that appends are refused, and
 * settlements wait.
 */
export class Committer {
  /** Why nothing can be written now; `undefined` while all is well. */
  fault: ConnectorError | undefined
  queuedBytes = 0
  #queue: QueuedWork[] = []
  readonly #telling = new Telling()
  #running: Promise<void> | undefined
  #closing = false
  #wakeUp: (() => void) | undefined

  readonly #options: CommitterOptions

  constructor(options: CommitterOptions) {
    this.#options = options
  }

  submit(work: Work): Promise<void> {
    if (this.#closing && !this.#running) return Promise.reject(closedError())
    return new Promise((resolve, reject) => {
      this.#queue.push({ work, resolve, reject })
      this.queuedBytes += bytesOf(work)
      this.#start()
    })
  }

  /** Commits what is queued, then closes the log. What can't be written by then is refused. */
  async close(): Promise<void> {
    this.#closing = true
    this.#wakeUp?.()
    await this.#running
    this.#refuse(this.#queue.splice(0), closedError())
    await this.#options.log.close().catch(() => undefined)
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
      if (count > 0 && (entries >= groupEntries || bytes >= groupBytes)) break
      bytes += bytesOf(work)
      entries += work.kind === 'append' ? work.arrivals.length : (work.entries ?? 1)
      count++
    }
    return this.#queue.splice(0, count)
  }

  async #commit(group: readonly QueuedWork[]): Promise<void> {
    let waiting = group
    let rooms = 0
    for (let tries = 1, delayMs = 0; ; tries++) {
      if (delayMs > 0) await this.#pause(delayMs)
      if (this.#closing && delayMs > 0) return this.#refuse(waiting, closedError())
      const { left, fault } = await this.#try(waiting)
      if (!fault) return
      const [appends, settlements] = splitByKind(left)
      if (fault.kind === 'full' && settlements.length === 0) {
        this.#report(undefined)
        if (++rooms > mostRooms || !(await this.#emptyDisk(appends)))
          return this.#refuse(appends, this.#options.fullError(fault))
        waiting = appends
      } else if (tries === 1) waiting = left
      else {
        this.#report(storeError(fault, this.#options.folder))
        waiting = this.#refuseAppends(left)
        delayMs = Math.min(longestRetryMs, Math.max(shortestRetryMs, delayMs * 2))
      }
    }
  }

  async #try(group: readonly QueuedWork[]): Promise<Outcome> {
    try {
      if (group.some(({ isRoom }) => isRoom)) return await this.#write(group)
      const room = await this.#options.prepare(group.map(({ work }) => work))
      // Last, since what it evicts may have been settled by the others.
      return await this.#write(room ? [...group, roomOf(room)] : group)
    } catch (error) {
      if (error instanceof LogFault) return { left: [...group], fault: error }
      await this.#refuseSingly(group, error)
      return { left: [], fault: undefined }
    }
  }

  /** Throws away what is oldest, where that is wanted, until parts of the log can be deleted. @returns whether anything was */
  async #emptyDisk(appends: readonly QueuedWork<Append>[]): Promise<boolean> {
    if (appends.length === 0) return false
    const { log, makeDiskRoom, askDisk } = this.#options
    const bytes = appends.reduce((sum, { work }) => sum + work.bytes, 0)
    const room = await makeDiskRoom(bytes).catch(() => undefined)
    if (!room) return false
    const { fault } = await this.#write([roomOf(room)])
    // What it throws away is in nobody's hands any more: like every settlement, it waits until it can be written.
    if (fault) this.#queue.unshift(settlementOf(room))
    else {
      await log.idle()
      await askDisk()
    }
    return !fault
  }

  /** There may be room for each of them, one after the other. */
  async #refuseSingly(group: readonly QueuedWork[], error: unknown): Promise<void> {
    const [appends, settlements] = splitByKind(group)
    if (appends.length > 1) for (const one of [...settlements, ...appends]) await this.#commit([one])
    else {
      this.#refuse(appends, error)
      if (appends.length === 0) this.#refuse(settlements, error)
      else if (settlements.length > 0) await this.#commit(settlements)
    }
  }

  /** What is new, and what is not, each by itself: where the disk is full, there is room set aside for the latter. */
  async #write(group: readonly QueuedWork[]): Promise<Outcome> {
    const { log } = this.#options
    const [appends, settlements] = splitByKind(group)
    const claims = new Claims()
    const planned = { alone: [] as Change[], together: [] as Change[] }
    for (const { work } of settlements)
      for (const change of work.plan(claims)) planned[work.together ? 'together' : 'alone'].push(change)
    const taking = appends.length > 0 ? this.#options.takeIn(appends.map(({ work }) => work)) : undefined
    const intake = taking instanceof Promise ? await taking : taking
    const [taken, alone, together] = await Promise.all([
      faultIn(intake ? log.commit(intake.puts) : log.ready()),
      faultIn(log.commit(planned.alone)),
      faultIn(log.commit(planned.together, { together: true })),
    ])
    const changed = new Set<string>()
    const left: QueuedWork[] = []
    for (const settlement of settlements) {
      const { work } = settlement
      if (work.together ? together : alone) left.push(settlement)
      else work.committed?.()
    }
    for (const [changes, fault] of [
      [planned.alone, alone],
      [planned.together, together],
    ] as const)
      if (!fault) for (const { lane } of changes) changed.add(lane)
    if (taken) left.push(...appends)
    else if (intake) for (const lane of intake.lanes.keys()) changed.add(lane)
    const fault = alone ?? together ?? taken
    if (!fault) this.#report(undefined)
    this.#options.onCommitted(taken ? undefined : intake, changed)
    this.#finish(left.length === 0 ? group : group.filter((one) => !left.includes(one)))
    return { left, fault }
  }

  #finish(group: readonly QueuedWork[]): void {
    for (const { work } of group) this.queuedBytes -= bytesOf(work)
    const [appends, settlements] = splitByKind(group)
    for (const settlement of settlements) settlement.resolve()
    this.#telling.add(appends.map(({ resolve }) => resolve))
  }

  #refuseAppends(works: readonly QueuedWork[]): QueuedWork[] {
    const [written, settlements] = splitByKind(works)
    const [queued, others] = splitByKind(this.#queue)
    this.#queue = others
    this.#refuse([...written, ...queued], this.fault)
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
    if (!fault && !this.fault) return
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

/** What it fails of. */
const faultIn = (commit: Promise<void>): Promise<LogFault | undefined> => commit.then(() => undefined, faultOf)

/** One that nobody waits for. */
const settlementOf = (work: Settle): QueuedWork => ({ work, resolve: () => undefined, reject: () => undefined })

const roomOf = (work: Settle): QueuedWork => ({ ...settlementOf(work), isRoom: true })

function bytesOf(work: Work): number {
  return work.kind === 'append' ? work.bytes : 0
}

function splitByKind(works: readonly QueuedWork[]): [appends: QueuedWork<Append>[], settlements: QueuedWork<Settle>[]] {
  const appends: QueuedWork<Append>[] = []
  const settlements: QueuedWork<Settle>[] = []
  for (const one of works) {
    if (one.work.kind === 'append') appends.push(one as QueuedWork<Append>)
    else settlements.push(one as QueuedWork<Settle>)
  }
  return [appends, settlements]
}
