import type { Scheduler } from '../../core'
import type { DurableQueue } from '../queue/queue'
import { lastSequence, type OutboxRecord } from '../record/record'
import type { Destination, Freshness } from './destination'
import type { OrderKey } from './order'
import type { Pace } from './pace'
import { Undated } from './undated'
import { Window } from './window'

export interface LaneReaderOptions {
  readonly queue: DurableQueue
  readonly lane: string
  readonly scheduler: Scheduler
  readonly bootId: string
  readonly destination: Pick<Destination, 'isDated'>
  /** Something in the lane's figures is other than before. */
  readonly onAnswer: () => void
  /** Younger is live. 0: nothing is, and everything goes strictly in order. */
  readonly liveLimitMs: number
  readonly orderKeyOf: (record: OutboxRecord) => OrderKey
  /** Where a record goes that is not leased yet: into a window, to its stream's own way, or nowhere for now. */
  /** @param inOrder read after all that is older, and not from the live end */
  readonly placeOf: (record: OutboxRecord, inOrder: boolean) => 'window' | 'aside' | 'queue'
  /** Whether much of what was read may have to wait until it is known who is to blame for a fault. */
  readonly isAsking: () => boolean
  /** Takes a leased record on its stream's own way. */
  readonly putAside: (record: OutboxRecord, inOrder: boolean) => void
  /** Whether a stream on its own way takes more of what was left of it in the queue. */
  readonly takesMore: () => boolean
  /** There is no more of it. */
  readonly allTaken: () => void
}

/** What a window holds at most: enough for the requests that run side by side. */
const windowRecords = 16_000
const windowBytes = 2 << 20
/** So many times that while it is asked who is to blame for a fault: most may have to wait. */
const widening = 4
/** Before the end of the lane; longer than a bundle. */
const firstStep = 128

/**
 * Reads a lane at two places: the live end, where new records arrive, and the backlog, from the beginning up to there.
 * Everything pending before `backlogPosition` is in somebody's hands; everything from `livePosition` on is unread.
 */
export class LaneReader {
  readonly live: Window
  readonly late: Window
  readonly undated: Undated
  #backlogPosition = 0
  #livePosition = 0
  /** From here to `backlogPosition`, what was left of streams on their own ways is being read. */
  #leftPosition = Number.POSITIVE_INFINITY
  #located = false
  #droppedAgedMs = Number.NEGATIVE_INFINITY
  /** Young records that came back, or were passed over, and were read with the backlog: newer ones may have gone as live before. */
  readonly #youngAsLate = new Set<number>()
  /** Nothing is left to be read. */
  readonly #exhausted = { live: false, late: false }
  /** Counts what may have put new records before a reading that is under way: its end is then not the end. */
  #arrivals = 0
  /** How often records have come back into the queue, to be read again. */
  returns = 0
  /** The last reading came to the end; what has arrived since may wait for the next batch. */
  #caughtUp = { live: false, late: false }

  readonly #options: LaneReaderOptions

  constructor(options: LaneReaderOptions) {
    this.#options = options
    this.live = new Window(options.orderKeyOf)
    this.late = new Window(options.orderKeyOf)
    this.undated = new Undated(options)
  }

  window(kind: Freshness): Window {
    return kind === 'live' ? this.live : this.late
  }

