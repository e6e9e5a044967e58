import type { Fields } from '../checked-input'
import { refuseInput } from './envelope'
import { type Query, textOf } from './query'
import type { SeriesValue } from './series-store'

/** The figure under its name, and the time it is for (UTC). */
export interface StatisticRow {
  [subFunc: string]: number | Record<string, number>
  btime: Record<string, number>
}

const figures: Record<string, (values: number[]) => number> = {
  count: (values) => values.length,
  min: (values) => values.reduce((low, value) => Math.min(low, value)),
  max: (values) => values.reduce((high, value) => Math.max(high, value)),
  sum,
  avg: (values) => sum(values) / values.length,
  range: (values) => figure('max', values) - figure('min', values),
  diff: (values) => figure('last', values) - figure('first', values),
  first: (values) => values[0] ?? Number.NaN,
  last: (values) => values.at(-1) ?? Number.NaN,
}

const units = ['hour', 'day', 'week', 'month', 'year']

/** One figure an hour, day, week, month or year; docs/protocol/thingplus.md §8.4. */
export function statistics(
  values: { timeMs: number; value: SeriesValue }[],
  statFunc: Query,
  range: Fields,
): { data: StatisticRow[]; _meta: Fields } {
  const subFunc = textOf(statFunc, 'subFunc') ?? 'avg'
  const timeUnit = textOf(statFunc, 'timeUnit') ?? 'day'
  if (textOf(statFunc, 'id') !== 'seriesStat') refuseInput('statFunc[id] must be seriesStat')
  if (!Object.hasOwn(figures, subFunc))
    refuseInput(`statFunc[subFunc] must be one of ${Object.keys(figures).join(', ')}`)
  if (!units.includes(timeUnit)) refuseInput(`statFunc[timeUnit] must be one of ${units.join(', ')}`)
  // Spelled so in the documents.
  const hours = Number(textOf(statFunc, 'timeInerval'))
  const hourStep = [2, 3, 4, 6, 8, 12].includes(hours) ? hours : 1

  const groups = new Map<string, { btime: Record<string, number>; numbers: number[] }>()
  for (const { timeMs, value } of values) {
    const btime = baseTime(timeMs, timeUnit, hourStep)
    const key = Object.values(btime).join('-')
    const group = groups.get(key) ?? { btime, numbers: [] }
    group.numbers.push(Number(value))
    groups.set(key, group)
  }
  return {
    data: [...groups.values()].map(({ btime, numbers }) => ({ [subFunc]: figure(subFunc, numbers), btime })),
    _meta: { gmt: 0, timeUnit, stats: [subFunc], count: groups.size, ...range },
  }
}

function baseTime(timeMs: number, timeUnit: string, hourStep: number): Record<string, number> {
  const date = new Date(timeMs)
  if (timeUnit === 'week') date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7))
  const year = date.getUTCFullYear()
  if (timeUnit === 'year') return { year }
  const month = date.getUTCMonth() + 1
  if (timeUnit === 'month') return { year, month }
  const day = date.getUTCDate()
  if (timeUnit !== 'hour') return { year, month, day }
  return { year, month, day, hour: Math.floor(date.getUTCHours() / hourStep) * hourStep }
}

function figure(name: string, values: number[]): number {
  return figures[name]?.(values) ?? Number.NaN
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
