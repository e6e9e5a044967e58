import { type Clock, ConnectorError } from '../core'
import { isForeign, isRefusal } from './refusal'
import { Turns } from './turns'
import type { Wait } from './wait'

/** How long the cloud may not know what was just registered. Source: docs/protocol/thingplus.md §6.5. */
const settleMs = 60_000
const mostMissing = 20_000

/** The cloud does not know the gateway or sensor; but it may have been registered less than a minute ago, by whomever. */
export class PerhapsNew extends ConnectorError {
  /** The same, in other words. */
  told({ code, text }: ConnectorError): PerhapsNew {
    return new PerhapsNew(code, text, this)
  }
}

const firstPauseMs = 250
const longestPauseMs = 2_000
/** Messages that wait for one item, and for all of them: further ones fail at once. */
const mostWaitingForOne = 500
const mostWaiting = 2_000

/** How a message waits for an item that the cloud does not know yet. */
export interface Patience {
  /** Ends the waiting. */
  readonly signal: AbortSignal | undefined
  /** Called before each pause. Without it there is no waiting. */
  readonly waiting?: (() => void) | undefined
}

/** Sends one request, and sends it again while the cloud does not know the item yet. */
export type Ask = <Result>(call: () => Promise<Result>) => Promise<Result>

/** The messages that are under way to one item. */
interface Crowd {
  count: number
  pauseMs: number
  /** The cloud's latest answer that it does not know the item. */
  missing: ConnectorError | undefined
  /** The same answer after its minute was over. */
  final: ConnectorError | undefined
}

/** Which items the cloud does not know, since when, and who is waiting for them. */
export class Newcomers {
  readonly #clock: Clock
  readonly #wait: Wait
  readonly #missingSinceMs = new Map<string, number>()
  readonly #crowds = new Map<string, Crowd>()
  /** While an item is missing, one message at a time asks for it. */
  readonly #turns = new Turns()
  #underWay = 0

  constructor(clock: Clock, wait: Wait) {
    this.#clock = clock
    this.#wait = wait
  }

  /**
   * Calls, and distinguishes the failure of an item that has been unknown for less than a minute from any other.
   * @param path of the item
   * @throws PerhapsNew; what the call throws
   */
  async call<Result>(path: string, call: () => Promise<Result>): Promise<Result> {
    try {
      const result = await call()
      this.#missingSinceMs.delete(path)
      return result
    } catch (failure) {
      throw isMissing(failure) && this.#remainingMs(path) > 0
        ? new PerhapsNew(failure.code, failure.text, failure)
        : failure
    }
  }

  /**
   * Sends something to an item at once; where the cloud says that it does not know the item, again with growing pauses,
   * until it has been missing for a minute. From then on, until it is known, that is final at once.
   * @param path of the item
   * @param work sends each of its requests by `ask`
   * @throws what `work` throws; at once, where too many messages wait for the item already
   */
  async patiently<Result>(
    path: string,
    { signal, waiting }: Patience,
    work: (ask: Ask) => Promise<Result>,
  ): Promise<Result> {
    if (!waiting) return work((call) => call())
    const crowd = this.#join(path)
    try {
      const result = await work((call) => this.#ask(path, crowd, { signal, waiting }, call))
      this.#missingSinceMs.delete(path)
      return result
    } finally {
      this.#underWay -= 1
      crowd.count -= 1
      if (crowd.count === 0) this.#dissolve(path, crowd)
    }
  }

  #join(path: string): Crowd {
    const crowd = this.#crowds.get(path) ?? { count: 0, pauseMs: firstPauseMs, missing: undefined, final: undefined }
    if (crowd.missing && (crowd.count >= mostWaitingForOne || this.#underWay >= mostWaiting)) throw crowd.missing
    this.#crowds.set(path, crowd)
    crowd.count += 1
    this.#underWay += 1
    return crowd
  }

  #dissolve(path: string, crowd: Crowd): void {
    if (this.#crowds.get(path) === crowd) this.#crowds.delete(path)
  }

  async #ask<Result>(
    path: string,
    crowd: Crowd,
    patience: Required<Patience>,
    call: () => Promise<Result>,
  ): Promise<Result> {
    if (!crowd.missing && !crowd.final) {
      try {
        return await call()
      } catch (failure) {
        this.#note(path, crowd, failure)
      }
    }
    return this.#turns.take(path, () => this.#askAgain(path, crowd, patience, call))
  }

  async #askAgain<Result>(
    path: string,
    crowd: Crowd,
    { signal, waiting }: Required<Patience>,
    call: () => Promise<Result>,
  ): Promise<Result> {
    for (;;) {
      if (crowd.final) throw crowd.final
      if (crowd.missing) {
        waiting?.()
        await this.#wait(Math.min(crowd.pauseMs, Math.max(this.#remainingMs(path), 1)), signal)
        crowd.pauseMs = Math.min(crowd.pauseMs * 2, longestPauseMs)
      }
      try {
        const result = await call()
        crowd.missing = undefined
        crowd.pauseMs = firstPauseMs
        return result
      } catch (failure) {
        this.#note(path, crowd, failure)
      }
    }
  }

  /** @throws the failure, unless it may pass; those who wait have it then, too */
  #note(path: string, crowd: Crowd, failure: unknown): void {
    // An answer from something on the way does not carry the cloud's own code.
    if (!isMissing(failure) || failure.cloudCode === undefined) throw failure
    crowd.missing = failure
    if (this.#remainingMs(path) > 0) return
    crowd.final = failure
    this.#dissolve(path, crowd)
    throw failure
  }

  /** It was registered just now. */
  registered(path: string): void {
    this.#missingSinceMs.delete(path)
  }

  /** What is left of its minute; it begins now where it was known until now. */
  #remainingMs(path: string): number {
    const nowMs = this.#clock.monotonicMs()
    const sinceMs = this.#missingSinceMs.get(path) ?? nowMs
    if (this.#missingSinceMs.size >= mostMissing) this.#missingSinceMs.clear()
    this.#missingSinceMs.set(path, sinceMs)
    return settleMs - (nowMs - sinceMs)
  }
}

function isMissing(failure: unknown): failure is ConnectorError {
  return (isRefusal(failure, 'NOT_FOUND') && failure.statusCode === 404) || isForeign(failure)
}
