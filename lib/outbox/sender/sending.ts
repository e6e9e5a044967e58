import type { Scheduler } from '../../core'
import type { DurableQueue } from '../queue/queue'
import type { DeadReason } from '../record/dead-letter'
import { isMixed, streamsIn, streamsOf } from '../record/parts'
import { firstOf, type OutboxRecord } from '../record/record'
import { Accused } from './accused'
import { Aside } from './aside'
import type { AsideStream } from './aside-stream'
import type { Attempt } from './attempt'
import type { Destination, Freshness } from './destination'
import { Doubt } from './doubt'
import { Gate } from './gate'
import { LaneReader } from './lane-reader'
import { Lookout } from './lookout'
import { type OrderKey, orderKeys } from './order'
import { limitsOf, type Pace, type PaceLimits, startingPace } from './pace'
import { Patience } from './patience'
import { Proof } from './proof'
import { Questions } from './questions'
import { all, Refusals, type Segment } from './refusals'
import { Restraint } from './restraint'

export interface SenderOptions {
  readonly queue: DurableQueue
  readonly lane: string
  readonly destination: Destination
  readonly scheduler: Scheduler
  readonly bootId: string
  readonly liveLimitMs: number
  /** See `OutboxOptions`. */
  readonly asideRecords: number
  /** 0 up to 1, for the jitter. */
  readonly random: () => number
  readonly onState: () => void
  /** A request has come to its end. */
  readonly onAnswer: () => void
}

/** Where a lane's sending stands: what the picker takes from, and what the answers change. */
export class Sending {
  readonly reader: LaneReader
  readonly lookout: Lookout
  readonly refusals = new Refusals()
  readonly orderKeyOf: (record: OutboxRecord) => OrderKey
  readonly aside: Aside
  readonly accused = new Accused()
  readonly questions: Questions
  readonly doubt = new Doubt()
  readonly patience = new Patience()
  readonly gate: Gate
  readonly restraint = new Restraint()
  readonly limits: PaceLimits
  /**
   * A list, since V8 chains the outgrown tables of a Set: those that have grown old keep all that follow, and the records in
   * them, from being collected cheaply.
   */
  readonly inFlight: Attempt[] = []
  pace: Pace
  /** Records of a batch, by how many batches are refused: half of them, where the cloud takes much but not all. */
  group: number
  readonly proof = new Proof()
  lastError: DeadReason | undefined
  logins = 0
  stopped = false

  constructor(readonly options: SenderOptions) {
    const { destination, random } = options
    this.limits = limitsOf(destination)
    this.pace = startingPace(this.limits)
    this.group = this.limits.maxRecords
    this.gate = new Gate(random)
    this.aside = new Aside(this.limits.maxRecords, options.asideRecords)
    const orderKeyOf = orderKeys(destination)
    this.orderKeyOf = orderKeyOf
    const placeOf = (record: OutboxRecord, inOrder: boolean) => this.placeOf(record, inOrder)
    const putAside = (record: OutboxRecord, inOrder: boolean) => this.aside.add([record], inOrder)
    const isAsking = () => this.accused.isAsking
    const takesMore = () => this.aside.takesMore
    const allTaken = () => this.aside.allTaken()
    this.reader = new LaneReader({ ...options, orderKeyOf, placeOf, putAside, takesMore, allTaken, isAsking })
    this.lookout = new Lookout(this.reader, options)
    this.questions = new Questions(this)
  }

  /** What goes into a batch now. */
  get batchPace(): Pace {
    const { pace, group } = this
    return group < pace.records ? { ...pace, records: group } : pace
  }

  /** Where a record that is read goes: a stream's own way takes what it has room for. Bundles of several streams have none. */
  placeOf(record: OutboxRecord, inOrder: boolean): 'window' | 'aside' | 'queue' {
    // The stream without a name is called as such a bundle is.
    if (!this.aside.has(record.stream) || isMixed(record)) return 'window'
    return this.aside.hasRoomFor(record, inOrder) ? 'aside' : 'queue'
  }

  /** Sends leased records of streams that are aside on their own ways. Answers the others. */
  sorted(put: readonly OutboxRecord[]): readonly OutboxRecord[] {
    const records = this.present(put)
    if (this.aside.size === 0) return records
    const isAside = (record: OutboxRecord) => this.aside.has(record.stream) && !isMixed(record)
    if (!records.some(isAside)) return records
    this.release(this.aside.add(records.filter(isAside)))
    return records.filter((record) => !isAside(record))
  }

  /**
   * Tells of a window's records, in their order, which wait for parts of their streams, or for what is found out about them.
   * A bundle that waits makes all its streams wait. `undefined`: none does.
   * @param isForOthers whether those wait too that have failed without others
   */
  waiting(kind: Freshness, isForOthers = false): ((record: OutboxRecord) => boolean) | undefined {
    const { accused, refusals } = this
    const isAsked = this.questions.travellers()
    if (refusals.parts === 0 && !isAsked && !isForOthers) return undefined
    const refused = refusals.streams(kind)
    const isHeld = (stream: string) =>
      refused.has(stream) || isAsked?.(stream) === true || (isForOthers && accused.hasFailedAlone(stream))
    return (record) => {
      if (!isMixed(record)) return isHeld(record.stream)
      const streams = streamsOf(record)
      const isWaiting = streams.some(isHeld)
      if (isWaiting) for (const stream of streams) refused.add(stream)
      return isWaiting
    }
  }

