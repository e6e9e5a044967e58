import type { Held } from '../queue/options'
import type { OutboxRecord } from '../record/record'
import { Answers } from './answers'
import type { Attempt } from './attempt'
import { type Destination, type Freshness, type RetryClass, reasonOf } from './destination'
import type { LaneState } from './gate'
import { Picker } from './picker'
import { type SenderOptions, Sending } from './sending'

const storeRetryMs = 500
/** Whether there is room for dead letters again. */
const deadRoomCheckMs = 60_000
/** For each request at a time: what so many have brought to the cloud may wait for the disk. */
const mostUnsettledPerRequest = 4
/** Requests that set out in one turn of the event loop: putting one together takes its time. */
const mostPerTurn = 4

/** Sends a lane's records to its destination, and is the only place that repeats a request. */
export class Sender {
  readonly sending: Sending
  readonly #picker: Picker
  readonly #answers: Answers
  #filling = false
  #pumping = false
  #paused = false
  #cancelWake: (() => void) | undefined
  #onAttemptEnded: (() => void) | undefined
  #reportedState: LaneState = 'online'

  readonly #options: SenderOptions

  constructor(options: SenderOptions) {
    this.#options = options
    this.sending = new Sending(options)
    this.#picker = new Picker(this.sending)
    this.#answers = new Answers(this.sending)
  }

  get state(): LaneState {
    return this.#paused ? 'paused' : this.sending.gate.state
  }

  /** How long until the next try; `undefined` where nothing holds it up, or it is for people to let it go on. */
  retryInMs(nowMs: number): number | undefined {
    const { gate } = this.sending
    return this.#paused || gate.openAtMs <= nowMs ? undefined : gate.openAtMs - nowMs
  }

  /** New records are in the queue. */
  appended(): void {
    this.sending.reader.appended()
    this.pumpSoon()
  }

  /** What it holds of this range. */
  held(from: number, before: number): Held {
    const { reader, refusals, aside, inFlight } = this.sending
    const isMeant = ({ sequence }: OutboxRecord) => sequence >= from && sequence < before
    const holders = [reader.live.all(), reader.late.all(), refusals.held(), aside.held()]
    const underWay = inFlight.filter(({ taken }) => !taken)
    return {
      unsent: [...holders, ...underWay.map(({ rest = [] }) => rest)].flatMap((records) => [...records].filter(isMeant)),
      underWay: underWay.flatMap(({ records }) => records.filter(isMeant)),
    }
  }

  /** Gives up these, which it has not sent. */
  surrender(unsent: ReadonlySet<OutboxRecord>): void {
    const { reader, refusals, aside, inFlight } = this.sending
    const isGone = (record: OutboxRecord) => unsent.has(record)
    for (const holder of [reader.live, reader.late, refusals, refusals.judged, aside]) holder.remove(isGone)
    for (const attempt of inFlight) if (attempt.rest) attempt.rest = attempt.rest.filter((record) => !isGone(record))
  }

  readAgainFrom(sequence: number): void {
    this.sending.reader.readAgainFrom(sequence)
    this.pumpSoon()
  }

  pause(): void {
    this.#paused = true
    this.#report()
  }

  resume(): void {
    this.#paused = false
    this.flush()
  }

  /** Tries everything now that waits for its time. */
  flush(): void {
    const { gate, refusals, aside, accused, doubt } = this.sending
    gate.hurry()
    refusals.hurry()
    aside.hurry()
    accused.hurry()
    doubt.openAtMs = Number.NEGATIVE_INFINITY
    this.#report()
    this.pumpSoon()
  }

  /** Sends nothing more. Requests on their way get `graceMs`, then are aborted and get `graceMs` again to end. */
  async stop(graceMs: number): Promise<void> {
    this.sending.stopped = true
    this.#cancelWake?.()
    await this.#attemptsEnded(graceMs)
    for (const { abort } of this.sending.inFlight) abort.abort()
    await this.#attemptsEnded(graceMs)
    this.sending.leaveAll()
  }

