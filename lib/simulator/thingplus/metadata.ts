import type { Fields } from '../checked-input'
import { ok, refuseUnknown } from './envelope'
import { type GatewayModel, gatewayModels, gatewayModelView } from './gateway-models'
import { listReply } from './query'
import { type OpenCall, openRoute, type Route, route } from './router'
import { codesOf, type SensorType, sensorTypes } from './sensor-types'
import type { World } from './world'

interface Entry {
  id: string
  ctimeMs: number
  view: Fields
}

/**
 * What the platform offers: gatewayModels, sensorTypes, sensorDrivers, each as a list and one by one. Open to
 * everybody, or (option `openMetadata: false`) to everybody logged in; docs/protocol/thingplus.md §5.2, §5.4.
 */
export function metadataRoutes({ startedMs, options }: World): Route[] {
  const ctimeMs = startedMs
  const models = [...gatewayModels.values()]
  return [
    ...listed(
      'gatewayModels',
      models.map((model) => ({ id: model.id, ctimeMs, view: gatewayModelView(model, ctimeMs) })),
    ),
    ...listed(
      'sensorTypes',
      sensorTypes.map((type) => ({ id: type.type, ctimeMs, view: typeView(type, ctimeMs) })),
    ),
    ...listed('sensorDrivers', driversOf(models, ctimeMs)),
  ]

  function listed(name: string, entries: Entry[]): Route[] {
    const byId = new Map(entries.map((entry) => [entry.id, entry]))
    const list = ({ query }: OpenCall) => listReply(entries, query, ({ view }) => view)
    const one = ({ path }: OpenCall) => {
      const id = path['id'] ?? ''
      return ok((byId.get(id) ?? refuseUnknown(`${name} ${id}`)).view)
    }
    const paths = [[`/${name}`, list] as const, [`/${name}/:id`, one] as const]
    return paths.map(([path, run]) =>
      options.openMetadata ? openRoute('GET', path, run) : route('GET', path, 'login', run),
    )
  }
}

function typeView(type: SensorType, timeMs: number): Fields {
  const { kind = 'number', unit, chart = 'series', decimals, min, max, codes, keys } = type
  return {
    ...(decimals !== undefined && { decimalPlace: String(decimals) }),
    ...(unit !== undefined && { unit }),
    ...((min !== undefined || max !== undefined) && { range: { min, max } }),
    ...(codes && {
      values: codesOf(type).map(({ value }) => value),
      displayValues: codesOf(type).map(({ meaning }) => meaning),
    }),
    ...(keys && {
      contentType: {
        type: 'object',
        properties: Object.fromEntries(keys.map((key) => [key, {}])),
        display: [...keys],
      },
    }),
    chart: {
      drawable: kind === 'number' || kind === 'boolean',
      dataType: chart,
      ...(kind !== 'number' && { intervalFunc: 'last' }),
    },
    stats: { funcs: kind === 'number' ? ['avg'] : ['count'] },
    type: kind,
    category: 'sensor',
    mtime: String(timeMs),
    ctime: String(timeMs),
    id: type.type,
  }
}

function driversOf(models: GatewayModel[], ctimeMs: number): Entry[] {
  const sensors = models.flatMap((model) => model.deviceModels.flatMap((device) => device.sensors))
  return [...new Set(sensors.map(({ driverName }) => driverName))].map((id) => {
    const own = sensors.filter(({ driverName }) => driverName === id)
    const events = own.filter(({ type }) => sensorTypes.find((known) => known.type === type)?.chart === 'event')
    const view = {
      driverName: id,
      displayName: id,
      category: 'sensor',
      models: own.map(({ model }) => model),
      supportedNetworks: ['daliworks'],
      dataTypes: Object.fromEntries(own.map(({ model, type }) => [model, [type]])),
      onChange: Object.fromEntries(events.map(({ model }) => [model, true])),
      idTemplate: '{type}-{gatewayId}-{sequence}',
      discoverable: 'true',
      addressable: 'false',
      mtime: String(ctimeMs),
      ctime: String(ctimeMs),
      id,
    }
    return { id, ctimeMs, view }
  })
}
