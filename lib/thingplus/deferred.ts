import { ConnectorError } from '../http'
import type { ThingPlusContext } from './context'
import { isRefusal } from './look-up'
import { apiPath } from './path'
import { type SeriesEntry, seriesEntries } from './values'

/** Values of one sensor, as they wait to be sent later. */
export interface DeferredValue {
  sensorId: string
  entry: SeriesEntry
}

/**
 * The values of a message as they can be kept without asking the cloud: numbers and booleans as text, objects as they
 * are. What does not fit the sensor type is refused when it is sent.
 * @param values sensor id → what to send, see `seriesEntries`
 * @throws ConnectorError `INPUT_*`
 */
export function deferValues(
  values: Readonly<Record<string, unknown>>,
  timeField: string | undefined,
  arrivalMs: number,
): DeferredValue[] {
  return Object.entries(values).flatMap(([sensorId, input]) =>
    seriesEntries(input, undefined, arrivalMs, timeField).map((entry) => ({ sensorId, entry })),
  )
}

/**
 * Sends values of one sensor that were kept, in one request, oldest first.
 * @throws ConnectorError as `ThingPlusClient.request`; a sensor that is missing on a gateway that is there is
 *   `VALIDATION_REFUSED`, because no waiting will bring it
 */
export async function deliverValues(
  { client }: ThingPlusContext,
  gatewayId: string,
  sensorId: string,
  entries: readonly SeriesEntry[],
  signal?: AbortSignal,
): Promise<void> {
  const body = entries.toSorted((one, other) => one.time - other.time)
  const path = apiPath`/gateways/${gatewayId}/sensors/${sensorId}/series`
  try {
    await client.request('PUT', path, { body: body.length === 1 ? body[0] : body, signal })
  } catch (failure) {
    if (!isRefusal(failure, 'NOT_FOUND')) throw failure
    await client.request('GET', apiPath`/gateways/${gatewayId}`, { signal })
    throw new ConnectorError('VALIDATION_REFUSED', failure.message, failure)
  }
}