  /**
   * Whether reading could bring more of this kind: a batch for each request that may run, and as many again, since what is
   * under way keeps others of its order keys waiting; one, where there is but one key.
   */
  wantsMore(kind: Freshness, { records, bytes, concurrency }: Pace): boolean {
    if (kind === 'late' && this.#leftPosition < this.#backlogPosition) return true
    const window = this.window(kind)
    if (this.#exhausted[kind] || this.isFull(kind)) return false
    if (this.#options.isAsking()) return true
    const requests = Math.floor(concurrency)
    const batches = requests + Math.max(1, Math.min(requests, window.keys))
    return window.count < batches * records && window.bytes < batches * bytes
  }

  /** Whether the window takes no more. */
  isFull(kind: Freshness): boolean {
    const window = this.window(kind)
    const factor = this.#options.isAsking() ? widening : 1
    return window.count >= factor * windowRecords || window.bytes >= factor * windowBytes
  }

  /** Whether the window lacks records for a whole batch that are there to be read. */
  isShort(kind: Freshness, { records, bytes }: { records: number; bytes: number }): boolean {
    const window = this.window(kind)
    return !this.#exhausted[kind] && !this.#caughtUp[kind] && window.count < records && window.bytes < bytes
  }

  /** Reads one slice of each kind that wants more. Answers whether there is more to be read at once. */
  async fill(pace: Pace): Promise<boolean> {
    if (!this.#located) await this.#locate()
    this.#dropAged()
    const live = this.wantsMore('live', pace) && (await this.#readLive())
    const backlog = this.wantsMore('late', pace) && (await this.#readBacklog())
    return live || backlog
  }

  /** The batches that the last reading allowed are on their way: read again for the next ones. */
  startAnew(): void {
    this.#caughtUp = { live: false, late: false }
  }

  appended(): void {
    this.#arrivals++
    this.#exhausted.live = false
    if (this.#options.liveLimitMs === 0) this.#exhausted.late = false
  }

  /** Reads the backlog from this record on (again): it has come back into the queue. */
  readAgainFrom(sequence: number): void {
    this.#arrivals++
    this.returns++
    if (sequence >= this.#livePosition) {
      this.#exhausted.live = false
      return
    }
    const later = this.late.remove((record) => record.sequence >= sequence)
    this.#release(later)
    this.#backlogPosition = Math.min(this.#backlogPosition, sequence)
    this.#exhausted.late = false
  }

  /** Reads what was left of streams on their own ways, from this record on, until they take no more: the others are read. */
  readLeftFrom(sequence: number): void {
    this.#leftPosition = Math.min(this.#leftPosition, sequence)
    if (sequence >= this.#backlogPosition) this.#exhausted.late = false
  }

  /** Gives records back that were leased here, to be read again with the backlog. */
  giveBack(records: readonly OutboxRecord[]): void {
    this.#release(records)
    for (const { sequence } of records) this.readAgainFrom(sequence)
  }

  /** See `Window`. */
  holdBack(isHeld: (stream: string) => boolean): void {
    for (const window of [this.live, this.late]) window.holdBack(isHeld)
  }

  letGo(streams: Iterable<string>): void {
    for (const window of [this.live, this.late]) window.letGo(streams)
  }

  letAllGo(): void {
    for (const window of [this.live, this.late]) window.letAllGo()
  }

  get isTangled(): boolean {
    return this.live.isTangled || this.late.isTangled
  }

  /** Everything pending before this is in somebody's hands. */
  get readBefore(): number {
    return Math.min(this.#backlogPosition, this.#leftPosition)
  }

  isLive(record: OutboxRecord): boolean {
    const { scheduler, bootId, liveLimitMs } = this.#options
    if (record.bootId !== bootId || liveLimitMs === 0 || this.#youngAsLate.has(record.sequence)) return false
    const lateMs = record.clockImplausible ? 0 : Math.max(0, record.acceptedWallMs - record.eventTimeMs)
    return lateMs + scheduler.monotonicMs() - record.acceptedMonotonicMs <= liveLimitMs
  }

  /** What grew old while it waited to be sent is backlog now. */
  #dropAged(): void {
    const nowMs = this.#options.scheduler.monotonicMs()
    if (nowMs - this.#droppedAgedMs < 1000) return
    this.#droppedAgedMs = nowMs
    for (const sequence of this.#youngAsLate)
      if (!this.#options.queue.leasesOf(this.#options.lane).isOpen(sequence)) this.#youngAsLate.delete(sequence)
    this.giveBack(this.live.remove((record) => !this.isLive(record)))
  }

  async #readLive(): Promise<boolean> {
    const { queue, lane } = this.#options
    const from = this.#livePosition
    const arrivals = this.#arrivals
    const { records, nextSequence, atEnd } = await queue.read(lane, from, lastSequence)
    if (from !== this.#livePosition) return true
    const oldest = records[0]
    if (oldest && !this.#isYoung(oldest)) {
      // After an outage the live end is far behind: jump, instead of reading through hours of backlog.
      this.#livePosition = await this.#firstYoung(oldest.sequence)
      this.#exhausted.late = false
      return true
    }
    this.#livePosition = nextSequence
    this.#exhausted.live = atEnd && arrivals === this.#arrivals
    this.#caughtUp.live = atEnd
    for (const record of records) {
      if (this.isLive(record)) this.#keep(record, this.live)
      else this.#exhausted.late = false
    }
    // With no backlog in between, the beginning moves along, and never has to be looked for among what was deleted.
    if (this.#exhausted.late && this.#backlogPosition === from) this.#backlogPosition = nextSequence
    return !atEnd
  }

  async #readLeft(): Promise<boolean> {
    const { queue, lane, takesMore, allTaken } = this.#options
    const from = this.#leftPosition
    const { records, nextSequence, atEnd } = await queue.read(lane, from, this.#backlogPosition)
    if (from !== this.#leftPosition) return true
    for (const record of records) this.#keep(record, this.late)
    if (this.undated.hasUndatable) await this.undated.bury()
    const isRead = atEnd || nextSequence >= this.#backlogPosition
    if (isRead) allTaken()
    this.#leftPosition = isRead || !takesMore() ? Number.POSITIVE_INFINITY : nextSequence
    return true
  }

  async #readBacklog(): Promise<boolean> {
    if (this.#leftPosition < this.#backlogPosition) return this.#readLeft()
    this.#leftPosition = Number.POSITIVE_INFINITY
    const { queue, lane, liveLimitMs } = this.#options
    const from = this.#backlogPosition
    const arrivals = this.#arrivals
    const before = liveLimitMs === 0 ? lastSequence : this.#livePosition
    const { records, nextSequence, atEnd } = await queue.read(lane, from, before)
    // What was left before has to come first, where somebody has asked for that meanwhile.
    if (from !== this.#backlogPosition || this.#leftPosition < from) return true
    this.#backlogPosition = Math.max(from, atEnd && liveLimitMs > 0 ? before : nextSequence)
    this.#exhausted.late = atEnd && arrivals === this.#arrivals
    this.#caughtUp.late = atEnd
    for (const record of records) this.#keep(record, this.late)
    if (this.undated.hasUndatable) await this.undated.bury()
    return !atEnd
  }

  #keep(record: OutboxRecord, window: Window): void {
    const { queue, lane, placeOf, putAside } = this.#options
    const leases = queue.leasesOf(lane)
    // Records that are held already are no reason to leave their stream in the queue.
    if (leases.isHeld(record.sequence) || this.undated.holds(record)) return
    const inOrder = window === this.late
    const place = placeOf(record, inOrder)
    if (place === 'queue' || !leases.take(record.sequence)) return
    if (inOrder && this.isLive(record)) this.#youngAsLate.add(record.sequence)
    if (place === 'window') window.add(record)
    else putAside(record, inOrder)
  }

  #release(records: readonly OutboxRecord[]): void {
    const { queue, lane } = this.#options
    queue.release(
      lane,
      records.map(({ sequence }) => sequence),
    )
  }

  async #locate(): Promise<void> {
    const { liveLimitMs } = this.#options
    this.#livePosition = liveLimitMs === 0 ? lastSequence : await this.#firstYoung(0)
    this.#exhausted.live = liveLimitMs === 0
    this.#located = true
  }

  /**
   * Acceptance is in order, so the first record younger than the limit is found by halving. Mostly few are, so the end
   * is looked at first, in steps that double: reading at twenty places all over a large backlog leaves much behind in memory.
   */
  async #firstYoung(from: number): Promise<number> {
    const { queue, lane } = this.#options
    let low = from
    let high = queue.ledgerOf(lane).lastSequence + 1
    for (let step = firstStep; low < high; step *= 2) {
      const middle = high - Math.min(step, Math.ceil((high - low) / 2))
      const { records, nextSequence, atEnd } = await queue.read(lane, middle, high)
      const young = records.findIndex((record) => this.#isYoung(record))
      if (young > 0) return records[young]?.sequence ?? high
      if (young === 0) high = middle
      else if (records.length === 0 && atEnd) high = middle
      else low = nextSequence
    }
    return low
  }

  #isYoung({ bootId, acceptedMonotonicMs }: OutboxRecord): boolean {
    const { scheduler, liveLimitMs } = this.#options
    return bootId === this.#options.bootId && scheduler.monotonicMs() - acceptedMonotonicMs <= liveLimitMs
  }
}
