import type { Fields } from '../checked-input'
import type { EnosOptions } from './options'
import { plain, type Sample } from './tsdb-items'
import { type Bounds, listOf, wrong } from './tsdb-request'

/** A function of a point, as `ai-normalized` names it: `sum(temp)`. */
export interface Logic {
  name: string
  pointId: string
  reduce: (values: number[]) => number
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)

const reductions: Readonly<Record<string, (values: number[]) => number>> = {
  count: (values) => values.length,
  avg: (values) => sum(values) / values.length,
  sum,
  max: (values) => values.reduce((one, other) => Math.max(one, other)),
  min: (values) => values.reduce((one, other) => Math.min(one, other)),
  first: (values) => values[0] as number,
  last: (values) => values.at(-1) as number,
}

/** `pointIdsWithLogic`: comma text of functions of points. */
export function logicsOf(body: Fields): Logic[] {
  return listOf(body, 'pointIdsWithLogic').map((name) => {
    const [, logic = '', pointId = ''] = /^([a-z]{1,5})\(([^()]+)\)$/.exec(name) ?? []
    const reduce = Object.hasOwn(reductions, logic) ? reductions[logic] : undefined
    if (!reduce) throw wrong(`pointIdsWithLogic: ${name} is none of ${Object.keys(reductions).join(', ')} of a point`)
    return { name, pointId, reduce }
  })
}

/** A row for each interval that holds numbers, under the function's name. `rows` are oldest first. */
export function aggregated(
  rows: Sample[],
  { name, reduce }: Logic,
  { fromMs }: Bounds,
  intervalMs: number,
  stamp: EnosOptions['intervalStamp'],
): Sample[] {
  const intervals = new Map<number, Sample[]>()
  for (const { value: given, ...row } of rows) {
    const { value } = plain({ value: given })
    if (typeof value !== 'number') continue
    const startMs = fromMs + Math.floor((row.timeMs - fromMs) / intervalMs) * intervalMs
    const known = intervals.get(startMs)
    if (known) known.push({ ...row, value })
    else intervals.set(startMs, [{ ...row, value }])
  }
  return [...intervals].flatMap(([startMs, [first, ...others]]) => {
    if (!first) return []
    const value = reduce([first, ...others].map((row) => row.value as number))
    return [{ ...first, pointId: name, timeMs: stamp === 'end' ? startMs + intervalMs : startMs, value }]
  })
}
