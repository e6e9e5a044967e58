import type { Fields } from '../checked-input'
import { refuseInput } from './envelope'
import { integerOf, type Query, subQuery, textOf, timeOf } from './query'
import { sensorTypes } from './sensor-types'
import { type StatisticRow, statistics } from './series-statistics'
import type { SeriesStore, SeriesValue } from './series-store'
import type { Sensor, Series } from './world'

type Row = SeriesValue | number
export interface SeriesRange {
  /** Value and time by turns, value first; rows with a base time for a statistic. */
  data: Row[] | StatisticRow[]
  _meta: Fields
}

const maxRaw = 10_080
const unitMs: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

/** The latest value as an item of its own. */
export function seriesLeaf(sensor: Sensor, series: Series): Fields {
  return {
    type: 'series',
    value: series.values.latest,
    time: String(series.values.latestMs),
    srcType: sensor.fields['type'],
    srcCategory: sensor.fields['category'],
    srcDbType: 'sensor',
    series: sensor.id,
    owner: sensor.owner,
    sensor: sensor.id,
    mtime: String(series.mtimeMs),
    ctime: String(series.ctimeMs),
    id: series.id,
  }
}

/**
 * The values that a query asks for, none when it asks for none: `dataStart` to `dataEnd` raw (`interval=0`) or in
 * steps (`interval`, 1m when left out, with `intervalFunc`), the newest `count` raw ones, or a statistic (`statFunc`).
 */
export function readSeries(sensor: Sensor, series: Series, query: Query, nowMs: number): SeriesRange | undefined {
  const startMs = timeOf(query, 'dataStart')
  const endMs = timeOf(query, 'dataEnd') ?? nowMs
  const interval = textOf(query, 'interval')
  const count = Math.min(integerOf(query, 'count') ?? maxRaw, maxRaw)
  if (startMs === undefined) {
    if (interval === '0') return rawRange(series.values.newest(count), {})
    return textOf(query, 'dataEnd') === undefined && interval === undefined
      ? undefined
      : refuseInput('dataStart is missing')
  }
  const range = { dataEnd: endMs, dataStart: startMs }
  const statFunc = subQuery(query, 'statFunc')
  if (textOf(statFunc, 'id') !== undefined) return statistics(series.values.range(startMs, endMs), statFunc, range)
  if (interval === '0') return rawRange(series.values.range(startMs, endMs).slice(0, count), range)
  return stepped(sensor, series.values, {
    startMs,
    endMs,
    interval: interval ?? '1m',
    func: textOf(query, 'intervalFunc'),
  })
}

function rawRange(values: { timeMs: number; value: SeriesValue }[], range: Fields): SeriesRange {
  return {
    data: values.flatMap(({ timeMs, value }): Row[] => [value, timeMs]),
    _meta: { count: values.length, ...range, interval: '0' },
  }
}

function stepped(
  sensor: Sensor,
  values: SeriesStore,
  { startMs, endMs, interval, func }: { startMs: number; endMs: number; interval: string; func: string | undefined },
): SeriesRange {
  const [, amount, unit] =
    /^([1-9]\d{0,4})([mhd])$/.exec(interval) ?? refuseInput('interval must be like 15m, 6h or 1d')
  const stepMs = Number(amount) * (unitMs[unit ?? ''] ?? 0)
  const kind = sensorTypes.find(({ type }) => type === sensor.fields['type'])?.kind ?? 'number'
  const stat = func ?? (kind === 'number' ? 'average' : 'last')
  if (!['average', 'sum', 'count', 'last'].includes(stat)) refuseInput('intervalFunc must be average, sum or count')

  const steps = new Map<number, SeriesValue[]>()
  for (const { timeMs, value } of values.range(startMs, endMs)) {
    const stepMsStart = Math.floor(timeMs / stepMs) * stepMs
    const step = steps.get(stepMsStart)
    if (step) step.push(value)
    else steps.set(stepMsStart, [value])
  }
  return {
    data: [...steps].flatMap(([timeMs, step]): Row[] => [combined(step, stat), timeMs]),
    _meta: { count: steps.size, dataEnd: endMs, dataStart: startMs, stat, interval },
  }
}

function combined(step: SeriesValue[], stat: string): Row {
  if (stat === 'count') return step.length
  if (stat === 'last') return step.at(-1) ?? ''
  const sum = step.reduce((total, value) => total + Number(value), 0)
  return stat === 'sum' ? sum : sum / step.length
}
