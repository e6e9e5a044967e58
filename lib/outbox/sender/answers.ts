import { say } from '../../core'
import { storedBytes } from '../queue/bytes'
import { isMixed, onlyStream, streamsIn, streamsOf } from '../record/parts'
import { countAll, type OutboxRecord, sizeOf } from '../record/record'
import type { AsideCause, AsideStream } from './aside-stream'
import type { Attempt } from './attempt'
import { Blame } from './blame'
import { type RetryClass, reasonOf } from './destination'
import { Faults } from './faults'
import { faster, smaller, smallerGroup } from './pace'
import { isSuspect } from './refusals'
import type { Sending } from './sending'

/** A stream goes its own way once so many of its values were found to be refused. */
const strikesToGoAside = 2

/** Draws the consequences of the cloud's answers: the retry table of the design, row by row. */
export class Answers {
  readonly #faults: Faults
  readonly #blame: Blame

  readonly #sending: Sending

  constructor(sending: Sending) {
    this.#sending = sending
    this.#faults = new Faults(sending)
    this.#blame = new Blame(sending)
  }

  async conclude(attempt: Attempt, outcome: RetryClass, failure: unknown): Promise<void> {
    const { options, stopped } = this.#sending
    const nowMs = options.scheduler.monotonicMs()
    if (outcome.kind !== 'delivered') this.#sending.lastError = reasonOf(failure)
    this.#faults.answered(attempt, outcome.kind, nowMs)
    this.#sending.restraint.answered(outcome.kind, nowMs)
    if (stopped && outcome.kind !== 'delivered' && outcome.kind !== 'partial') return this.#sending.putBack(attempt)
    switch (outcome.kind) {
      case 'delivered':
        return this.#delivered(attempt, attempt.records, nowMs)
      case 'partial':
        return this.#partly(attempt, outcome.results, failure, nowMs)
      case 'validation':
      case 'bug':
        return this.#refused(attempt, outcome.kind, failure, nowMs)
      case 'too-large':
        return this.#tooLarge(attempt, failure, nowMs)
      case 'configuration':
        return this.#misconfigured(attempt, outcome.streams, nowMs, outcome.isPerhapsNew ? 'new' : 'unknown')
      case 'server':
      case 'network':
      case 'throttled':
        return this.#faults.failed(attempt, outcome, nowMs)
      default:
        this.#sending.putBack(attempt)
        this.#faults.laneFailed(attempt, outcome, nowMs)
    }
  }

  /** Whatever became of it, what was thrown away on its way holds nobody up any more. */
  over({ origin, records }: Attempt): void {
    if (origin !== 'suspect') return
    const present = new Set(this.#sending.present(records))
    this.#goOn(records.filter((record) => !present.has(record)))
  }

  /** An answer takes so long that others wait for it. */
  outOfPatience(attempt: Attempt): void {
    this.#faults.outOfPatience(attempt)
  }

  async #delivered(attempt: Attempt, records: readonly OutboxRecord[], nowMs: number): Promise<void> {
    if (records.length === 0) return
    const { options, gate, reader, refusals, doubt, accused, aside } = this.#sending
    const isWhole = records.length === attempt.records.length
    this.#sending.proof.came(onlyStream(records), nowMs)
    doubt.accepted(records, nowMs)
    gate.open()
    refusals.accepted(nowMs)
    this.#faults.accepted(attempt, nowMs)
    if (accused.isAny) this.#sending.questions.cleared(attempt, records, nowMs)
    if (reader.window(attempt.kind).count > 0) this.#sending.pace = faster(this.#sending.pace, this.#sending.limits)
    if (attempt.aside) this.#acceptedAside(attempt.aside, attempt, records, nowMs)
    else if (attempt.origin === 'window' && countAll(records) * 2 >= this.#sending.group)
      this.#sending.group = Math.min(this.#sending.limits.maxRecords, this.#sending.group * 2)
    if (attempt.rest) this.#blame.oneOf({ ...attempt, records: attempt.rest })
    if (attempt.origin === 'suspect') this.#goOn(records)
    attempt.taken = isWhole
    if (aside.shut + refusals.suspects + accused.size === 0) this.#sending.lastError = undefined
    await options.queue.settle(options.lane, { delivered: records })
  }

  /** Where these were refused wrongly, and found no room among the dead letters, the others of their streams go on. */
  #goOn(records: readonly OutboxRecord[]): void {
    const { aside, refusals } = this.#sending
    for (const record of records) if (refusals.condemned.settled(record)) aside.hurry(record.stream)
  }

  #acceptedAside(stream: AsideStream, attempt: Attempt, records: readonly OutboxRecord[], nowMs: number): void {
    stream.accepted(records, nowMs - attempt.startedMs > this.#sending.patience.ms)
    this.#sending.letGo(stream, attempt)
  }

