import { ConnectorError, isJsonObject, type Json, say } from '../core'
import type { SeriesContext } from './context'
import { PerhapsNew } from './newcomers'
import { apiPath } from './path'
import { isRefusal } from './refusal'
import { readSeries } from './series-read'
import { sendableInputs, seriesBody, seriesPath } from './series-request'
import { lastOfEachTime, noSeriesValues, type SeriesEntry, type SeriesReading, seriesEntries } from './values'

/** Values of one sensor, as they wait to be sent later. */
export interface DeferredValue {
  sensorId: string
  entry: SeriesEntry
}

/**
 * The values of a message as they can be kept without asking the cloud: numbers and booleans as text, objects as they
 * are, unless it is known what the sensor takes. What does not fit the sensor type is refused when it is sent.
 * @param values sensor id → what to send, see `seriesEntries`
 * @throws ConnectorError `INPUT_*`, `INPUT_EMPTY` where no value is left
 */
export function deferValues(
  gatewayId: string,
  values: Readonly<Record<string, unknown>>,
  reading: SeriesReading,
): DeferredValue[] {
  const deferred: DeferredValue[] = []
  for (const [sensorId, input] of sendableInputs(gatewayId, values, reading.report)) {
    for (const entry of seriesEntries(input, reading.kindOf?.(sensorId), reading, sensorId)) {
      deferred.push({ sensorId, entry })
    }
  }
  if (deferred.length === 0) throw reading.report?.first ?? noSeriesValues()
  return deferred
}

/**
 * The cloud has a value of the sensor that is as new or newer, and accepts none before it: trying again will not change
 * that.
 */
export class RefusedAsPast extends ConnectorError {
  /** @param past the entries that were refused; the others of the request were accepted */
  constructor(
    failure: ConnectorError,
    readonly past: ReadonlySet<SeriesEntry>,
  ) {
    const text = say`The sensor already has a value of this time or later, and the cloud accepts none before it. ${failure.text}`
    super('VALIDATION_REFUSED', text, failure)
  }
}

/**
 * Sends values of one sensor that were kept, in one request, oldest first. Where the cloud refuses them as past, those
 * that it already has are left out: an earlier request took effect, and only its answer was lost. What is newer than all
 * that it has is sent again; of several values of one time it may take one only: that is the last.
 * @throws RefusedAsPast when all others were taken; PerhapsNew; ConnectorError as `ThingPlusClient.request`; a sensor that is
 *   missing on a gateway that is there is `VALIDATION_REFUSED` after a minute, because no waiting will bring it
 */
export async function deliverValues(
  context: SeriesContext,
  gatewayId: string,
  sensorId: string,
  entries: readonly SeriesEntry[],
  signal?: AbortSignal,
): Promise<void> {
  const sorted = entries.toSorted((one, other) => one.time - other.time)
  const path = seriesPath(gatewayId, sensorId)
  try {
    const request = { body: seriesBody(sorted), itemId: sensorId, signal }
    await context.newcomers.call(path, () => context.client.request('PUT', path, request))
  } catch (failure) {
    if (isRefusal(failure, 'NOT_FOUND') && !(failure instanceof PerhapsNew)) {
      await context.client.request('GET', apiPath`/gateways/${gatewayId}`, { signal })
      throw new ConnectorError('VALIDATION_REFUSED', failure.text, failure)
    }
    if (!isRefusal(failure, 'VALIDATION_REFUSED') || failure.cloudCode !== 'INVALID_INPUT') throw failure
    const { missing, latestMs } = await notYetStored(context, gatewayId, sensorId, sorted, signal)
    const newer = lastOfEachTime(missing).filter(({ time }) => time > latestMs)
    if (newer.length === sorted.length) throw failure
    const past = new Set(missing)
    for (const entry of newer) past.delete(entry)
    if (newer.length > 0)
      await deliverValues(context, gatewayId, sensorId, newer, signal).catch((again: unknown) => {
        if (!(again instanceof RefusedAsPast)) throw again
        for (const entry of again.past) past.add(entry)
      })
    if (past.size > 0) throw new RefusedAsPast(failure, past)
  }
}

async function notYetStored(
  context: SeriesContext,
  gatewayId: string,
  sensorId: string,
  sorted: readonly SeriesEntry[],
  signal: AbortSignal | undefined,
): Promise<{ missing: SeriesEntry[]; latestMs: number }> {
  const [first, last] = [sorted[0], sorted.at(-1)]
  if (!first || !last) return { missing: [], latestMs: Number.NEGATIVE_INFINITY }
  const range = { dataStart: first.time, dataEnd: last.time + 1, interval: '0', count: sorted.length * 2 }
  const { points, latest: told } = await readSeries(context, gatewayId, sensorId, range, signal)
  const { latest } = told ? { latest: told } : await readSeries(context, gatewayId, sensorId, {}, signal)
  const stored = new Set(points.map(({ timeMs, value }) => `${timeMs} ${valueText(value)}`))
  return {
    missing: sorted.filter(({ time, value }) => !stored.has(`${time} ${valueText(value)}`)),
    latestMs: Math.max(latest?.timeMs ?? Number.NEGATIVE_INFINITY, ...points.map(({ timeMs }) => timeMs)),
  }
}

/** The same for the same value, in whatever order the cloud gives the members back, and numbers as text. */
function valueText(value: Json): string {
  if (!isJsonObject(value)) return String(value)
  const members = Object.entries(value).map(([name, member]): [string, string] => [
    name,
    JSON.stringify(member ?? null),
  ])
  return JSON.stringify(members.toSorted(([one], [other]) => (one < other ? -1 : 1)))
}
