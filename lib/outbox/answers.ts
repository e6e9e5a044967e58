import { say } from '../text'
import { type RetryClass, reasonOf } from './destination'
import { faster, slowestPace, smaller, throttled } from './pace'
import { isMixed, streamsOf } from './parts'
import { type OutboxRecord, sizeOf, storedBytes } from './record'
import type { Segment } from './refusals'
import type { Attempt, Sending } from './sending'
import { ServerFaults } from './server-faults'
import { UnclearSends } from './unclear-sends'

/** As many refusals in a row, and nothing taken in between, mean that everything is refused. */
const refusalsBeforeParking = 24

/** Draws the consequences of the cloud's answers: the retry table of the design, row by row. */
export class Answers {
  private lastAcceptedMs = Number.NEGATIVE_INFINITY
  private refusalsInARow = 0
  private sessionFailures = 0
  private readonly serverFaults = new ServerFaults()
  private readonly unclearSends = new UnclearSends()

  constructor(private readonly sending: Sending) {}

  async conclude(attempt: Attempt, outcome: RetryClass, failure: unknown): Promise<void> {
    const { options, stopped } = this.sending
    const nowMs = options.scheduler.monotonicMs()
    if (outcome.kind !== 'delivered') this.sending.lastError = reasonOf(failure)
    if (outcome.kind !== 'session') this.sessionFailures = 0
    if (outcome.kind !== 'network') this.unclearSends.answered(attempt)
    if (stopped && outcome.kind !== 'delivered' && outcome.kind !== 'partial') return this.sending.putBack(attempt)
    switch (outcome.kind) {
      case 'delivered':
        attempt.taken = true
        return this.delivered(attempt, attempt.records, nowMs)
      case 'partial':
        return this.partly(attempt, outcome.results, failure, nowMs)
      case 'validation':
        return this.refused(attempt, failure, nowMs)
      case 'too-large':
        return this.tooLarge(attempt, failure, nowMs)
      case 'configuration':
        return this.misconfigured(attempt, outcome.streams)
      case 'server':
        return this.serverFailed(attempt, outcome, nowMs)
      case 'network':
        if (outcome.timedOut) await this.tooSlow(attempt)
        else this.sending.putBack(attempt)
        return this.laneFailed(attempt, outcome, nowMs)
      default:
        this.sending.putBack(attempt)
        this.laneFailed(attempt, outcome, nowMs)
    }
  }

  /** The cloud is down, or it stumbles at one of these records: then that record's stream is put aside, and kept. */
  private async serverFailed(attempt: Attempt, outcome: RetryClass, nowMs: number): Promise<void> {
    const { refusals } = this.sending
    const { refusedSinceMs } = attempt
    const { lastAcceptedMs } = this
    const { verdict, run } = this.serverFaults.judge(attempt, { nowMs, lastAcceptedMs, parts: refusals.parts })
    if (attempt.origin === 'stream-probe' || verdict === 'guilty') {
      this.park(attempt.records)
      return
    }
    // After so many faults nothing is live any more; what is may overtake it, and prove that the cloud is there.
    if (verdict === 'suspect') {
      const isToPart = (record: OutboxRecord) => isMixed(record) || attempt.records.length === 1
      const records = await this.sending.takenApart(attempt.records, isToPart)
      if (this.sending.stopped) this.sending.putBack({ ...attempt, records })
      else refusals.splitByStream({ kind: 'backlog', records, refusedSinceMs, faults: run })
    } else this.sending.putBack({ ...attempt, faults: run })
    this.laneFailed(attempt, outcome, nowMs)
  }

  /** What concerns the whole lane, whatever was sent. The records stay. */
  private laneFailed(attempt: Attempt, outcome: RetryClass, nowMs: number): void {
    const { gate } = this.sending
    switch (outcome.kind) {
      case 'network':
      case 'server':
        if (outcome.kind === 'network' && outcome.timedOut)
          this.sending.pace = smaller(this.sending.pace, sizeOf(attempt.records))
        this.sending.pace = { ...this.sending.pace, concurrency: 1 }
        if (outcome.kind === 'network' && outcome.mayHaveArrived && this.unclearSends.failed(attempt)) {
          this.sending.pace = slowestPace
          gate.close('unclear', nowMs)
        } else gate.close('offline', nowMs)
        break
      case 'throttled':
        this.sending.pace = throttled(this.sending.pace)
        gate.close('throttled', nowMs, outcome.retryAfterMs)
        break
      case 'session':
        this.sessionFailed(attempt, nowMs)
        break
      case 'credentials':
        gate.close('auth-blocked', nowMs)
        break
      case 'billing':
        gate.close('billing', nowMs)
        break
      case 'bug':
        gate.close('parked', nowMs)
    }
  }

