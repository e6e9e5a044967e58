import { isMixed, onlyStream, partitionIn, streamsIn, streamsOf } from '../record/parts'
import { countAll, type OutboxRecord, sizeOf } from '../record/record'
import type { AsideCause } from './aside-stream'
import type { Attempt } from './attempt'
import type { RetryClass } from './destination'
import { slowestPace, smaller, smallerGroup, throttled } from './pace'
import { Proof } from './proof'
import { all } from './refusals'
import type { Sending } from './sending'
import { Stumbles } from './stumbles'
import { UnclearSends } from './unclear-sends'

/** So many faults in a row, and nothing taken in between, are an outage. */
const faultsToBeAnOutage = 3
/** The same while it is asked who is to blame, and some are known not to be: many may be. */
const faultsBesideQuestions = 8
/** What the cloud has taken so recently speaks for it. */
const recentMs = 10_000
/** A pause that is asked for is kept; only whether all are meant is asked after this. */
const askAfterMs = 2000
/** Such a stream does not come back to the others at once. */
const strikesOfAFault = 2
/** Requests of slow streams that may take their time, side by side. */
const mostSlow = 4

type Fault = Extract<RetryClass, { kind: 'server' | 'network' | 'throttled' }>

/** Faults of the cloud or the line: tells those of the lane from those of one of its streams. */
export class Faults {
  #inARow = 0
  #sessionFailures = 0
  readonly #unclearSends = new UnclearSends()
  readonly #stumbles = new Stumbles()
  /** Whatever the cloud has answered. */
  readonly #answers = new Proof()

  readonly #sending: Sending

  constructor(sending: Sending) {
    this.#sending = sending
  }

  accepted(attempt: Attempt, nowMs: number): void {
    this.#inARow = 0
    this.#stumbles.accepted(attempt)
    if (!attempt.aside) this.#sending.patience.answered(nowMs - attempt.startedMs)
  }

  /** The cloud has answered, or not. */
  answered(attempt: Attempt, kind: RetryClass['kind'], nowMs: number): void {
    if (kind !== 'session') this.#sessionFailures = 0
    if (kind === 'network') return
    this.#unclearSends.answered(attempt)
    this.#answers.came(onlyStream(attempt.records), nowMs)
  }

