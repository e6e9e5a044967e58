import { isMixed, streamsIn, streamsOf } from '../record/parts'
import type { OutboxRecord } from '../record/record'
import { type Accused, mostOpenQuestions, mostQuestions } from './accused'
import type { Attempt } from './attempt'
import type { Destination, Freshness } from './destination'
import type { LaneReader } from './lane-reader'
import type { OrderKey } from './order'
import type { Patience } from './patience'
import type { Refusals } from './refusals'
import type { Choosing } from './window'

/** A request that asks who is to blame is small. */
const question = { records: 100, bytes: 16 * 1024 }

/** Of which streams a question is, while nobody is cleared. */
interface Choice {
  /** Of the streams, at random. */
  readonly share: number
  /** Whether they may have failed. */
  readonly isSuspect: boolean
}

/** First some from here and there: where one is bad, its neighbours often are, and all may. */
const choices: readonly Choice[] = [
  { share: 0.1, isSuspect: false },
  { share: 1, isSuspect: false },
  { share: 1, isSuspect: true },
]

/** What it needs of a lane's sending. */
export interface Questioned {
  readonly accused: Accused
  readonly inFlight: readonly Attempt[]
  readonly options: { readonly destination: Destination; readonly random: () => number }
  readonly patience: Patience
  readonly reader: LaneReader
  readonly refusals: Refusals
  isFree(key: OrderKey, kind: Freshness): boolean
  isUnderWay(stream: string): boolean
}

/**
 * What the requests hold that ask who is to blame. While nobody is cleared, whole bundles of the accused; then single streams,
 * which the windows hold back for it.
 */
export class Questions {
  readonly #sending: Questioned

  constructor(sending: Questioned) {
    this.#sending = sending
  }

  /** Those that are under way. */
  get open(): Attempt[] {
    return this.#sending.inFlight.filter(({ origin, taken, aside }) => origin === 'accused' && !taken && !aside)
  }

  /** The records of the next one: first of such streams as have not failed. */
  take(kind: Freshness, nowMs: number): OutboxRecord[] {
    const { accused, options, reader } = this.#sending
    const window = reader.window(kind)
    if (!accused.isSorting) {
      const limits = { ...question, oneKey: options.destination.batching === 'stream' }
      const isFree = limits.oneKey ? (key: OrderKey) => this.#sending.isFree(key, kind) : () => true
      for (const choice of choices) {
        const records = window.takeSome(limits, isFree, this.#waiting(kind, nowMs, choice))
        if (records.length > 0) return records
      }
      return []
    }
    for (const isSuspect of [false, true]) {
      const limits = { count: question.records, bytes: question.bytes, perStream: 1 }
      const records = window.takeQuestion(limits, this.#meant(kind, nowMs, isSuspect))
      if (records.length > 0) return records
    }
    return []
  }

  /** Whether a bundle of it has more streams than are to be asked about at a time. */
  isTooMuch({ origin, streams }: Attempt): boolean {
    const { accused } = this.#sending
    if (origin !== 'accused' || accused.isSorting || !streams) return false
    return streams.size > Math.min(...[...streams].map((stream) => accused.mostWith(stream)))
  }

  /** A few at a time; those that have waited longer than usual may be many, and say that a question held too much. */
  mayAsk(nowMs: number): boolean {
    const { accused, patience } = this.#sending
    const { open } = this
    let fresh = 0
    for (const attempt of open) {
      if (nowMs - attempt.startedMs < patience.overdueMs) fresh++
      else if (!attempt.isOverdue) {
        attempt.isOverdue = true
        accused.isSlow(attempt.streams?.size ?? 1)
      }
    }
    return fresh < mostQuestions && open.length < mostOpenQuestions
  }

  /** Tells the streams that travel in questions only, where the windows don't hold them back. `undefined`: there are none. */
  travellers(): ((stream: string) => boolean) | undefined {
    const { accused } = this.#sending
    const { open } = this
    if (accused.isSorting || (!accused.isAsking && open.length === 0)) return undefined
    return (stream) => accused.isHeld(stream) || open.some(({ streams }) => streams?.has(stream) === true)
  }

  /** A request with these streams has failed for a fault of the cloud. See `Accused`. */
  failed(streams: ReadonlySet<string>, isShared: boolean, nowMs: number, lastAcceptedMs: number): boolean {
    const { accused, reader } = this.#sending
    const isNew = accused.isSorting && [...streams].some((stream) => !accused.isHeld(stream))
    const isGuilty = accused.failed(streams, isShared, nowMs, lastAcceptedMs)
    if (isNew) reader.holdBack((stream) => accused.isHeld(stream))
    return isGuilty
  }

  /** The cloud has taken these. */
  cleared(attempt: Attempt, records: readonly OutboxRecord[], nowMs: number): void {
    const { accused, reader } = this.#sending
    const others = this.open.filter((other) => other !== attempt)
    const streams = streamsIn(records)
    // Of what is under way in a question that answer is waited for, or what comes next could overtake it.
    for (const other of others) for (const stream of other.streams ?? []) streams.delete(stream)
    const wasSorting = accused.isSorting
    accused.cleared(streams, nowMs, others.length > 0)
    if (wasSorting && accused.isSorting) reader.letGo(streams)
    else if (accused.isSorting) reader.holdBack((stream) => accused.isHeld(stream))
    else if (wasSorting) reader.letAllGo()
  }

  /**
   * As long as no stream is cleared, picks what is not for the next question: all but a few of the accused, each with
   * little.
   */
  #waiting(kind: Freshness, nowMs: number, { share, isSuspect }: Choice): Choosing {
    const { accused, options, refusals } = this.#sending
    const held = refusals.streams(kind)
    const asked = new Set<string>()
    const isHeld = (stream: string) => held.has(stream) || this.#sending.isUnderWay(stream)
    let most = 0
    const waits = (record: OutboxRecord) => {
      const streams = isMixed(record) ? streamsOf(record) : [record.stream]
      const added = new Set(streams.filter((stream) => !asked.has(stream)))
      const isMeant =
        added.size === 0 ||
        ((share === 1 || options.random() < share) &&
          (isSuspect || !streams.some((stream) => accused.isSuspect(stream))) &&
          (asked.size === 0 || asked.size + added.size <= most) &&
          ![...added].some(isHeld) &&
          streams.some((stream) => accused.isDue(stream, nowMs)))
      if (isMeant && asked.size === 0) most = Math.min(...streams.map((stream) => accused.mostWith(stream)))
      for (const stream of streams) (isMeant ? asked : held).add(stream)
      return !isMeant
    }
    return { waits, isEnough: () => asked.size > 0 && asked.size >= most }
  }

  /** Where some are cleared, tells the streams of the next question: as many as each of them is asked about with. */
  #meant(kind: Freshness, nowMs: number, isSuspect: boolean): (stream: string) => boolean {
    const { accused, refusals } = this.#sending
    const refused = refusals.streams(kind)
    let count = 0
    let most = Number.POSITIVE_INFINITY
    return (stream) => {
      if (count >= most || accused.isSuspect(stream) !== isSuspect || !accused.isDue(stream, nowMs)) return false
      const ofStream = accused.mostWith(stream)
      if ((count > 0 && ofStream !== most) || refused.has(stream) || this.#sending.isUnderWay(stream)) return false
      most = ofStream
      count++
      return true
    }
  }
}
