import type { SimulatedReply } from '../cloud'
import { findGateway, findSensor, leafId } from './access'
import { newStatus } from './bodies'
import { checked, ok } from './envelope'
import { type Call, type Route, route } from './router'
import { readGateways } from './scopes'
import { gatewayView, sensorView, statusLeaf } from './views'
import type { Gateway, Sensor, World } from './world'

/**
 * Status of a gateway or sensor. The first write ever answers the item itself with the id of its status, later ones
 * the status; a read always answers the item with the status in it.
 * Source: docs/protocol/thingplus.md §7.1, §7.6, §8.1.
 */
export function statusRoutes(world: World): Route[] {
  const schema = newStatus(world.options.dialect)
  const gatewayOf = (call: Call) => findGateway(world, call, call.path['gateway'] ?? '')
  const sensorOf = (call: Call) => findSensor(world, call, call.path['gateway'] ?? '', call.path['sensor'] ?? '')
  const gateway = '/gateways/:gateway/status'
  const sensor = '/gateways/:gateway/sensors/:sensor/status'
  const { writeScopes } = world.options

  return [
    route('GET', gateway, readGateways, (call) => read(call, gatewayOf(call))),
    route('PUT', gateway, writeScopes, (call) => write(call, gatewayOf(call))),
    route('GET', sensor, readGateways, (call) => read(call, sensorOf(call))),
    route('PUT', sensor, writeScopes, (call) => write(call, sensorOf(call))),
  ]

  function read({ nowMs }: Call, item: Gateway | Sensor): SimulatedReply {
    const { status } = item
    return ok({ ...itemView(item), ...(status && { status: statusLeaf(world, item, status, nowMs) }) })
  }

  function write({ body, nowMs }: Call, item: Gateway | Sensor): SimulatedReply {
    const { value, validDuration, timeout } = checked(body, schema)
    const before = item.status
    const status = {
      id: before?.id ?? leafId('status', 'owner' in item ? 'sensor' : 'gateway'),
      value: String(value),
      timeMs: nowMs,
      expireAtMs: nowMs + Number(validDuration ?? timeout) * 1000,
      vtimeMs: before && before.value === value ? before.vtimeMs : nowMs,
      ctimeMs: before?.ctimeMs ?? nowMs,
    }
    item.status = status
    if (before) return ok(statusLeaf(world, item, status, nowMs))
    item.mtimeMs = nowMs
    return ok(itemView(item))
  }
}

function itemView(item: Gateway | Sensor) {
  return 'owner' in item ? sensorView(item) : gatewayView(item)
}