  /** One answer for each record; the confirmed ones are proof that the cloud takes others. */
  async #partly(attempt: Attempt, results: readonly RetryClass[], failure: unknown, nowMs: number): Promise<void> {
    const recordsOf = (belongs: (kind: RetryClass['kind']) => boolean) =>
      attempt.records.filter((_, at) => belongs(results[at]?.kind ?? 'network'))
    const isMisfit = (kind: string) =>
      !this.#sending.stopped && (kind === 'validation' || kind === 'too-large' || kind === 'bug')
    const isStranger = (kind: string) => !this.#sending.stopped && kind === 'configuration'
    const waiting = recordsOf((kind) => kind !== 'delivered' && !isMisfit(kind) && !isStranger(kind))
    const taken = recordsOf((kind) => kind === 'delivered')

    const { aside, rest = [] } = attempt
    if (rest.length > 0) this.#sending.toWindow({ ...attempt, records: rest, rest: [] })
    attempt.rest = []
    if (aside) this.#sending.aside.putBack(aside, this.#sending.present(waiting))
    else if (waiting.length > 0) this.#sending.putBack({ ...attempt, records: waiting })
    // From here on each for itself.
    const single = (record: OutboxRecord): Attempt => ({ ...attempt, aside: undefined, records: [record] })
    for (const record of recordsOf(isStranger)) await this.#misconfigured(single(record), undefined, nowMs)
    await this.#delivered(attempt, taken, nowMs)
    const certain = new Set(attempt.records.filter((_, at) => isCertain(results[at])))
    for (const record of recordsOf(isMisfit))
      if (certain.has(record)) await this.#bury(record, failure, nowMs)
      else await this.#suspected(single(record), record, nowMs, failure, nowMs)
    const laneWide = results.find(({ kind }) => kind !== 'delivered' && !isMisfit(kind) && !isStranger(kind))
    if (laneWide) this.#faults.laneFailed(attempt, laneWide, nowMs)
  }

  async #tooLarge(attempt: Attempt, failure: unknown, nowMs: number): Promise<void> {
    this.#sending.pace = smaller(this.#sending.pace, sizeOf(attempt.records))
    const isWindow = attempt.origin === 'window' || attempt.origin === 'accused'
    if (attempt.records.length === 1 || !isWindow) return this.#refused(attempt, 'validation', failure, nowMs)
    this.#sending.putBack(attempt)
  }

  /** The content of one of these is refused, or nothing could be made of it. */
  async #refused(attempt: Attempt, kind: 'validation' | 'bug', failure: unknown, nowMs: number): Promise<void> {
    this.#sending.gate.answered(nowMs)
    const { doubt } = this.#sending
    const [only] = attempt.records.length === 1 ? attempt.records : []
    if (attempt.origin === 'window') this.#sending.group = smallerGroup(this.#sending.group, countAll(attempt.records))
    const refusedSinceMs = Math.min(attempt.refusedSinceMs, nowMs)
    // What has died before says nothing new about the cloud.
    if (!attempt.records.every(({ isRevived }) => isRevived))
      doubt.refused(attempt.records, refusedSinceMs, kind === 'validation', nowMs)
    if (only?.count === 1) await this.#suspected(attempt, only, refusedSinceMs, failure, nowMs)
    else await this.#blame.refused({ ...attempt, refusedSinceMs }, wordsOf(failure))
    if (doubt.isGeneral(nowMs) && !this.#sending.stopped) this.#sending.gate.close('parked', nowMs)
  }

  async #suspected(
    attempt: Attempt,
    record: OutboxRecord,
    refusedSinceMs: number,
    failure: unknown,
    nowMs: number,
  ): Promise<void> {
    const sending = this.#sending
    const { refusals, aside, doubt } = sending
    const { kind, rest = [] } = attempt
    if (sending.present([record]).length === 0) return this.#evicted(attempt)
    const before = isSuspect(attempt) ? attempt.refusals : 0
    const isProven = record.isRevived || doubt.isProven(refusedSinceMs, nowMs)
    const segment = { kind, records: [record], refusedSinceMs }
    const verdict = refusals.refused(segment, before + 1, { nowMs, isProven, isGeneral: doubt.isGeneral(nowMs) })
    if (verdict === 'guilty') return this.#bury(record, failure, nowMs)
    if (rest.length > 0) sending.toWindow({ ...segment, records: rest })
    if (before > 0) return
    const strikes = aside.strike(record.stream)
    if (attempt.aside) {
      attempt.aside.found()
      sending.letGo(attempt.aside, attempt)
    } else if (strikes >= strikesToGoAside) {
      aside.open(record.stream, 'refused')
      sending.takeOut(record.stream)
    }
  }

  /** What was refused, alone, was thrown away on its way: the others go on. */
  #evicted({ aside, kind, refusedSinceMs, rest = [] }: Attempt): void {
    const sending = this.#sending
    if (rest.length > 0) sending.toWindow({ kind, records: rest, refusedSinceMs })
    aside?.found()
  }

  /** Becomes a dead letter. Where there is no room for it, it waits, and the others of its stream with it. */
  async #bury(record: OutboxRecord, failure: unknown, nowMs: number): Promise<void> {
    const { options, refusals } = this.#sending
    const reason = reasonOf(failure)
    if (await options.queue.makeDeadRoom(roomOf(record))) {
      refusals.condemned.settled(record)
      return options.queue.settle(options.lane, { dead: [{ record, reason }] })
    }
    if (this.#sending.present([record]).length === 0) return
    refusals.condemned.add({ record, reason }, nowMs)
    this.#shut(record.stream, [], 'dead-full', nowMs)
    this.#sending.lastError = {
      code: 'OUTBOX_FULL',
      text: say`No room for more dead letters. Retry, export or drop them.`,
    }
  }

  /** Those for whom there is room among the dead letters now. Answers whether there were any. */
  async buryCondemned(): Promise<boolean> {
    const { options, refusals } = this.#sending
    const { queue, lane } = options
    let isAny = false
    const { condemned } = refusals
    for (let next = condemned.first; next && queue.hasDeadRoom(roomOf(next.record)); next = condemned.first) {
      condemned.takeFirst()
      await queue.settle(lane, { dead: [next] })
      isAny = true
    }
    return isAny
  }

  /** The cloud names the streams, or they are found by halving; the others go on. */
  async #misconfigured(
    attempt: Attempt,
    named: readonly string[] = [],
    nowMs: number,
    cause: 'new' | 'unknown' = 'unknown',
  ): Promise<void> {
    this.#sending.gate.answered(nowMs)
    const sending = this.#sending
    const { aside, rest = [], kind } = attempt
    // What was given up before is judged anew once its device is known.
    if (attempt.origin === 'suspect') this.#goOn(attempt.records)
    if (aside) {
      sending.aside.putBack(aside, sending.present(attempt.records))
      aside.shut(cause, nowMs, sending.options.random())
      return
    }
    const streams = streamsIn(attempt.records)
    const guilty = streams.size === 1 ? streams : new Set(named.filter((stream) => streams.has(stream)))
    const isToPart = (record: OutboxRecord) =>
      isMixed(record) && (attempt.records.length === 1 || streamsOf(record).some((stream) => guilty.has(stream)))
    const records = await sending.takenApart(attempt.records, isToPart)
    if (sending.stopped) return sending.putBack({ ...attempt, records })
    const unknown = { kind, refusedSinceMs: Number.POSITIVE_INFINITY }
    if (rest.length > 0) sending.toWindow({ ...unknown, records: rest })
    if (guilty.size === 0) {
      this.#blame.oneOf({ ...unknown, records })
      return
    }
    for (const stream of guilty)
      this.#shut(
        stream,
        records.filter((record) => record.stream === stream),
        cause,
        nowMs,
      )
    const others = records.filter(({ stream }) => !guilty.has(stream))
    if (others.length > 0) sending.toWindow({ ...unknown, records: others })
  }

  /**
   * Instead of sending it: takes apart what holds streams that go their own ways, so that the others need not wait for them.
   */
  async disentangle(attempt: Attempt): Promise<void> {
    const sending = this.#sending
    const records = await sending.takenApart(attempt.records, sending.tangled(attempt) ?? (() => false))
    if (sending.stopped) return sending.putBack({ ...attempt, records })
    const left = sending.sorted(records)
    if (left.length > 0) sending.putBack({ ...attempt, records: left })
    else if (attempt.rest) sending.toWindow({ ...attempt, records: [] })
  }

  #shut(name: string, records: readonly OutboxRecord[], cause: AsideCause, nowMs: number): void {
    const sending = this.#sending
    sending.aside.strike(name)
    const stream = sending.aside.open(name, cause)
    stream.shut(cause, nowMs, sending.options.random())
    sending.release(sending.aside.add(sending.present(records)))
    sending.takeOut(name)
  }
}

const wordsOf = (failure: unknown): string => (failure instanceof Error ? failure.message : '')

const isCertain = (result: RetryClass | undefined) => result?.kind === 'validation' && result.isCertain === true

/** What its dead letter takes at most. */
const roomOf = (record: OutboxRecord): number => 2 * storedBytes(record)
