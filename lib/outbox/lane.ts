import type { LaneFigures, RejectedValue } from './figures'
import { Backlog } from './queue/backlog'
import { DeadLetters } from './queue/dead-letters'
import type { Held } from './queue/options'
import type { DurableQueue } from './queue/queue'
import { certainAgeMs } from './record/eviction'
import { lastSequence, type OutboxRecord } from './record/record'
import { withRightTimes } from './sender/dated'
import type { Destination } from './sender/destination'
import { usualLiveLimitMs } from './sender/pace'
import { Sender } from './sender/sender'
import type { SenderOptions } from './sender/sending'

export interface LaneOptions extends Omit<SenderOptions, 'destination' | 'liveLimitMs' | 'onState' | 'onAnswer'> {
  readonly openedMonotonicMs: number
  readonly onState: (lane: string) => void
  /** A request has come to its end, whatever it was. */
  readonly onAnswer: (lane: string) => void
}

/** How a destination is attached. */
export interface AttachOptions {
  /** Data younger than this is live and goes first. 0: everything strictly in order. Default 60 s. */
  readonly liveLimitMs?: number
}

const inFlightGraceMs = 2000
const mostRejectedShown = 20

/** One cloud session's part of the outbox. It takes records with or without a destination. */
export class Lane {
  readonly name: string
  readonly deadLetters: DeadLetters
  readonly backlog: Backlog
  readonly #queue: DurableQueue
  #sender: Sender | undefined
  #detaching: Promise<void> = Promise.resolve()
  #isPaused = false
  #oldest: OutboxRecord | undefined
  #rejected = 0
  #lastRejected: readonly RejectedValue[] = []

  readonly #options: LaneOptions

  constructor(options: LaneOptions) {
    this.#options = options
    this.name = options.lane
    this.#queue = options.queue
    this.deadLetters = new DeadLetters(this.#queue, this.name)
    this.backlog = new Backlog(this.#queue, this.name)
  }

  /** Begins to send. A destination that was attached before is let go first. */
  async attach(destination: Destination, { liveLimitMs = usualLiveLimitMs }: AttachOptions = {}): Promise<void> {
    await this.detach()
    const onState = () => this.#options.onState(this.name)
    const onAnswer = () => this.#options.onAnswer(this.name)
    const { scheduler, bootId } = this.#options
    const rightly = withRightTimes(destination, scheduler, bootId)
    this.#sender = new Sender({ ...this.#options, destination: rightly, liveLimitMs, onState, onAnswer })
    if (this.#isPaused) this.#sender.pause()
    this.#sender.pumpSoon()
    onState()
  }

  /** Stops sending; what is on its way gets 2 s, then is aborted. The data stays. */
  detach(): Promise<void> {
    const sender = this.#sender
    this.#sender = undefined
    if (sender) {
      this.#detaching = this.#detaching.then(() => sender.stop(inFlightGraceMs))
      this.#options.onState(this.name)
    }
    return this.#detaching
  }

  pause(): void {
    this.#isPaused = true
    if (this.#sender) this.#sender.pause()
    else this.#options.onState(this.name)
  }

  resume(): void {
    this.#isPaused = false
    if (this.#sender) this.#sender.resume()
    else this.#options.onState(this.name)
  }

  /** Tries everything now that waits for its time. */
  flush(): void {
    this.#sender?.flush()
  }

  /** A message was taken in without these. */
  leftOut({ count, listed }: { count: number; listed: readonly RejectedValue[] }): void {
    this.#rejected += count
    this.#lastRejected = [...this.#lastRejected, ...listed.slice(-mostRejectedShown)].slice(-mostRejectedShown)
  }

  appended(): void {
    this.#sender?.appended()
  }

  /** @internal See `QueueEvents`. */
  held(from: number, before: number): Held {
    return this.#sender?.held(from, before) ?? { unsent: [], underWay: [] }
  }

  /** @internal See `QueueEvents`. */
  surrender(unsent: ReadonlySet<OutboxRecord>): void {
    this.#sender?.surrender(unsent)
  }

  /** @internal See `QueueEvents`. */
  evicted(): void {
    this.#sender?.pumpSoon()
  }

  readAgainFrom(sequence: number): void {
    this.#sender?.readAgainFrom(sequence)
  }

  get state(): LaneFigures['state'] {
    return this.#sender?.state ?? (this.#isPaused ? 'paused' : 'detached')
  }

  /** How many records wait. */
  get pending(): number {
    return this.#queue.ledgerOf(this.name).pending
  }

  async figures(): Promise<LaneFigures> {
    const oldest = this.pending > 0 ? await this.#findOldest() : undefined
    // All of one moment.
    const ledger = this.#queue.ledgerOf(this.name)
    const { accepted, delivered, pending, pendingBytes, dead, deadBytes, dropped, evicted, damaged } = ledger
    const { scheduler, bootId, openedMonotonicMs } = this.#options
    const now = { bootId, monotonicMs: scheduler.monotonicMs(), openedMonotonicMs }
    return {
      lane: this.name,
      state: this.state,
      accepted,
      delivered,
      pending,
      pendingBytes,
      dead,
      deadBytes,
      dropped,
      evicted,
      damaged,
      rejected: this.#rejected,
      lastRejected: this.#lastRejected,
      oldestAgeMs: oldest && certainAgeMs(oldest, now),
      oldestAcceptedMs: oldest?.acceptedWallMs,
      suspects: this.#sender?.sending.refusals.suspects ?? 0,
      deadLettersFull: this.#sender?.sending.refusals.condemned.isAny ?? false,
      parkedStreams: this.#sender?.sending.aside.shut ?? 0,
      retryInMs: this.#sender?.retryInMs(scheduler.monotonicMs()),
      inFlight: this.#sender?.sending.inFlight.length ?? 0,
      lastError: this.#sender?.sending.lastError,
      ...(this.#sender?.sending.reader.undated.isHolding && { waitsForClock: true }),
    }
  }

  /** The first pending record, in somebody's hands or not. While it can't be read, the one that was found last. */
  async #findOldest(): Promise<OutboxRecord | undefined> {
    const find = this.#queue.peek(this.name, 0, lastSequence).catch(() => this.#oldest)
    this.#oldest = await find
    return this.#oldest
  }
}