  /** The request failed for nothing that its content says. */
  async failed(attempt: Attempt, outcome: Fault, nowMs: number): Promise<void> {
    const sending = this.#sending
    const isLine = outcome.kind === 'network' && !outcome.timedOut && !attempt.isTooSlow
    if (isLine) {
      if (attempt.origin === 'suspect') sending.putOff(attempt, nowMs)
      else sending.putBack(attempt)
      return this.#isOfOneStream(attempt, outcome, nowMs) ? undefined : this.laneFailed(attempt, outcome, nowMs)
    }
    const records = await this.#smallerParts(attempt, outcome)
    const hidesOthers = !attempt.aside && (await this.#hidesOthers(attempt, nowMs))
    if (sending.stopped) return sending.putBack({ ...attempt, records })
    if (attempt.aside) return this.#asideFailed({ ...attempt, records }, outcome, nowMs)
    if (attempt.origin === 'suspect') sending.putOff(attempt, nowMs)
    else sending.toWindow({ ...attempt, records })
    this.#judge({ ...attempt, records }, outcome, nowMs, hidesOthers)
  }

  /**
   * Whether the request is of one stream, and keeps others from being read: all that is read is of streams that fail, no more is
   * read as long as they do, and there are others behind it.
   */
  async #hidesOthers(attempt: Attempt, nowMs: number): Promise<boolean> {
    const { accused, lookout, pace, proof, reader } = this.#sending
    const streams = streamsIn(attempt.records)
    const [only] = streams
    if (only === undefined || streams.size > 1 || nowMs - proof.lastOfOthersMs(only) <= recentMs) return false
    if (reader.isFull('live') || reader.isFull('late'))
      return !this.hasOthers({ has: (stream) => stream === only || accused.isSuspect(stream) })
    // What is still to be read comes by itself.
    if (this.hasOthers(streams) || reader.wantsMore('live', pace) || reader.wantsMore('late', pace)) return false
    return lookout.hasOthers(only, () => this.#sending.stopped)
  }

  /**
   * The cloud may have taken these values several times, and answers about others meanwhile, each of which would have them sent
   * again at once: their stream goes by itself, and waits.
   */
  #isOfOneStream(attempt: Attempt, outcome: Fault, nowMs: number): boolean {
    const [only, other] = streamsIn(all(attempt))
    if (outcome.kind !== 'network' || !outcome.mayHaveArrived || only === undefined || other !== undefined) return false
    if (nowMs - this.#answers.lastOfOthersMs(only) > recentMs || !this.#unclearSends.isUnclear(attempt)) return false
    this.takeOut(only, outcome, nowMs)
    return true
  }

  /** What concerns the whole lane, whatever was sent. The records stay. */
  laneFailed(attempt: Attempt, outcome: RetryClass, nowMs: number): void {
    const { gate } = this.#sending
    switch (outcome.kind) {
      case 'network':
      case 'server':
        this.#sending.pace = { ...this.#sending.pace, concurrency: 1 }
        if (outcome.kind === 'network' && outcome.mayHaveArrived && this.#unclearSends.failed(attempt)) {
          this.#sending.pace = slowestPace
          gate.close('unclear', nowMs)
        } else gate.close('offline', nowMs, 0, outcome.kind === 'server')
        break
      case 'throttled':
        this.#sending.pace = throttled(this.#sending.pace)
        gate.close('throttled', nowMs, outcome.retryAfterMs, true)
        break
      case 'session':
        this.#sessionFailed(attempt, nowMs)
        break
      case 'credentials':
        gate.close('auth-blocked', nowMs)
        break
      case 'billing':
        gate.close('billing', nowMs)
    }
  }

  /** The stream that is asked about alone is to blame, or the cloud is down, or it is still open. */
  #judge(attempt: Attempt, outcome: Fault, nowMs: number, hidesOthers: boolean): void {
    const sending = this.#sending
    const { accused, proof, patience } = sending
    const lastAcceptedMs = proof.lastMs
    const streams = streamsIn(attempt.records)
    const [only] = streams
    const othersMs = streams.size === 1 && only !== undefined ? proof.lastOfOthersMs(only) : lastAcceptedMs
    const wasRecent = nowMs - othersMs <= recentMs
    const isShared = streams.size > 1 || wasRecent || this.hasOthers(streams)
    // That those fail again which have failed says nothing new, as long as others are taken.
    const isNew = !(wasRecent && attempt.origin === 'accused' && accused.areSuspects(streams))
    // A cloud that has taken others in the meantime is reachable.
    if (isNew && lastAcceptedMs < attempt.startedMs) this.#inARow++
    if (attempt.isTooSlow && lastAcceptedMs < attempt.startedMs) patience.longer()
    const isGuilty = sending.questions.failed(streams, isShared, nowMs, lastAcceptedMs)
    const stumbles = streams.size === 1 && this.#stumbles.failed(attempt, othersMs, nowMs)
    if ((isGuilty || stumbles || attempt.isToBlame) && only !== undefined) {
      this.takeOut(only, outcome, nowMs)
      return
    }
    // Whether it fails at this one alone, the others are to tell.
    if (only !== undefined && hidesOthers) this.takeOut(only, outcome, nowMs, 'unanswered')
    const isOutage = this.#inARow >= (accused.hasCleared ? faultsBesideQuestions : faultsToBeAnOutage)
    // A cloud that has too much says so of those, too, that are known to be well.
    const isOfLane = outcome.kind === 'throttled' && !(attempt.origin === 'accused' && accused.hasCleared)
    if (isShared && wasRecent && !isOutage && !isOfLane) return
    const isQuestion = outcome.kind === 'throttled' && isShared && !isOutage
    if (isOutage && attempt.origin === 'window') sending.group = smallerGroup(sending.group, countAll(attempt.records))
    this.laneFailed(attempt, outcome, nowMs)
    if (isQuestion) sending.gate.hurry(askAfterMs)
  }

