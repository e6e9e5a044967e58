import { type Id, idOf, idText } from '../message'
import { withDistinctTimes } from './arrival-times'
import type { SeriesContext } from './context'
import { type DeferredValue, deferValues, deliverValues } from './deferred'
import { naming } from './given-ids'
import { type SeriesReceipt, sendValues } from './series'
import type { SeriesEntry, SeriesReading } from './values'

/** Writes values of sensors, now or later: a client, or what stands in for it. */
export type ValueWriter = Pick<SeriesWriter, 'sendValues' | 'deferValues' | 'deliverValues'>

/** Writes values of sensors with what a client has, or with what stands in for that. */
export class SeriesWriter {
  readonly #context: SeriesContext

  constructor(context: SeriesContext) {
    this.#context = context
  }

  /** See `ThingPlus.sendValues`. */
  async sendValues(
    gatewayId: Id,
    values: Readonly<Record<string, unknown>>,
    reading: Partial<SeriesReading> = {},
    signal?: AbortSignal,
    waiting?: () => void,
  ): Promise<SeriesReceipt[]> {
    return sendValues(this.#context, idOf(gatewayId, 'gatewayId'), values, reading, { signal, waiting })
  }

  /** The values of a message as they can be kept without asking the cloud: see the function `deferValues`. */
  deferValues(gatewayId: Id, values: Readonly<Record<string, unknown>>, reading: SeriesReading): DeferredValue[] {
    const gateway = idText(idOf(gatewayId, 'gatewayId'))
    return deferValues(gateway, values, withDistinctTimes(this.#context.arrivals, gateway, reading))
  }

  /** Sends values of one sensor that were kept for later, in one request. */
  deliverValues(gatewayId: Id, sensorId: Id, entries: readonly SeriesEntry[], signal?: AbortSignal): Promise<void> {
    return naming({ gatewayId, sensorId }, (given) =>
      deliverValues(this.#context, given.gatewayId, given.sensorId, entries, signal),
    )
  }
}