  /** Whether it holds a bundle that must be taken apart before. */
  isEntangled(attempt: Attempt): boolean {
    const isTangled = this.tangled(attempt)
    return isTangled !== undefined && attempt.records.some(isTangled)
  }

  /** Tells the bundles with streams that are on their own ways; or, where these are to be told apart, all. */
  tangled(attempt: Attempt): ((record: OutboxRecord) => boolean) | undefined {
    if (attempt.origin === 'tangled' || this.questions.isTooMuch(attempt)) return isMixed
    if (this.aside.size === 0) return undefined
    return (record) => isMixed(record) && streamsOf(record).some((stream) => this.aside.has(stream))
  }

  /** Whether bundles are being taken apart: until then all that could overtake what is in them waits. */
  get isParting(): boolean {
    return this.inFlight.some(({ origin }) => origin === 'tangled')
  }

  /** An order key has one request at a time: of each freshness, or, where requests are per stream, at all. */
  isFree(key: OrderKey, kind: Freshness): boolean {
    for (const attempt of this.inFlight) if (this.#occupies(attempt, key, kind)) return false
    return true
  }

  /**
   * Whether any request, other than this one, holds values of the stream that the cloud may still refuse, or that may come
   * back: until then newer ones of it wait. A suspect's are not waited for.
   */
  isUnderWay(stream: string, except?: Attempt): boolean {
    return this.inFlight.some((attempt) => {
      if (attempt.taken || attempt === except || attempt.origin === 'suspect') return false
      attempt.streams ??= streamsIn(all(attempt))
      return attempt.streams.has(stream)
    })
  }

  /** The stream on its own way may have come to its end with this request. */
  letGo(stream: AsideStream, attempt: Attempt): void {
    if (!this.isUnderWay(stream.name, attempt)) this.aside.letGo(stream, this.reader.readBefore)
  }

  /** The records, those of the bundles that are to be taken apart by themselves. */
  async takenApart(
    records: readonly OutboxRecord[],
    isWanted: (bundle: OutboxRecord) => boolean,
  ): Promise<OutboxRecord[]> {
    const { queue, lane } = this.options
    const bundles = records.filter((record) => record.parts && isWanted(record))
    if (bundles.length === 0) return [...records]
    const apart = await queue.takeApart(lane, bundles)
    const singlesOf = new Map(bundles.map((bundle, at) => [bundle, apart[at] ?? []]))
    return records.flatMap((record) => singlesOf.get(record) ?? [record])
  }

  /** What was not answered goes back to where it came from. */
  putBack(attempt: Attempt): void {
    const { origin, aside } = attempt
    const records = this.present(attempt.records)
    if (this.stopped) this.#leave(all(attempt))
    else if (aside) this.aside.putBack(aside, records)
    else if (records.length > 0 && (origin === 'segment' || origin === 'suspect'))
      this.refusals.putBack({ ...attempt, records })
    else this.toWindow(attempt)
  }

  /** Those of them that were not evicted on their way. */
  present(records: readonly OutboxRecord[]): readonly OutboxRecord[] {
    const { queue, lane } = this.options
    const leases = queue.leasesOf(lane)
    return records.every(({ sequence }) => leases.isOpen(sequence))
      ? records
      : records.filter(({ sequence }) => leases.isOpen(sequence))
  }

  /** Into the window, with what they were refused together with. */
  toWindow(segment: Segment): void {
    const records = this.sorted(all(segment))
    if (records.length > 0) this.reader.window(segment.kind).putBack(records)
  }

  /** The stream goes its own way from now on, with all that is held of it. */
  takeOut(stream: string): void {
    const { reader, refusals } = this
    const isOfIt = (record: OutboxRecord) => record.stream === stream && !isMixed(record)
    const records = [reader.live, reader.late, refusals].flatMap((held) => held.remove(isOfIt))
    this.release(this.aside.add(records.sort((a, b) => a.sequence - b.sequence)))
    this.accused.remove(stream)
  }

  /** Stopped, nothing stays in its hands, also of what comes into them later: whoever sends next would wait for it for ever. */
  leaveAll(): void {
    const { reader, refusals, aside } = this
    const holders = [reader.live, reader.late, refusals, refusals.judged, aside]
    this.#leave([...reader.undated.close(), ...holders.flatMap((holder) => holder.remove(() => true))])
  }

  /** See `Refusals`. */
  putOff(attempt: Attempt, nowMs: number): void {
    const records = this.present(attempt.records)
    if (records.length > 0) this.refusals.putOff({ ...attempt, records }, nowMs)
  }

  /** To whoever sends next. It may have begun already, and looked for them in vain. */
  #leave(records: readonly OutboxRecord[]): void {
    const { queue, lane } = this.options
    this.release(records)
    if (records.length > 0) queue.reappeared(lane, firstOf(records))
  }

  /** Back into the queue. */
  release(records: readonly OutboxRecord[]): void {
    const { queue, lane } = this.options
    queue.release(
      lane,
      records.map(({ sequence }) => sequence),
    )
  }

  #occupies(attempt: Attempt, key: OrderKey, kind: Freshness): boolean {
    if (this.options.destination.batching === 'lane' && (attempt.taken || attempt.kind !== kind)) return false
    return attempt.orderKeys.has(key)
  }
}
