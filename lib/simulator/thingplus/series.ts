import { isFields } from '../checked-input'
import type { SimulatedReply } from '../cloud'
import { findSensor, leafId } from './access'
import { newValues } from './bodies'
import { checked, ok, refuseInput } from './envelope'
import { type Call, type Route, route } from './router'
import { readGateways } from './scopes'
import { codesOf, sensorTypes } from './sensor-types'
import { readSeries, seriesLeaf } from './series-read'
import type { SeriesValue } from './series-store'
import { sensorView } from './views'
import { newSeries, type Sensor, type World } from './world'

interface NewValue {
  value: SeriesValue
  /** Unix milliseconds. */
  time: number
}

/**
 * Values of a sensor. A write is checked in this order: access, schema, a time in the past. The first write ever
 * answers the sensor, later ones the series, with `seriesPack` when a list was sent.
 * Source: docs/protocol/thingplus.md §3.4, §7.3, §7.5, §7.6, §8.2.
 */
export function seriesRoutes(world: World): Route[] {
  const schema = newValues(world.options.dialect)
  const sensorOf = (call: Call) => findSensor(world, call, call.path['gateway'] ?? '', call.path['sensor'] ?? '')
  const path = '/gateways/:gateway/sensors/:sensor/series'
  return [
    route('GET', path, readGateways, (call) => read(world, sensorOf(call), call)),
    route('PUT', path, world.options.writeScopes, (call) => {
      const sensor = sensorOf(call)
      checked(call.body, schema)
      return write(world, sensor, call.body as NewValue | NewValue[], call.nowMs)
    }),
  ]
}

function read(world: World, sensor: Sensor, { query, nowMs }: Call): SimulatedReply {
  const { series } = sensor
  // How a sensor without any value answers is not documented.
  if (!series)
    return ok(world.options.seriesShape === 'parent' ? sensorView(sensor) : { data: [], _meta: { count: 0 } })
  const range = readSeries(sensor, series, query, nowMs)
  const leaf = seriesLeaf(sensor, series)
  if (world.options.seriesShape === 'parent') return ok({ ...sensorView(sensor), series: { ...leaf, ...range } })
  const { type, time, value, mtime, ctime } = leaf
  const newest = { data: [series.values.latest, series.values.latestMs], _meta: { count: 1 } }
  return ok({ latest: { type, time, value, mtime, ctime }, ...(range ?? newest) })
}

function write(world: World, sensor: Sensor, body: NewValue | NewValue[], nowMs: number): SimulatedReply {
  const values = Array.isArray(body) ? body : [body]
  if (world.options.checkValueKind) for (const { value } of values) checkKind(sensor, value)
  const { kept, past } = sorted(world, sensor.series?.values.latestMs ?? Number.NEGATIVE_INFINITY, values)
  const last = kept.at(-1)
  if (last) {
    const isFirst = sensor.series === undefined
    const series = sensor.series ?? newSeries(world, leafId('series', 'sensor'), nowMs)
    for (const { time, value } of kept) series.values.append(time, value)
    series.mtimeMs = nowMs
    sensor.series = series
    world.valuesAccepted += kept.length
    world.recent.touch(sensor)
    if (isFirst) sensor.mtimeMs = nowMs
    if (past === undefined || world.options.pastInList === 'skip') {
      return ok(
        isFirst
          ? sensorView(sensor)
          : { ...seriesLeaf(sensor, series), ...(Array.isArray(body) && { seriesPack: kept }) },
      )
    }
  }
  return refuseInput(`time ${past?.time} is in the past of the sensor`)
}

/** What of a write is stored, by the option `pastInList`, and its first value in the past. */
function sorted(world: World, latestMs: number, values: NewValue[]): { kept: NewValue[]; past?: NewValue } {
  const { equalTimes, pastInList } = world.options
  const kept: NewValue[] = []
  let past: NewValue | undefined
  let newestMs = latestMs
  for (const value of values) {
    if (value.time > newestMs || (value.time === newestMs && equalTimes === 'accept')) {
      kept.push(value)
      newestMs = value.time
    } else {
      past ??= value
      if (pastInList !== 'skip') break
    }
  }
  return past && pastInList === 'atomic' ? { kept: [], past } : { kept, past }
}

function checkKind(sensor: Sensor, value: SeriesValue): void {
  const type = sensorTypes.find((known) => known.type === sensor.fields['type'])
  const fits = {
    object: isFields(value),
    string: typeof value === 'string',
    number: typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)),
    boolean: type !== undefined && codesOf(type).some((code) => code.value === value),
  }
  if (type?.kind && !fits[type.kind]) refuseInput(`the value does not fit a sensor of type ${type.type}`)
}
