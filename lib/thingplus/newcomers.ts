import { type Clock, ConnectorError } from '../http'
import { isForeign, isRefusal } from './look-up'

/** So long the cloud may not know what was just registered. Source: docs/protocol/thingplus.md §6.5. */
const settleMs = 60_000
const mostMissing = 20_000

/** The cloud does not know the gateway or sensor; but it may have been registered less than a minute ago, by whomever. */
export class PerhapsNew extends ConnectorError {
  /** The same, in other words. */
  told({ code, text }: ConnectorError): PerhapsNew {
    return new PerhapsNew(code, text, this)
  }
}

/** Since when the cloud has not known what is sent to. */
export class Newcomers {
  readonly #clock: Clock
  readonly #missingSinceMs = new Map<string, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * Calls, and tells the failure of an item that is not known for less than a minute from any other.
   * @param path of the item
   * @throws PerhapsNew; what the call throws
   */
  async call<Result>(path: string, call: () => Promise<Result>): Promise<Result> {
    try {
      const result = await call()
      this.#missingSinceMs.delete(path)
      return result
    } catch (failure) {
      const isMissing = (isRefusal(failure, 'NOT_FOUND') && failure.statusCode === 404) || isForeign(failure)
      throw isMissing && this.#isYoung(path) ? new PerhapsNew(failure.code, failure.text, failure) : failure
    }
  }

  /** It was registered just now. */
  registered(path: string): void {
    this.#missingSinceMs.delete(path)
  }

  #isYoung(path: string): boolean {
    const nowMs = this.#clock.monotonicMs()
    const sinceMs = this.#missingSinceMs.get(path) ?? nowMs
    if (this.#missingSinceMs.size >= mostMissing) this.#missingSinceMs.clear()
    this.#missingSinceMs.set(path, sinceMs)
    return nowMs - sinceMs < settleMs
  }
}
