import { sendableId, ValueReport } from '../message'
import { apiPath } from './path'
import type { SeriesEntry } from './values'

/** Where the values of a sensor are written. It is built in one way, sent now or later: what the outbox keeps can be sent. */
export function seriesPath(gatewayId: string, sensorId: string): string {
  return apiPath`/gateways/${gatewayId}/sensors/${sensorId}/series`
}

export function seriesBody(entries: readonly SeriesEntry[]): SeriesEntry | readonly SeriesEntry[] {
  const [first] = entries
  return first && entries.length === 1 ? first : entries
}

/**
 * The inputs of sensors by ids that can be sent, without blanks around them.
 * @param inputs sensor id → what to send
 * @throws ConnectorError `INPUT_INVALID` for a gateway id that cannot be sent, and for a sensor id unless it is left out
 */
export function sendableInputs(
  gatewayId: string,
  inputs: Readonly<Record<string, unknown>>,
  report = new ValueReport('refuse'),
): [sensorId: string, input: unknown][] {
  sendableId(gatewayId)
  return Object.entries(inputs).flatMap(([name, input]): [string, unknown][] => {
    const sensorId = name.trim()
    try {
      seriesPath(gatewayId, sensorId)
      return [[sensorId, input]]
    } catch (thrown) {
      report.rejectFor({ point: name }, thrown)
      return []
    }
  })
}
