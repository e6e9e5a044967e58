import type { Fields } from '../checked-input'
import { type Query, subQuery, texts } from './query'
import { readSeries, seriesLeaf } from './series-read'
import type { Device, Gateway, Sensor, Status, World } from './world'

/** The cloud shows times as numbers when it has just made an item, as texts ever after. */
export type Form = 'created' | 'read'

const times = ({ ctimeMs, mtimeMs }: { ctimeMs: number; mtimeMs: number }, form: Form): Fields =>
  form === 'created' ? { mtime: mtimeMs, ctime: ctimeMs } : { mtime: String(mtimeMs), ctime: String(ctimeMs) }

export function itemView(item: { id: string; fields: Fields; ctimeMs: number; mtimeMs: number }, form: Form): Fields {
  return { ...item.fields, ...times(item, form), id: item.id }
}

export function gatewayView(gateway: Gateway, form: Form = 'read'): Fields {
  const { id, fields, site, service, reportIntervalMs, devices, sensors, status } = gateway
  return {
    ...fields,
    _site: site,
    _service: service,
    reportInterval: String(reportIntervalMs),
    ...times(gateway, form),
    tree: id,
    ...(form === 'read' && { devices: [...devices], sensors: [...sensors] }),
    ...(status && { status: status.id }),
    id,
  }
}

export function deviceView(device: Device, form: Form = 'read'): Fields {
  return { ...device.fields, owner: device.owner, ...times(device, form), id: device.id }
}

export function sensorView(sensor: Sensor, form: Form = 'read'): Fields {
  const { id, fields, owner, status, series } = sensor
  return {
    ...fields,
    owner,
    ...times(sensor, form),
    ...(status && { status: status.id }),
    ...(series && { series: series.id }),
    id,
  }
}

/** The status as an item of its own; after its expiry with the value that the option `expiredStatus` names. */
export function statusLeaf(world: World, item: Gateway | Sensor, status: Status, nowMs: number): Fields {
  const { expiredStatus } = world.options
  const over = status.expireAtMs !== undefined && status.expireAtMs <= nowMs && expiredStatus !== 'as-sent'
  const isSensor = 'owner' in item
  return {
    type: 'status',
    value: over ? expiredStatus : status.value,
    ...(isSensor && { srcType: item.fields['type'], srcCategory: item.fields['category'] }),
    srcDbType: isSensor ? 'sensor' : 'gateway',
    time: String(status.timeMs),
    expireAt: String(status.expireAtMs ?? -1),
    vtime: String(status.vtimeMs),
    status: item.id,
    owner: isSensor ? item.owner : item.id,
    [isSensor ? 'sensor' : 'gateway']: item.id,
    mtime: String(status.timeMs),
    ctime: String(status.ctimeMs),
    id: status.id,
  }
}

/** The gateway with what `embed` asks for: `devices`, `sensors`, `status`. */
export function embeddedGateway(world: World, gateway: Gateway, query: Query, nowMs: number): Fields {
  const view = gatewayView(gateway)
  const wanted = texts(query, 'embed')
  if (wanted.includes('status') && gateway.status) view['status'] = statusLeaf(world, gateway, gateway.status, nowMs)
  if (wanted.includes('devices')) {
    view['devices'] = [...gateway.devices].flatMap((id) => {
      const device = world.devices.get(id)
      return device ? [deviceView(device)] : []
    })
  }
  if (wanted.includes('sensors')) {
    view['sensors'] = [...gateway.sensors].flatMap((id) => {
      const sensor = world.sensors.get(id)
      return sensor ? [embeddedSensor(world, sensor, subQuery(query, 'sensors'), nowMs)] : []
    })
  }
  return view
}

/** The sensor with what `embed` asks for: `status`, `series` (with the ranges of `series[…]`). */
export function embeddedSensor(world: World, sensor: Sensor, query: Query, nowMs: number): Fields {
  const view = sensorView(sensor)
  const wanted = texts(query, 'embed')
  if (wanted.includes('status') && sensor.status) view['status'] = statusLeaf(world, sensor, sensor.status, nowMs)
  if (wanted.includes('series') && sensor.series) {
    const range = readSeries(sensor, sensor.series, subQuery(query, 'series'), nowMs)
    view['series'] = { ...seriesLeaf(sensor, sensor.series), ...range }
  }
  return view
}