  /** A request on its stream's own way: where the cloud has taken others since, only the stream waits. */
  #asideFailed(attempt: Attempt, outcome: Fault, nowMs: number): void {
    const { aside, records } = attempt
    const sending = this.#sending
    if (!aside) return
    const lastFaultMs = Math.max(aside.lastFaultMs, nowMs - recentMs)
    // Whether the cloud is reachable at all is for other streams to find out, if there are any.
    const isProven =
      (aside.isShut && aside.cause !== 'unanswered') ||
      sending.proof.lastOfOthersMs(aside.name) >= lastFaultMs ||
      this.hasOthers(new Set([aside.name]))
    sending.aside.putBack(aside, sending.present(records))
    if (records.length > 1 && outcome.kind !== 'throttled') aside.smaller(records)
    if (isProven) aside.shut(causeOf(outcome), nowMs, sending.options.random(), retryAfterOf(outcome))
    else {
      // By itself, too: a refusal of others opens the gate again.
      aside.shut('unanswered', nowMs, sending.options.random())
      this.laneFailed(attempt, outcome, nowMs)
    }
    aside.lastFaultMs = nowMs
  }

  takeOut(name: string, outcome: Fault, nowMs: number, cause = causeOf(outcome)): void {
    const sending = this.#sending
    sending.aside.strike(name, strikesOfAFault)
    const stream = sending.aside.open(name, cause)
    stream.shut(cause, nowMs, sending.options.random(), retryAfterOf(outcome))
    sending.takeOut(name)
  }

  /** An answer takes so long that others wait for it. */
  outOfPatience(attempt: Attempt): void {
    const sending = this.#sending
    const streams = streamsIn(attempt.records)
    const [only] = streams
    if (attempt.aside || attempt.origin === 'suspect' || only === undefined) return
    if (streams.size > 1) {
      attempt.isTooSlow = true
      attempt.abort.abort()
    } else if (sending.proof.lastMs > attempt.startedMs || this.hasOthers(streams) || attempt.hidesOthers) {
      // The others need not wait for it, and it may take its time; where many do, it is tried again later.
      if (sending.inFlight.filter(({ aside }) => aside && aside.cause !== 'refused').length >= mostSlow) {
        attempt.isTooSlow = true
        attempt.isToBlame = true
        attempt.abort.abort()
        return
      }
      sending.aside.strike(only, strikesOfAFault)
      attempt.aside = sending.aside.open(only, 'stumbles')
      attempt.orderKeys = new Set()
      // What it was refused together with is of other streams, and need not wait either.
      const { rest = [], kind, refusedSinceMs } = attempt
      attempt.rest = []
      attempt.streams = streams
      sending.toWindow({ kind, records: rest, refusedSinceMs })
      sending.takeOut(only)
    } else {
      // By the next attempt, which comes as long as there is no answer.
      void sending.lookout
        .hasOthers(only, () => sending.stopped)
        .then((hidesOthers) => {
          attempt.hidesOthers = hidesOthers
        })
    }
  }

  /** Whether others than these streams have values to send, which would wait for them. */
  hasOthers(streams: Pick<ReadonlySet<string>, 'has'>): boolean {
    const { reader } = this.#sending
    const isOther = (record: OutboxRecord) => streamsOf(record).some((stream) => !streams.has(stream))
    for (const window of [reader.live, reader.late]) for (const record of window.all()) if (isOther(record)) return true
    return false
  }

  /** What is too much for the line goes in smaller parts, a bundle as its records; and the streams of a bundle are told apart. */
  async #smallerParts(attempt: Attempt, outcome: Fault): Promise<readonly OutboxRecord[]> {
    const sending = this.#sending
    const { records } = attempt
    const isTimeout = outcome.kind === 'network' && !attempt.isTooSlow
    if (isTimeout) sending.pace = smaller(sending.pace, sizeOf(records))
    // Bundles of the same streams: only apart these can be asked about one by one.
    if (attempt.origin === 'accused' && new Set(records.map(partitionIn)).size === 1)
      return sending.takenApart(records, isMixed)
    const [record] = records
    if (!record || records.length > 1) return records
    const isToPart = isTimeout || isMixed(record) || record.count > sending.group || attempt.aside !== undefined
    return isToPart ? sending.takenApart(records, () => true) : records
  }

  /** One fresh login, and the same batch again at once; the second failure in a row blocks the lane. */
  #sessionFailed(attempt: Attempt, nowMs: number): void {
    // Requests that set out before the login say nothing about the new session.
    if (attempt.logins < this.#sending.logins) return
    this.#sending.logins++
    if (++this.#sessionFailures > 1) this.#sending.gate.close('auth-blocked', nowMs)
  }
}

const causeOf = ({ kind }: Fault): AsideCause => (kind === 'throttled' ? 'throttled' : 'stumbles')
const retryAfterOf = (outcome: Fault) => (outcome.kind === 'throttled' ? outcome.retryAfterMs : undefined)
