import { ConnectorError, isArrivalTime, say } from '../../core'
import { type Arrival, Bundler } from '../record/bundle'
import { longestName } from '../record/record'

/** What comes in at once for one lane, bundled as it comes: a thousand texts apart would weigh more than their bundles. */
export class Arrivals {
  readonly #complete: Arrival[] = []
  #only: Arrival | undefined
  #bundler: Bundler | undefined

  /**
   * @param arrivedMs when they came, Unix ms: whatever is of this time was given it for want of its own
   * @param sinceMs the monotonic time, as soon after as is known; when they are taken in where it is left out
   */
  constructor(
    readonly arrivedMs: number,
    readonly sinceMs?: number,
  ) {}

  /**
   * @param listable whether its text may stand in a list with others, separated by commas
   * @throws {ConnectorError} INPUT_INVALID
   */
  add(stream: string, payload: Buffer | string, eventTimeMs: number, listable = false): void {
    checkName(stream)
    const isArrival = isArrivalTime(eventTimeMs, this.arrivedMs)
    if (this.#bundler && listable && typeof payload === 'string') {
      this.#bundler.put(stream, payload, eventTimeMs, isArrival)
      return
    }
    const arrival = { stream, payload, eventTimeMs, isArrival, listable, count: 1, parts: undefined }
    if (!this.#only) {
      this.#only = arrival
      return
    }
    this.#bundler ??= this.#bundle(this.#only)
    this.#bundler.add(arrival)
  }

  #bundle(first: Arrival): Bundler {
    const memory = new Memory()
    const bundler = new Bundler(this.arrivedMs, (complete) => {
      const { payload, count } = complete
      const isBundle = typeof payload === 'string' && count > 1
      this.#complete.push(isBundle ? { ...complete, payload: memory.write(payload) } : complete)
    })
    bundler.add(first)
    return bundler
  }

  /** All of them; nothing is added any more. */
  all(): readonly Arrival[] {
    if (!this.#bundler) return this.#only ? [this.#only] : []
    this.#bundler.end()
    return this.#complete
  }
}

const firstPieceBytes = 4 * 1024
const largestPieceBytes = 64 * 1024

/**
 * Holds texts as bytes, many in one piece of memory. They wait for the disk, and what waits as a string is copied by V8's
 * collector from place to place.
 */
class Memory {
  #piece = Buffer.alloc(0)
  #used = 0

  write(text: string): Buffer {
    const length = Buffer.byteLength(text)
    if (this.#used + length > this.#piece.length) {
      const usual = Math.min(largestPieceBytes, Math.max(firstPieceBytes, 2 * this.#piece.length))
      this.#piece = Buffer.allocUnsafeSlow(Math.max(usual, length))
      this.#used = 0
    }
    const start = this.#used
    this.#used += this.#piece.write(text, start)
    return this.#piece.subarray(start, this.#used)
  }
}

/** @throws {ConnectorError} INPUT_INVALID */
export function checkName(name: string): void {
  // In UTF-8 a name has three times the length at most.
  if (name.length > longestName / 3 && Buffer.byteLength(name) > longestName)
    throw new ConnectorError('INPUT_INVALID', say`The name of the device or sensor is too long for the outbox.`)
}