  /** One fresh login, and the same batch again at once; the second failure in a row blocks the lane. */
  private sessionFailed(attempt: Attempt, nowMs: number): void {
    // Requests that set out before the login say nothing about the new session.
    if (attempt.logins < this.sending.logins) return
    this.sending.logins++
    if (++this.sessionFailures > 1) this.sending.gate.close('auth-blocked', nowMs)
  }

  private async delivered(attempt: Attempt, records: readonly OutboxRecord[], nowMs: number): Promise<void> {
    if (records.length === 0) return
    const { options, gate, reader, refusals, parked } = this.sending
    this.lastAcceptedMs = nowMs
    this.refusalsInARow = 0
    if (parked.count + refusals.suspectCount === 0) this.sending.lastError = undefined
    gate.open()
    refusals.accepted(nowMs)
    this.serverFaults.accepted(attempt)
    if (reader.window(attempt.kind).count > 0) this.sending.pace = faster(this.sending.pace, this.sending.limits)
    if (attempt.origin === 'stream-probe') this.unpark(records)
    await options.queue.settle(options.lane, {
      delivered: records,
      headSequence: this.sending.headSequence(attempt),
    })
  }

  /** One answer for each record; the confirmed ones are proof that the cloud takes others. */
  private async partly(
    attempt: Attempt,
    results: readonly RetryClass[],
    failure: unknown,
    nowMs: number,
  ): Promise<void> {
    const recordsOf = (belongs: (kind: RetryClass['kind']) => boolean) =>
      attempt.records.filter((_, at) => belongs(results[at]?.kind ?? 'network'))
    const isMisfit = (kind: string) => !this.sending.stopped && (kind === 'validation' || kind === 'too-large')
    const isStranger = (kind: string) => !this.sending.stopped && kind === 'configuration'
    const waiting = recordsOf((kind) => kind !== 'delivered' && !isMisfit(kind) && !isStranger(kind))

    if (waiting.length > 0) this.sending.putBack({ ...attempt, records: waiting })
    for (const record of recordsOf(isStranger)) await this.misconfigured({ ...attempt, records: [record] })
    await this.delivered(
      attempt,
      recordsOf((kind) => kind === 'delivered'),
      nowMs,
    )
    for (const record of recordsOf(isMisfit)) await this.refused({ ...attempt, records: [record] }, failure, nowMs)
    const laneWide = results.find(({ kind }) => kind !== 'delivered' && !isMisfit(kind) && !isStranger(kind))
    if (laneWide) this.laneFailed(attempt, laneWide, nowMs)
  }

  /** What is too much for the line goes in smaller parts: of a window, the next batch is smaller anyway. */
  private async tooSlow(attempt: Attempt): Promise<void> {
    const parts = await this.takenApart(attempt)
    const { kind, records, refusedSinceMs, faults } = parts
    if (attempt.origin !== 'segment' || records.length < 2 || this.sending.stopped) return this.sending.putBack(parts)
    this.sending.refusals.split({ kind, records, refusedSinceMs, ...(faults && { faults }) })
  }

  private tooLarge(attempt: Attempt, failure: unknown, nowMs: number): Promise<void> | void {
    this.sending.pace = smaller(this.sending.pace, sizeOf(attempt.records))
    if (attempt.records.length === 1 || attempt.origin !== 'window') return this.refused(attempt, failure, nowMs)
    this.sending.putBack(attempt)
  }

  private async refused(attempt: Attempt, failure: unknown, nowMs: number): Promise<void> {
    this.answered()
    const { refusals, gate, reader } = this.sending
    const segment = { ...attempt, refusedSinceMs: Math.min(attempt.refusedSinceMs, nowMs) }
    if (attempt.origin === 'stream-probe') return this.unpark(attempt.records, segment)
    const parts = await this.takenApart(attempt)
    const { records } = parts
    if (this.sending.stopped) return this.sending.putBack(parts)
    if (records.length === 0) return
    const verdict = refusals.refused({ ...segment, records }, nowMs, this.lastAcceptedMs)
    const [record] = records
    if (verdict === 'guilty' && record) return this.bury(record, segment, failure, nowMs)
    const nothingElse = refusals.parts === 0 && reader.live.count + reader.backlog.count === 0
    if (
      ++this.refusalsInARow >= refusalsBeforeParking ||
      (verdict === 'waits' && nothingElse && !this.isProven(segment))
    )
      gate.close('parked', nowMs)
  }

