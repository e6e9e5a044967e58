import type { Api, ApiCall } from './api-call'
import { aggregated, type Logic, logicsOf } from './tsdb-aggregates'
import { itemsOf, plain, type Sample } from './tsdb-items'
import { type Bounds, countOf, devicesOf, isAsked, limitSelection, listOf, rangeOf, wrong } from './tsdb-request'

const mostSeries = 3_000
const mostStates = 10
const mostRows = 640_000
/** How far back a state is looked for that holds at the start of a range. */
const stateAgeMs = 30 * 86_400_000

/**
 * The time series service v2.1, of what the devices posted here, whatever the signal type of a point.
 * Source: docs/protocol/enos.md §11.
 */
export const tsdbApis: Record<string, Api> = {
  'POST /tsdb-service/v2.1/latest': (call) => {
    const { devices, pointIds } = selection(call, mostSeries)
    const { timeWindow, ifWithLocalTime } = call.body
    const sinceMs = timeWindow === undefined ? -Infinity : call.nowMs - countOf(timeWindow, 'timeWindow', 0) * 60_000
    const samples = devices.flatMap((device) =>
      pointIds.flatMap((pointId) => {
        const latest = device.log.latest.get(pointId)
        return latest && latest.timeMs >= sinceMs ? [{ device, pointId, ...latest }] : []
      }),
    )
    return { data: { items: itemsOf(samples, call.body, isAsked(ifWithLocalTime)) } }
  },
  'POST /tsdb-service/v2.1/raw': (call) => {
    const { orderBy = 'timestamp asc' } = call.body
    if (orderBy !== 'timestamp asc' && orderBy !== 'timestamp desc') {
      throw wrong('orderBy is timestamp asc or timestamp desc')
    }
    return history(call, orderBy === 'timestamp desc')
  },
  'POST /tsdb-service/v2.1/ai': (call) => history(call, false),
  'POST /tsdb-service/v2.1/generic': (call) => history(call, false),
  'POST /tsdb-service/v2.1/ai-normalized': normalized,
  'POST /tsdb-service/v2.1/di': (call) => {
    const { devices, pointIds } = selection(call, mostStates)
    const samples = perSeries(call, devices, pointIds, (device, pointId, range) =>
      changesOf(device, pointId, range, call.options.seriesEndIncluded),
    )
    return { data: { items: itemsOf(samples, call.body, true) } }
  },
}

function selection(call: ApiCall, most: number) {
  const pointIds = listOf(call.body, 'pointIds')
  const devices = devicesOf(call)
  limitSelection(devices.length * pointIds.length, most)
  return { devices, pointIds }
}

function pageSizeOf({ body }: ApiCall, series: number): number {
  const pageSize = countOf(body.pageSize ?? 1000, 'pageSize', 1)
  if (series * pageSize > mostRows) throw wrong(`assets x points x pageSize is more than ${mostRows}`)
  return pageSize
}

function perSeries(
  { body }: ApiCall,
  devices: Sample['device'][],
  pointIds: string[],
  read: (device: Sample['device'], pointId: string, range: Bounds) => Sample[],
): Sample[] {
  return devices.flatMap((device) => {
    const range = rangeOf(body, device)
    return pointIds.flatMap((pointId) => read(device, pointId, range))
  })
}

function history(call: ApiCall, isDescending: boolean) {
  const { devices, pointIds } = selection(call, mostSeries)
  const pageSize = pageSizeOf(call, devices.length * pointIds.length)
  const samples = perSeries(call, devices, pointIds, (device, pointId, range) => {
    const rows = rowsOf(device, pointId, range, call.options.seriesEndIncluded)
    return (isDescending ? rows.reverse() : rows).slice(0, pageSize)
  })
  return { data: { items: itemsOf(samples, call.body, true) } }
}

/** The end is excluded, as documented for this one. Intervals begin at the start of the range, which is documented nowhere. */
function normalized(call: ApiCall) {
  const { body, options } = call
  const logics = logicsOf(body)
  const devices = devicesOf(call)
  limitSelection(devices.length * logics.length, mostSeries)
  const pageSize = pageSizeOf(call, devices.length * logics.length)
  const intervalMs = countOf(body.interval, 'interval', 0, 1_440) * 60_000
  const samples = devices.flatMap((device) => {
    const range = rangeOf(body, device)
    return logics.flatMap((logic: Logic) => {
      const rows = rowsOf(device, logic.pointId, range, false)
      return (intervalMs === 0 ? rows : aggregated(rows, logic, range, intervalMs, options.intervalStamp)).slice(
        0,
        pageSize,
      )
    })
  })
  return { data: { items: itemsOf(samples, body, true) } }
}

/** Oldest first. */
function rowsOf(device: Sample['device'], pointId: string, { fromMs, toMs }: Bounds, withEnd: boolean): Sample[] {
  return device.log
    .entries(Infinity)
    .filter(({ timeMs, values }) => {
      const isBeforeEnd = withEnd ? timeMs <= toMs : timeMs < toMs
      return timeMs >= fromMs && isBeforeEnd && Object.hasOwn(values, pointId)
    })
    .map(({ timeMs, values }) => ({ device, pointId, timeMs, value: values[pointId] }))
    .sort((one, other) => one.timeMs - other.timeMs)
}

/** The rows that differ from the one before; the state before the start, with the time of the start, where there is none at it. */
function changesOf(device: Sample['device'], pointId: string, range: Bounds, withEnd: boolean): Sample[] {
  const rows = rowsOf(device, pointId, range, withEnd)
  const before = { fromMs: range.fromMs - stateAgeMs, toMs: range.fromMs }
  const state = rowsOf(device, pointId, before, false).at(-1)
  const isAtStart = rows[0]?.timeMs === range.fromMs
  const all = state && !isAtStart ? [{ ...state, timeMs: range.fromMs }, ...rows] : rows
  return all.filter((row, index) => {
    const last = all[index - 1]
    return !last || plain(row).value !== plain(last).value
  })
}
