import { isPlausible } from '../core'
import { idPath } from '../message'
import type { SeriesReading } from './values'

/** Further ahead of the clock than any burst can get: then the clock was set back. */
const mostAheadMs = 10 * 60_000
const mostSensors = 100_000

/**
 * The times of values that have none of their own: when they arrived, but each a millisecond later than the one before of the
 * same sensor, since the cloud may take none that is not newer than its latest.
 * Source: docs/protocol/thingplus.md §7.5; whether it takes equal times is unknown.
 */
export class ArrivalTimes {
  readonly #latest = new Map<string, number>()
  readonly #before: ArrivalTimes | undefined

  /** @param before goes on from its times, without a change to it */
  constructor(before?: ArrivalTimes) {
    this.#before = before
  }

  /**
   * @param sensor tells sensors apart
   * @param arrivalMs Unix milliseconds; of a clock that is not set it stays as it is, so that the outbox can set it right
   */
  next(sensor: string, arrivalMs: number): number {
    if (!isPlausible(arrivalMs)) return arrivalMs
    const latest = this.#latestOf(sensor) ?? Number.NEGATIVE_INFINITY
    const isNear = latest - arrivalMs < mostAheadMs
    const timeMs = isNear ? Math.max(arrivalMs, latest + 1) : arrivalMs
    if (this.#latest.size >= mostSensors) this.#latest.clear()
    this.#latest.set(sensor, timeMs)
    return timeMs
  }

  #latestOf(sensor: string): number | undefined {
    const own = this.#latest.get(sensor)
    return own === undefined && this.#before ? this.#before.#latestOf(sensor) : own
  }
}

/** Reads values so that those of one sensor that have no time of their own differ from message to message. */
export function withDistinctTimes(times: ArrivalTimes, gatewayId: string, reading: SeriesReading): SeriesReading {
  return { ...reading, nextArrivalMs: (sensorId) => times.next(idPath(gatewayId, sensorId), reading.arrivalMs) }
}
