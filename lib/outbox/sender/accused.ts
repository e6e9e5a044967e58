/** A stream that is asked about: what the cloud answered, and when it is asked again. */
interface Accusation {
  sinceMs: number
  /** How often it failed by itself while the cloud took others. */
  failures: number
  retryAtMs: number
  /** Streams of a request that asks about it. */
  most: number
}

/** So often, and the cloud is not to blame. */
const failuresToBeGuilty = 2
const retryMs = 250
const longestRetryMs = 4000
/** Requests that ask at the same time; those that have waited longer than usual for their answer don't count. */
export const mostQuestions = 4
/** With those. */
export const mostOpenQuestions = 20
const mostStreams = 10_000
/** Of the streams of a question, with each that is taken; one that fails halves them: then about one in four fails. */
const growth = 1.25
/** After this long without a failure, no stream is suspected any more. */
const calmMs = 60_000
const mostCleared = 100_000

/**
 * Who is to blame where requests fail for a fault of the cloud, as a 5xx or no answer in time: it may be down, or some of the
 * streams make it stumble. Once a request of several streams has failed, small requests of disjoint streams find out: of those
 * that failed, and of all others that the cloud has not taken since, who may be as bad. What is taken clears its streams, and
 * proves that the cloud is there; the cleared ones travel together.
 */
export class Accused {
  readonly #streams = new Map<string, Accusation>()
  /** Streams that failed while no others waited: who is to blame may show when others come. */
  readonly #alone = new Map<string, Accusation>()
  /** While it is asked: what the cloud has taken since. */
  #cleared: Set<string> | undefined
  #isSorting = false
  #lastFailedMs = Number.NEGATIVE_INFINITY
  /** Streams of a request that asks about such as have not failed. */
  #most = 1

  /** Anything to be cleared? */
  get isAny(): boolean {
    return this.#cleared !== undefined || this.#streams.size + this.#alone.size > 0
  }

  get size(): number {
    return this.#streams.size
  }

  /** Whether questions are asked. */
  get isAsking(): boolean {
    return this.#cleared !== undefined || this.#streams.size > 0
  }

  /** Whether the cloud has taken others since the asking began. */
  get hasCleared(): boolean {
    return this.#cleared !== undefined && this.#cleared.size > 0
  }

  /** Whether the cleared travel apart from those who are asked about: some are cleared. */
  get isSorting(): boolean {
    return this.#isSorting
  }

  /** Whether it has failed, and is not only one of those of whom nothing is known. */
  isSuspect(stream: string): boolean {
    return this.#streams.has(stream)
  }

  /** Whether all of them are, while others are cleared. */
  areSuspects(streams: ReadonlySet<string>): boolean {
    return this.hasCleared && [...streams].every((stream) => this.isSuspect(stream))
  }

  /** Whether it travels in questions only. */
  isHeld(stream: string): boolean {
    return this.#cleared ? !this.#cleared.has(stream) : this.#streams.has(stream)
  }

  hasFailedAlone(stream: string): boolean {
    return this.#alone.has(stream)
  }

  isDue(stream: string, nowMs: number): boolean {
    const accusation = this.#streams.get(stream)
    return accusation ? accusation.retryAtMs <= nowMs : this.#cleared !== undefined && !this.#cleared.has(stream)
  }

  /** How many streams like this one a question holds: those that failed in few are asked about in fewer. */
  mostWith(stream: string): number {
    return this.#streams.get(stream)?.most ?? Math.floor(this.#most)
  }

  /**
   * A request with these streams, each once, has failed.
   * @param isShared whether others wait
   * @param lastAcceptedMs when the cloud has taken anything at all
   * @returns whether it is proven that the only stream is to blame
   */
  failed(streams: ReadonlySet<string>, isShared: boolean, nowMs: number, lastAcceptedMs: number): boolean {
    const isAlone = streams.size === 1
    const most = Math.max(1, Math.ceil(Math.min(streams.size / mostQuestions, Math.sqrt(streams.size))))
    if (isShared && !isAlone) {
      if (this.#cleared) this.#fewer(streams.size)
      else this.#most = most
      this.#cleared ??= new Set()
    }
    this.#lastFailedMs = nowMs
    let isGuilty = false
    for (const stream of streams) {
      const before = this.#streams.get(stream) ?? this.#alone.get(stream)
      const accusation = before ?? { sinceMs: Number.POSITIVE_INFINITY, failures: 0, retryAtMs: nowMs, most }
      this.remove(stream)
      this.#cleared?.delete(stream)
      ;(isShared ? this.#streams : this.#alone).set(stream, accusation)
      const isProven = isAlone && lastAcceptedMs >= accusation.sinceMs
      if (isProven) accusation.failures++
      accusation.sinceMs = nowMs
      accusation.most = most
      accusation.retryAtMs = nowMs + Math.min(longestRetryMs, retryMs * 2 ** accusation.failures)
      isGuilty = accusation.failures >= failuresToBeGuilty
    }
    return isGuilty
  }

  /** A question with so many streams is still open although others are answered by now: not so many in the next ones. */
  isSlow(streams: number): void {
    if (streams > 1) this.#fewer(streams)
  }

  /**
   * The cloud has taken a request with these streams.
   * @param isAskedElsewhere whether a request is still under way that asks about others
   */
  cleared(streams: Iterable<string>, nowMs: number, isAskedElsewhere: boolean): void {
    let count = 0
    for (const stream of streams) {
      const wasAccused = this.#streams.delete(stream)
      this.#alone.delete(stream)
      if (this.#cleared && !this.#cleared.has(stream)) {
        this.#cleared.add(stream)
        count++
      } else if (wasAccused) count++
    }
    if (count * 2 >= this.#most) this.#most = Math.min(mostStreams, Math.max(this.#most + 1, this.#most * growth))
    const isCalm = this.#streams.size === 0 && nowMs - this.#lastFailedMs > calmMs
    const isOver = isCalm || (this.#cleared !== undefined && this.#cleared.size > mostCleared)
    if (isOver && !isAskedElsewhere) this.#cleared = undefined
    this.#isSorting = this.#cleared !== undefined && (this.#isSorting || this.#cleared.size > 0)
  }

  #fewer(failed: number): void {
    this.#most = Math.max(1, Math.min(this.#most, failed / 2))
  }

  remove(stream: string): void {
    this.#streams.delete(stream)
    this.#alone.delete(stream)
  }

  hurry(): void {
    for (const accusation of this.#streams.values()) accusation.retryAtMs = Number.NEGATIVE_INFINITY
  }

  /** What is due already waits for something other than time; it hides nothing that is due later. */
  nextMs(nowMs: number): number {
    let next = Number.POSITIVE_INFINITY
    for (const { retryAtMs } of this.#streams.values()) if (retryAtMs > nowMs) next = Math.min(next, retryAtMs)
    return next
  }
}
