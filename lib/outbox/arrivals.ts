import { ConnectorError } from '../http'
import { say } from '../text'
import { type Arrival, Bundler } from './bundle'
import { longestName, nameBytes } from './record'

/** What comes in at once for one lane, bundled as it comes: a thousand texts apart would weigh more than their bundles. */
export class Arrivals {
  private readonly complete: Arrival[] = []
  private only: Arrival | undefined
  private bundler: Bundler | undefined

  /** @param nowMs wall clock, Unix ms */
  constructor(private readonly nowMs: number) {}

  /**
   * @param listable whether its text may stand in a list with others, separated by commas
   * @throws {ConnectorError} INPUT_INVALID
   */
  add(stream: string, payload: Buffer | string, eventTimeMs: number, listable = false): void {
    checkName(stream)
    if (this.bundler && listable && typeof payload === 'string') {
      this.bundler.put(stream, payload, eventTimeMs)
      return
    }
    const arrival = { stream, payload, eventTimeMs, listable, count: 1, parts: undefined }
    if (!this.only) {
      this.only = arrival
      return
    }
    if (!this.bundler) {
      this.bundler = new Bundler(this.nowMs, (complete) => this.complete.push(complete))
      this.bundler.add(this.only)
    }
    this.bundler.add(arrival)
  }

  /** All of them; nothing is added any more. */
  all(): readonly Arrival[] {
    if (!this.bundler) return this.only ? [this.only] : []
    this.bundler.end()
    return this.complete
  }
}

/** @throws {ConnectorError} INPUT_INVALID */
export function checkName(name: string): void {
  // In UTF-8 a name has three times the length at most.
  if (name.length > longestName / 3 && nameBytes(name) > longestName)
    throw new ConnectorError('INPUT_INVALID', say`The name of the device or sensor is too long for the outbox.`)
}