  /** A bundle that was sent alone, as its records; anything else as it is. */
  private async takenApart<Sent extends Segment>(sent: Sent): Promise<Sent> {
    const { records } = sent
    return { ...sent, records: await this.sending.takenApart(records, () => records.length === 1) }
  }

  private isProven({ refusedSinceMs }: Segment): boolean {
    return this.lastAcceptedMs >= refusedSinceMs
  }

  private async bury(record: OutboxRecord, segment: Segment, failure: unknown, nowMs: number): Promise<void> {
    const { options, refusals, gate } = this.sending
    const bytes = 2 * storedBytes(record.lane, record)
    if (options.queue.hasDeadRoom(bytes))
      return options.queue.settle(options.lane, { dead: [{ record, reason: reasonOf(failure) }] })
    refusals.putOff(segment, nowMs)
    this.sending.deadNeedsBytes = bytes
    this.sending.lastError = {
      code: 'OUTBOX_FULL',
      text: say`No room for more dead letters. Retry, export or drop them.`,
    }
    gate.close('parked', nowMs)
  }

  /** The cloud names the streams, or they are found by halving; the others go on. */
  private async misconfigured(attempt: Attempt, named: readonly string[] = []): Promise<void> {
    this.answered()
    const streams = new Set(attempt.records.flatMap(streamsOf))
    const guilty = streams.size === 1 ? streams : new Set(named.filter((stream) => streams.has(stream)))
    const isToPart = (record: OutboxRecord) =>
      isMixed(record) && (attempt.records.length === 1 || streamsOf(record).some((stream) => guilty.has(stream)))
    const records = await this.sending.takenApart(attempt.records, isToPart)
    if (this.sending.stopped) return this.sending.putBack({ ...attempt, records })
    if (guilty.size === 0) {
      const { kind, refusedSinceMs } = attempt
      this.sending.refusals.splitByStream({ kind, records, refusedSinceMs })
      return
    }
    for (const stream of guilty) this.park(records.filter((record) => record.stream === stream))
    const others = records.filter(({ stream }) => !guilty.has(stream))
    if (others.length > 0) this.sending.putBack({ ...attempt, records: others })
  }

  /**
   * Instead of sending it: takes apart what holds streams that others need not wait for. Records of parked streams stay in
   * the queue, those of suspected ones go by themselves.
   */
  async disentangle(attempt: Attempt): Promise<void> {
    const { sending } = this
    const isHeld = sending.isHeld(attempt.kind)
    const isToPart = (record: OutboxRecord) => isMixed(record) && streamsOf(record).some(isHeld)
    const records = await sending.takenApart(attempt.records, isToPart)
    const parked = sending.stopped ? [] : records.filter((record) => sending.passesOver(record))
    sending.release(parked)
    const left = records.filter((record) => !parked.includes(record))
    for (const isToWait of [true, false])
      sending.putBack({ ...attempt, records: left.filter(({ stream }) => isHeld(stream) === isToWait) })
  }

  private park(records: readonly OutboxRecord[]): void {
    const { parked, reader, refusals, options } = this.sending
    this.sending.release(parked.park(records, options.scheduler.monotonicMs()))
    for (const held of [reader.live, reader.backlog, refusals])
      this.sending.release(held.remove((record) => this.sending.passesOver(record)))
  }

  /** The stream's records are read again. The probe itself is delivered, or goes the way of a refused record. */
  private unpark(records: readonly OutboxRecord[], refused?: Segment): void {
    for (const { stream } of records) {
      const from = this.sending.parked.release(stream)
      if (from !== undefined) this.sending.reader.readAgainFrom(from)
    }
    if (refused) this.sending.refusals.putBack({ ...refused, records })
  }

  /** The cloud can be reached and talks to us. */
  private answered(): void {
    if (this.sending.gate.state !== 'parked') this.sending.gate.open()
  }
}
