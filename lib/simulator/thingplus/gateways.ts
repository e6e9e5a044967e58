import type { Fields } from '../checked-input'
import { findDevice, findGateway, findSensor } from './access'
import { changedDevice, changedGateway, changedSensor, newDevice, newSensor } from './bodies'
import { checked, created, noContent, ok } from './envelope'
import { listReply, onlyFields } from './query'
import { createDevice, createSensor } from './registration'
import { type Call, type Route, route } from './router'
import { readGateways, updateGateways, writeGateways } from './scopes'
import { deviceView, embeddedGateway, embeddedSensor, gatewayView, sensorView } from './views'
import type { Device, Gateway, Sensor, World } from './world'

/**
 * Gateways with their devices and sensors: list, read, change, delete, and add below one.
 * Source: docs/protocol/thingplus.md §6, §8.5.
 */
export function gatewayRoutes(world: World): Route[] {
  const gatewayOf = (call: Call) => findGateway(world, call, call.path['gateway'] ?? '')
  const deviceOf = (call: Call) => findDevice(world, call, call.path['gateway'] ?? '', call.path['device'] ?? '')
  const sensorOf = (call: Call) => findSensor(world, call, call.path['gateway'] ?? '', call.path['sensor'] ?? '')
  const gateway = '/gateways/:gateway'
  const devices = `${gateway}/devices`
  const device = `${devices}/:device`
  const sensors = `${gateway}/sensors`
  const sensor = `${sensors}/:sensor`

  return [
    route('GET', '/gateways', readGateways, ({ user, query, nowMs }) =>
      listReply(
        [...world.gateways.values()].filter(({ service }) => service === user.service),
        query,
        (one) => embeddedGateway(world, one, query, nowMs),
      ),
    ),
    route('GET', gateway, readGateways, (call) =>
      ok(onlyFields(embeddedGateway(world, gatewayOf(call), call.query, call.nowMs), call.query)),
    ),
    route('PUT', gateway, updateGateways, (call) => {
      const item = gatewayOf(call)
      const body = checked(call.body, changedGateway)
      changeGateway(item, body, call.nowMs)
      const { reportInterval } = body
      return ok({ ...gatewayView(item), ...(typeof reportInterval === 'number' && { reportInterval }) })
    }),
    route('DELETE', gateway, writeGateways, (call) => {
      deleteGateway(world, gatewayOf(call))
      return noContent()
    }),

    route('GET', devices, readGateways, (call) =>
      listReply(present(gatewayOf(call).devices, world.devices), call.query, (one) => deviceView(one)),
    ),
    route('POST', devices, writeGateways, (call) => {
      const owner = gatewayOf(call)
      return created(deviceView(createDevice(world, call, owner, checked(call.body, newDevice)), 'created'))
    }),
    route('GET', device, readGateways, (call) => ok(onlyFields(deviceView(deviceOf(call)), call.query))),
    route('PUT', device, updateGateways, (call) => {
      const item = deviceOf(call)
      changeFields(item, checked(call.body, changedDevice), ['name', 'model', 'address'], call.nowMs)
      return ok(deviceView(item))
    }),
    route('DELETE', device, writeGateways, (call) => {
      const item = deviceOf(call)
      world.devices.delete(item.id)
      world.gateways.get(item.owner)?.devices.delete(item.id)
      return noContent()
    }),

    route('GET', sensors, readGateways, (call) =>
      listReply(present(gatewayOf(call).sensors, world.sensors), call.query, (one) =>
        embeddedSensor(world, one, call.query, call.nowMs),
      ),
    ),
    route('POST', sensors, writeGateways, (call) => {
      const owner = gatewayOf(call)
      return created(sensorView(createSensor(world, call, owner, checked(call.body, newSensor)), 'created'))
    }),
    route('GET', sensor, readGateways, (call) =>
      ok(onlyFields(embeddedSensor(world, sensorOf(call), call.query, call.nowMs), call.query)),
    ),
    route('PUT', sensor, updateGateways, (call) => {
      const item = sensorOf(call)
      const { id, owner, ctime, mtime, status, series, ...changes } = checked(call.body, changedSensor)
      changeFields(item, changes, Object.keys(changes), call.nowMs)
      return ok(sensorView(item))
    }),
    route('DELETE', sensor, writeGateways, (call) => {
      const item = sensorOf(call)
      world.sensors.delete(item.id)
      world.gateways.get(item.owner)?.sensors.delete(item.id)
      return noContent()
    }),
  ]
}

const changeable = [
  'name',
  'desc',
  'mobile',
  'location',
  'autoCreateDiscoverable',
  'delegate',
  'delegateInfo',
  'customFields',
  'deviceModels',
]

function changeGateway(gateway: Gateway, body: Fields, nowMs: number): void {
  changeFields(gateway, body, changeable, nowMs)
  if (body['reportInterval'] !== undefined) gateway.reportIntervalMs = Number(body['reportInterval'])
}

function changeFields(item: Gateway | Device | Sensor, body: Fields, keys: readonly string[], nowMs: number): void {
  for (const key of keys) if (Object.hasOwn(body, key)) item.fields[key] = body[key]
  item.mtimeMs = nowMs
}

function deleteGateway(world: World, gateway: Gateway): void {
  for (const id of gateway.devices) world.devices.delete(id)
  for (const id of gateway.sensors) world.sensors.delete(id)
  world.gateways.delete(gateway.id)
}

function present<T>(ids: Set<string>, items: Map<string, T>): T[] {
  return [...ids].flatMap((id) => items.get(id) ?? [])
}
