/** A stream asked about alone: what the cloud answered, and when it is asked again. */
interface Accusation {
  sinceMs: number
  /** How often it failed by itself while the cloud took others. */
  failures: number
  retryAtMs: number
}

/** So often, and the cloud is not to blame. */
const failuresToBeGuilty = 2
const retryMs = 250
const longestRetryMs = 4000
/** Requests that ask at the same time. */
export const mostQuestions = 4

/**
 * The streams of requests that failed for a fault of the cloud, as a 5xx or no answer in time: it may be down, or one of
 * them makes it stumble. Small requests of disjoint streams find out: what is taken clears its streams, and proves that the
 * cloud is there.
 */
export class Accused {
  readonly #streams = new Map<string, Accusation>()
  /** Streams that failed while no others waited: who is to blame may show when others come. */
  readonly #alone = new Map<string, Accusation>()
  /** Streams of a request that asks. */
  #most = 1

  /** Anything to be cleared? */
  get isAny(): boolean {
    return this.#streams.size + this.#alone.size > 0
  }

  get size(): number {
    return this.#streams.size
  }

  get most(): number {
    return this.#most
  }

  has(stream: string): boolean {
    return this.#streams.has(stream)
  }

  hasFailedAlone(stream: string): boolean {
    return this.#alone.has(stream)
  }

  isDue(stream: string, nowMs: number): boolean {
    const accusation = this.#streams.get(stream)
    return accusation !== undefined && accusation.retryAtMs <= nowMs
  }

  /**
   * A request with these streams, each once, has failed.
   * @param isShared whether others wait
   * @param lastAcceptedMs when the cloud has taken anything at all
   * @returns whether it is proven that the only stream is to blame
   */
  failed(streams: ReadonlySet<string>, isShared: boolean, nowMs: number, lastAcceptedMs: number): boolean {
    this.#most = Math.max(1, Math.ceil(streams.size / mostQuestions))
    const isAlone = streams.size === 1
    let isGuilty = false
    for (const stream of streams) {
      const before = this.#streams.get(stream) ?? this.#alone.get(stream)
      const accusation = before ?? { sinceMs: Number.POSITIVE_INFINITY, failures: 0, retryAtMs: nowMs }
      this.remove(stream)
      ;(isShared ? this.#streams : this.#alone).set(stream, accusation)
      const isProven = isAlone && lastAcceptedMs >= accusation.sinceMs
      if (isProven) accusation.failures++
      accusation.sinceMs = nowMs
      accusation.retryAtMs = nowMs + Math.min(longestRetryMs, retryMs * 2 ** accusation.failures)
      isGuilty = accusation.failures >= failuresToBeGuilty
    }
    return isGuilty
  }

  /** The cloud has taken a request with these streams. */
  cleared(streams: Iterable<string>): void {
    if (this.#streams.size + this.#alone.size === 0) return
    let isAny = false
    for (const stream of streams) {
      isAny = this.#streams.delete(stream) || isAny
      this.#alone.delete(stream)
    }
    if (isAny) this.#most *= 2
  }

  remove(stream: string): void {
    this.#streams.delete(stream)
    this.#alone.delete(stream)
  }

  hurry(): void {
    for (const accusation of this.#streams.values()) accusation.retryAtMs = Number.NEGATIVE_INFINITY
  }

  nextMs(): number {
    let next = Number.POSITIVE_INFINITY
    for (const { retryAtMs } of this.#streams.values()) next = Math.min(next, retryAtMs)
    return next
  }
}