  pumpSoon(): void {
    if (this.#pumping || this.sending.stopped) return
    this.#pumping = true
    setImmediate(() => {
      this.#pumping = false
      this.#pump()
    })
  }

  #pump(): void {
    if (this.sending.stopped || this.#paused) return
    const nowMs = this.#options.scheduler.monotonicMs()
    for (let started = 0; started < mostPerTurn; started++) {
      const attempt = this.#mayStart(nowMs) ? this.#picker.next(nowMs) : undefined
      if (!attempt) {
        this.#rest(nowMs)
        return
      }
      void this.#run(attempt)
    }
    this.pumpSoon()
  }

  /** Nothing can be sent now. */
  #rest(nowMs: number): void {
    const { gate, reader, aside, refusals } = this.sending
    // Rejected only where the store is being closed: then it is all sent once more.
    if (refusals.condemned.first)
      void this.#answers.buryCondemned().then(
        (isAny) => {
          if (isAny) this.pumpSoon()
        },
        () => undefined,
      )
    const from = aside.size > 0 ? aside.toRefill(nowMs) : undefined
    if (from !== undefined) reader.readLeftFrom(from)
    reader.startAnew()
    if (gate.openAtMs <= nowMs) this.#fill()
    this.#wakeLater(nowMs)
  }

  #mayStart(nowMs: number): boolean {
    const { doubt, gate, inFlight, pace } = this.sending
    const { queue, lane } = this.#options
    if (nowMs < Math.max(gate.openAtMs, doubt.openAtMs) || queue.isEvicting(lane)) return false
    // What the cloud has taken waits for the disk only; that must not hold up the cloud, nor pile up.
    let unsettled = 0
    for (const { taken } of inFlight) if (taken) unsettled++
    return unsettled < Math.floor(pace.concurrency) * mostUnsettledPerRequest
  }

  async #run(attempt: Attempt): Promise<void> {
    const { records } = attempt
    const { reader } = this.sending
    const kind = attempt.kind === 'live' && records.every((record) => reader.isLive(record)) ? 'live' : 'late'
    try {
      if (this.sending.isEntangled(attempt)) await this.#answers.disentangle(attempt)
      else await this.#deliver(attempt, kind)
    } catch (error) {
      // The store is being closed and could not take the confirmation: the records are sent once more.
      this.sending.lastError = reasonOf(error)
    }
    this.#answers.over(attempt)
    this.sending.inFlight.splice(this.sending.inFlight.indexOf(attempt), 1)
    if (this.sending.stopped) this.sending.leaveAll()
    this.#report()
    this.#options.onAnswer()
    this.#onAttemptEnded?.()
    this.pumpSoon()
  }

  async #deliver(attempt: Attempt, kind: Freshness): Promise<void> {
    const { destination } = this.#options
    const { records, abort } = attempt
    const beQuiet = this.#losePatience(attempt)
    let failure: unknown
    let outcome: RetryClass = { kind: 'delivered' }
    try {
      await destination.send(records, { signal: abort.signal, kind })
    } catch (error) {
      failure = error
      const isAborted = abort.signal.aborted
      outcome = isAborted ? { kind: 'network', timedOut: attempt.isTooSlow } : classify(destination, error)
    }
    beQuiet()
    const concluded = this.#answers.conclude(attempt, outcome, failure)
    // The next full batch of the same streams need not wait for the disk to know of this one, nor the line for what else
    // there is to do in this turn.
    if (attempt.taken) this.#pump()
    await concluded
  }

  /** Whoever waits too long for an answer does not let others wait. Answers how to end that. */
  #losePatience(attempt: Attempt): () => void {
    const { scheduler } = this.#options
    let cancel: () => void
    const wait = () => {
      cancel = scheduler.setTimeout(() => {
        this.#answers.outOfPatience(attempt)
        if (!attempt.aside && !attempt.isTooSlow) wait()
        this.pumpSoon()
      }, this.sending.patience.ms)
    }
    wait()
    return () => cancel()
  }

  #fill(): void {
    const { reader, pace } = this.sending
    if (
      this.#filling ||
      reader.isTangled ||
      this.sending.isParting ||
      !(reader.wantsMore('live', pace) || reader.wantsMore('late', pace))
    )
      return
    this.#filling = true
    this.#readOn()
      .then(() => this.pumpSoon())
      // The store is being opened again.
      .catch(() => this.#options.scheduler.setTimeout(() => this.pumpSoon(), storeRetryMs))
      .finally(() => {
        this.#filling = false
        if (this.sending.stopped) this.sending.leaveAll()
      })
  }

  /** Slice by slice, while what has been read is on its way. */
  async #readOn(): Promise<void> {
    const { reader } = this.sending
    while (!this.sending.stopped && !reader.isTangled && (await reader.fill(this.sending.pace))) this.pumpSoon()
  }

  #wakeLater(nowMs: number): void {
    this.#cancelWake?.()
    const { gate, doubt, refusals, aside, accused, restraint } = this.sending
    const opensMs = Math.max(gate.openAtMs, doubt.openAtMs)
    const restrainedMs = Math.max(opensMs, restraint.openAtMs)
    const dues = [refusals.nextSuspectMs(nowMs), aside.nextMs(nowMs), accused.nextMs(nowMs)]
    if (refusals.condemned.isAny) dues.push(nowMs + deadRoomCheckMs)
    const times = [opensMs, restrainedMs, ...dues.map((dueMs) => Math.max(dueMs, restrainedMs))]
    const nextMs = Math.min(...times.filter((dueMs) => dueMs > nowMs))
    if (nextMs < Number.POSITIVE_INFINITY)
      this.#cancelWake = this.#options.scheduler.setTimeout(() => this.#pump(), nextMs - nowMs)
  }

  /** Resolves when nothing is in flight any more, or after `graceMs`. */
  #attemptsEnded(graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.scheduler.setTimeout(resolve, graceMs)
      this.#onAttemptEnded = () => {
        if (this.sending.inFlight.length > 0) return
        cancel()
        resolve()
      }
      this.#onAttemptEnded()
    })
  }

  #report(): void {
    if (this.state === this.#reportedState) return
    this.#reportedState = this.state
    this.#options.onState()
  }
}

function classify(destination: Destination, error: unknown): RetryClass {
  try {
    return destination.classify(error)
  } catch {
    return { kind: 'bug' }
  }
}
