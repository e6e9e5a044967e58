import type { DeadReason } from './dead-letter'
import type { Destination, Freshness } from './destination'
import { Gate } from './gate'
import { LaneReader } from './lane-reader'
import { type OrderKey, orderKeys } from './order'
import { type Pace, type PaceLimits, startingPace, widestPace } from './pace'
import { ParkedStreams } from './parked-streams'
import { isMixed, streamsOf } from './parts'
import type { DurableQueue } from './queue'
import { firstOf, type OutboxRecord } from './record'
import { Refusals, type Segment } from './refusals'
import type { Scheduler } from './scheduler'

export interface SenderOptions {
  readonly queue: DurableQueue
  readonly lane: string
  readonly destination: Destination
  readonly scheduler: Scheduler
  readonly bootId: string
  readonly liveLimitMs: number
  /** 0 up to 1, for the jitter. */
  readonly random: () => number
  readonly onState: () => void
  /** A request has come to its end. */
  readonly onAnswer: () => void
}

/** Records on their way, and where they came from. */
export interface Attempt extends Segment {
  readonly origin: 'window' | 'segment' | 'stream-probe'
  readonly orderKeys: ReadonlySet<OrderKey>
  /** Of a stream probe. */
  readonly probedStream: string | undefined
  readonly firstSequence: number
  /** How many fresh logins had been asked for when it set out. */
  readonly logins: number
  readonly abort: AbortController
  /** The cloud has taken it; only the disk does not know yet. */
  taken: boolean
}

/** Where a lane's sending stands: what the picker takes from, and what the answers change. */
export class Sending {
  readonly reader: LaneReader
  readonly refusals = new Refusals()
  readonly orderKeyOf: (record: OutboxRecord) => OrderKey
  readonly parked = new ParkedStreams()
  readonly gate: Gate
  readonly limits: PaceLimits
  /**
   * A list, since V8 chains the outgrown tables of a Set: those that have grown old keep all that follow, and the records in
   * them, from being collected cheaply.
   */
  readonly inFlight: Attempt[] = []
  pace: Pace
  lastError: DeadReason | undefined
  logins = 0
  /** Bytes for which the dead letters have no room: nothing is sent until they have. */
  deadNeedsBytes = 0
  stopped = false

  constructor(readonly options: SenderOptions) {
    const { destination, random } = options
    const { maxRecords = widestPace.maxRecords, maxBytes = widestPace.maxBytes } = destination
    this.limits = {
      ...widestPace,
      maxRecords: Math.min(maxRecords, widestPace.maxRecords),
      maxBytes: Math.min(maxBytes, widestPace.maxBytes),
    }
    this.pace = startingPace(this.limits)
    this.gate = new Gate(random)
    const orderKeyOf = orderKeys(destination)
    this.orderKeyOf = orderKeyOf
    this.reader = new LaneReader({ ...options, orderKeyOf, passOver: (record) => this.passesOver(record) })
  }

  /** Whether the record's stream is parked, so that it stays in the queue. Never of a bundle of several streams. */
  passesOver(record: OutboxRecord): boolean {
    // The stream without a name is called as such a bundle is.
    if (!this.parked.has(record.stream) || isMixed(record)) return false
    this.parked.passed(record)
    return true
  }

  /**
   * Tells of a window's records, in their order, which wait for parts of their streams. A bundle that waits makes all its
   * streams wait. `undefined`: none does.
   */
  waiting(kind: Freshness): ((record: OutboxRecord) => boolean) | undefined {
    if (this.refusals.parts === 0) return undefined
    const refused = this.refusals.streams(kind, false)
    const suspected = this.refusals.streams(kind, true)
    return (record) => {
      const streams = streamsOf(record)
      const isWaiting = streams.some((stream) => refused.has(stream))
      if (isWaiting) for (const stream of streams) refused.add(stream)
      return isWaiting || (!isMixed(record) && suspected.has(record.stream))
    }
  }

  /**
   * Whether it can neither be sent nor wait as a whole: of a bundle of several streams, or of a part, some streams are
   * parked, or suspected, which is only ever settled by what others send.
   */
  isEntangled({ origin, kind, records }: Attempt): boolean {
    if (this.parked.count + this.refusals.parts === 0) return false
    const isHeld = this.isHeld(kind)
    if (records.some((record) => isMixed(record) && streamsOf(record).some(isHeld))) return true
    if (origin !== 'segment') return false
    const suspected = this.refusals.streams(kind, true)
    const isSuspected = ({ stream }: OutboxRecord) => suspected.has(stream)
    return records.some(isSuspected) && !records.every(isSuspected)
  }

  /** Whether a stream is parked, or suspected in what waits now. */
  isHeld(kind: Freshness): (stream: string) => boolean {
    const suspected = this.refusals.streams(kind, true)
    return (stream) => this.parked.has(stream) || suspected.has(stream)
  }

  /** An order key has one request at a time: of each freshness, or, where requests are per stream, at all. */
  isFree(key: OrderKey, kind: Freshness): boolean {
    for (const attempt of this.inFlight) if (this.occupies(attempt, key, kind)) return false
    return true
  }

  /** The records, those of the bundles that are to be taken apart by themselves. */
  async takenApart(
    records: readonly OutboxRecord[],
    isWanted: (bundle: OutboxRecord) => boolean,
  ): Promise<OutboxRecord[]> {
    const { queue, lane } = this.options
    const apart = await Promise.all(
      records.map((record) => (record.parts && isWanted(record) ? queue.takeApart(lane, record) : [record])),
    )
    return apart.flat()
  }

  /** What was not answered goes back to where it came from. */
  putBack(attempt: Attempt): void {
    const { origin, kind, records, probedStream } = attempt
    if (this.stopped) this.leave(records)
    else if (probedStream !== undefined) this.release(this.parked.undecided(probedStream, records))
    else if (records.length === 0) return
    else if (origin === 'window') this.reader.window(kind).putBack(records)
    else this.refusals.putBack(attempt)
  }

  /** To whoever sends next. It may have begun already, and looked for them in vain. */
  private leave(records: readonly OutboxRecord[]): void {
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

  /**
   * Nothing pending lies before this, once `settled` is done with. A stopped sender does not know: what it had is back in
   * the queue, in nobody's hands.
   */
  headSequence(settled: Attempt): number {
    if (this.stopped) return 0
    let first = Math.min(this.reader.firstSequence(), this.parked.firstSequence(), firstOf(this.refusals.held()))
    for (const attempt of this.inFlight) if (attempt !== settled) first = Math.min(first, attempt.firstSequence)
    return first
  }

  private occupies(attempt: Attempt, key: OrderKey, kind: Freshness): boolean {
    if (this.options.destination.batching === 'lane' && (attempt.taken || attempt.kind !== kind)) return false
    return attempt.orderKeys.has(key)
  }
}
