import { streamsIn, streamsOf } from '../record/parts'
import { firstOf, type OutboxRecord, sizeOf } from '../record/record'
import type { AsideStream } from './aside-stream'
import type { Attempt, Origin } from './attempt'
import { isFullEnough } from './batch'
import type { Freshness } from './destination'
import { all, type Segment } from './refusals'
import type { Sending } from './sending'
import type { Window } from './window'

/** Requests of streams on their own ways at the same time; of those that fail or are slow, fewer. */
const mostAside = 4
const mostAsideAtFault = 2

/** Whether it fails at nothing but some of its values. */
const isWell = ({ cause }: AsideStream) => cause === 'refused'

/** Chooses what is sent next. */
export class Picker {
  #lastKind: Freshness = 'late'
  #turn = 0

  readonly #sending: Sending

  constructor(sending: Sending) {
    this.#sending = sending
  }

  /** The next attempt, entered as in flight, if anything may go. */
  next(nowMs: number): Attempt | undefined {
    const { gate, doubt, restraint } = this.#sending
    const tangled = this.#fromTangled()
    if (tangled) return tangled
    if (nowMs < restraint.openAtMs) return this.#beyondRestraint(nowMs)
    if (gate.isProbing) return this.#probe(nowMs)
    if (doubt.isRaised) return this.#single(nowMs)
    return this.#inTurn([
      () => this.#fromWindows(),
      () => this.#fromAccused(nowMs),
      () => this.#fromRefusals(nowMs),
      () => this.#fromAside(nowMs),
    ])
  }

  /** What has not failed need not wait for what has. */
  #beyondRestraint(nowMs: number): Attempt | undefined {
    const { gate, doubt } = this.#sending
    if (doubt.isRaised || (gate.isProbing && this.#underWay() > 0)) return undefined
    return this.#fromWindows(true) ?? this.#fromAside(nowMs, Number.POSITIVE_INFINITY, isWell)
  }

  /** Bundles that are to be taken apart, of all others before anything is sent that could overtake them. */
  #fromTangled(): Attempt | undefined {
    for (const kind of ['live', 'late'] as const) {
      const records = this.#sending.reader.window(kind).takeTangled()
      if (records.length > 0) return this.#enter({ kind, records, refusedSinceMs: Number.POSITIVE_INFINITY }, 'tangled')
    }
    return undefined
  }

  /** Turn by turn, so that what is looked for, or fails, holds up nobody else. */
  #inTurn(sources: readonly (() => Attempt | undefined)[]): Attempt | undefined {
    for (let step = 0; step < sources.length; step++) {
      const at = (this.#turn + step) % sources.length
      const attempt = sources[at]?.()
      if (!attempt) continue
      this.#turn = at + 1
      return attempt
    }
    return undefined
  }

  /** While the cloud may be down: one request; where several streams have failed, a few that share none of them. */
  #probe(nowMs: number): Attempt | undefined {
    const { gate, reader, batchPace } = this.#sending
    if (gate.state === 'parked') return this.#single(nowMs)
    const under = this.#underWay()
    if (under > 0) {
      return this.#sending.questions.open.length === under ? this.#fromAccused(nowMs) : undefined
    }
    const attempt = this.#fromWindows(true)
    if (attempt) return attempt
    const accused = () => this.#fromAccused(nowMs)
    // First it is read whether there are others, or those that fail would take every turn.
    if (reader.isShort('live', batchPace) || reader.isShort('late', batchPace)) return undefined
    const well = () => this.#fromAside(nowMs, Number.POSITIVE_INFINITY, isWell)
    // In turn; otherwise those that fail again and again would keep the others from proving that the cloud is reachable.
    return this.#inTurn([
      accused,
      () => this.#fromWindows(),
      () => this.#fromRefusals(nowMs),
      well,
      () => this.#fromAside(nowMs),
    ])
  }

  /** While everything is refused, only something else can tell whether the cloud takes anything: of a stream not yet tried. */
  #single(nowMs: number): Attempt | undefined {
    const { reader, doubt, inFlight } = this.#sending
    if (inFlight.some(({ taken, aside }) => !taken && (!aside || aside.cause === 'refused'))) return undefined
    for (const isNew of [true, false])
      for (const kind of ['live', 'late'] as const) {
        const isMeant = (record: OutboxRecord) => !isNew || streamsOf(record).some((stream) => !doubt.hasTried(stream))
        const attempt = this.#fromWindow(reader.window(kind), kind, isMeant)
        if (attempt) return attempt
      }
    return this.#fromAside(nowMs, 1) ?? this.#fromRefusals(nowMs) ?? this.#fromAccused(nowMs)
  }

  #fromWindow(window: Window, kind: Freshness, isMeant: (record: OutboxRecord) => boolean): Attempt | undefined {
    if (this.#sending.isParting) return undefined
    const waits = this.#sending.waiting(kind)
    const limits = { bytes: 1, records: 1, oneKey: true }
    const records = window.take(
      limits,
      (key) => this.#sending.isFree(key, kind),
      (record) => waits?.(record) || !isMeant(record),
    )
    return records.length > 0
      ? this.#enter({ kind, records, refusedSinceMs: Number.POSITIVE_INFINITY }, 'window')
      : undefined
  }

  #fromRefusals(nowMs: number): Attempt | undefined {
    const { refusals, pace } = this.#sending
    if (this.#underWay('segment') + this.#underWay('suspect') >= Math.floor(pace.concurrency)) return undefined
    const suspect = refusals.takeSuspect(nowMs)
    if (suspect) return this.#enter(suspect, 'suspect')
    const isFree = (segment: Segment) =>
      all(segment).every((record) => this.#sending.isFree(this.#sending.orderKeyOf(record), segment.kind))
    const segment = refusals.takeSegment(isFree)
    return segment && this.#enter(segment, 'segment')
  }

  #fromAside(
    nowMs: number,
    mostRecords = Number.POSITIVE_INFINITY,
    isWanted: (stream: AsideStream) => boolean = () => true,
  ): Attempt | undefined {
    const { aside, refusals, pace, reader } = this.#sending
    if (aside.size === 0 || refusals.isFull) return undefined
    let under = 0
    let atFault = 0
    for (const attempt of this.#sending.inFlight) {
      if (!attempt.aside) continue
      if (attempt.aside.cause === 'refused') under++
      else atFault++
    }
    const isMeant = (stream: AsideStream) => {
      const { cause, name } = stream
      if (!isWanted(stream) || (cause === 'refused' ? under >= mostAside : atFault >= mostAsideAtFault)) return false
      if (cause === 'dead-full' && refusals.condemned.has(name)) return false
      return !this.#sending.isUnderWay(name)
    }
    const limits = {
      records: Math.min(mostRecords, pace.records),
      bytes: pace.bytes,
      isLive: (record: OutboxRecord) => reader.isLive(record),
    }
    const taken = aside.take(nowMs, limits, isMeant)
    if (!taken) return undefined
    const { stream, records } = taken
    const kind = records.every((record) => reader.isLive(record)) ? 'live' : 'late'
    return this.#enter({ kind, records, refusedSinceMs: stream.refusedSinceMs }, 'aside', stream)
  }

  /**
   * Live and backlog take turns: live gets half of the requests, and each the share that the other leaves.
   * @param isForOthers only of streams that have not failed
   */
  #fromWindows(isForOthers = false): Attempt | undefined {
    const { options, batchPace, reader, gate, refusals } = this.#sending
    const concurrency = gate.isProbing ? 1 : Math.floor(batchPace.concurrency)
    if (refusals.isFull || this.#sending.isParting || this.#underWay('window') >= concurrency) return undefined
    // A probe does not count as a turn, so that the first thing to get through is live.
    const order: Freshness[] = this.#lastKind === 'live' && !gate.isProbing ? ['late', 'live'] : ['live', 'late']
    const limits = {
      bytes: batchPace.bytes,
      records: batchPace.records,
      oneKey: options.destination.batching === 'stream',
    }
    // Live data that is not read yet goes before backlog that is.
    if (reader.isShort('live', batchPace)) return undefined
    for (const kind of order) {
      if (this.#isCollecting(kind)) continue
      const records = reader
        .window(kind)
        .take(limits, (key) => this.#sending.isFree(key, kind), this.#sending.waiting(kind, isForOthers))
      if (records.length === 0) continue
      this.#lastKind = kind
      return this.#enter({ kind, records, refusedSinceMs: Number.POSITIVE_INFINITY }, 'window')
    }
    return undefined
  }

  #fromAccused(nowMs: number): Attempt | undefined {
    const { accused, isParting, questions } = this.#sending
    if (!accused.isAsking || isParting || !questions.mayAsk(nowMs)) return undefined
    for (const kind of ['live', 'late'] as const) {
      const records = questions.take(kind, nowMs)
      if (records.length === 0) continue
      const attempt = this.#enter({ kind, records, refusedSinceMs: Number.POSITIVE_INFINITY }, 'accused')
      attempt.streams = streamsIn(records)
      return attempt
    }
    return undefined
  }

  /**
   * A batch is read to its full size before it goes; and while one that is not full is under way, what arrives makes up the
   * next one, instead of many small ones beside it.
   */
  #isCollecting(kind: Freshness): boolean {
    const { options, batchPace, reader, inFlight } = this.#sending
    if (reader.isShort(kind, batchPace)) return true
    if (options.destination.batching === 'stream') return false
    const { count, bytes } = reader.window(kind)
    if (count >= batchPace.records || bytes >= batchPace.bytes) return false
    return inFlight.some(
      (attempt) =>
        attempt.origin === 'window' && attempt.kind === kind && !isFullEnough(sizeOf(attempt.records), batchPace),
    )
  }

  /** What the cloud has taken waits for the disk only; that must not hold up the cloud. */
  #underWay(origin?: Origin): number {
    let count = 0
    for (const attempt of this.#sending.inFlight) {
      if (attempt.taken || attempt.aside) continue
      if (!origin || attempt.origin === origin) count++
    }
    return count
  }

  #enter(segment: Segment, origin: Origin, aside?: AsideStream): Attempt {
    const { logins, orderKeyOf, options } = this.#sending
    // Where requests hold many streams, a question keeps no others of their partitions waiting.
    const isQuestion = origin === 'accused' && options.destination.batching === 'lane'
    const isOrdered = origin !== 'aside' && origin !== 'suspect' && !isQuestion
    const attempt: Attempt = {
      ...segment,
      origin,
      aside,
      orderKeys: new Set(isOrdered ? all(segment).map(orderKeyOf) : []),
      firstSequence: firstOf(all(segment)),
      logins,
      startedMs: options.scheduler.monotonicMs(),
      abort: new AbortController(),
      taken: false,
      isTooSlow: false,
      isToBlame: false,
      isOverdue: false,
      hidesOthers: false,
    }
    this.#sending.inFlight.push(attempt)
    return attempt
  }
}
