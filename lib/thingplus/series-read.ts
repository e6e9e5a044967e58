import { ConnectorError, isJsonObject, type Json, say, type Text } from '../core'
import { automaticTimes, TimeReader, type TimeSettings } from '../message'
import type { SeriesContext } from './context'
import { numberOf, objectOf } from './fields'
import { apiPath } from './path'
import type { BracketQuery } from './query'
import { isRefusal } from './refusal'

/** Which values of a series; without any of these the latest alone. */
export interface SeriesRange {
  /** First time, inclusive: milliseconds, ISO 8601 text or a Date, or as `times` says. */
  dataStart?: number | string | Date | undefined
  /** Last time, exclusive; now when left out. */
  dataEnd?: number | string | Date | undefined
  /** `0` for the values as they came; `1m` (when left out), `15m`, `1h`, `6h`, `1d` for one value per interval. */
  interval?: string | undefined
  /** How many at most, with interval `0` only; up to 10,080. */
  count?: number | undefined
  /** How the times are written. They may lie ahead. */
  times?: TimeSettings | undefined
}

export interface SeriesPoint {
  timeMs: number
  /** As the cloud keeps it: text, also of numbers, or an object. */
  value: Json
}

export interface Series {
  /** Oldest first, as the cloud sends them. */
  points: SeriesPoint[]
  latest?: SeriesPoint
}

/**
 * The values of a sensor; none is an empty list, not an error.
 * @throws ConnectorError `INPUT_TIME_INVALID`, and what `ThingPlusClient.request` throws
 * Source: docs/protocol/thingplus.md §8.2, §8.4.
 */
export async function readSeries(
  { client, clock }: Pick<SeriesContext, 'client' | 'clock'>,
  gatewayId: string,
  sensorId: string,
  range: SeriesRange = {},
  signal?: AbortSignal,
): Promise<Series> {
  const path = apiPath`/gateways/${gatewayId}/sensors/${sensorId}/series`
  try {
    return seriesOf((await client.request('GET', path, { query: rangeQuery(range, clock.wallMs()), signal })).data)
  } catch (failure) {
    if (isRefusal(failure, 'NOT_FOUND') && failure.cloudCode === 'QUERY_RESULT_EMPTY') return { points: [] }
    throw failure
  }
}

function rangeQuery(
  { dataStart, dataEnd, interval, count, times = automaticTimes }: SeriesRange,
  nowMs: number,
): BracketQuery {
  const reader = new TimeReader({ ...times, aheadMs: Number.POSITIVE_INFINITY }, nowMs)
  const isoOf = (time: number | string | Date | undefined, what: Text) =>
    time === undefined ? undefined : new Date(reader.timeMs(time, what)).toISOString()
  return { dataStart: isoOf(dataStart, say`the start`), dataEnd: isoOf(dataEnd, say`the end`), interval, count }
}

/**
 * Reads every shape a series comes in: `{ latest, data }`, the leaf, the sensor that holds the leaf, a bare list; and
 * the sensor that holds a mere leaf id, which is an empty series as far as it tells.
 */
export function seriesOf(data: Json | undefined): Series {
  const fields = objectOf(data)
  const leaf = isJsonObject(fields['series']) ? fields['series'] : fields
  const latest = pointOf(objectOf(fields['latest'])) ?? pointOf(leaf)
  const list = [data, leaf['data'], leaf['seriesPack']].find((candidate) => Array.isArray(candidate))
  const points = Array.isArray(list) ? pointsOf(list) : latest ? [latest] : []
  return latest ? { points, latest } : { points }
}

function pointOf(fields: { readonly [key: string]: Json | undefined }): SeriesPoint | undefined {
  const timeMs = numberOf(fields['time'])
  const value = fields['value']
  return timeMs === undefined || value === undefined ? undefined : { timeMs, value }
}

/** A list of `{ value, time }`, or the flat list value, time, value, time … (the value first, unlike MQTT). */
function pointsOf(list: readonly Json[]): SeriesPoint[] {
  if (list.length && list.every((element) => isJsonObject(element) && pointOf(element))) {
    return list.flatMap((element) => pointOf(objectOf(element)) ?? [])
  }
  const points = list.flatMap((value, index) => {
    const timeMs = numberOf(list[index + 1])
    return index % 2 === 0 && timeMs !== undefined ? [{ timeMs, value }] : []
  })
  if (points.length * 2 !== list.length) {
    throw new ConnectorError(
      'RESPONSE_UNREADABLE',
      say`The series is neither a list of values and times nor a list of entries.`,
    )
  }
  return points
}
