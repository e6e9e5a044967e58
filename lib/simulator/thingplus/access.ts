import { randomBytes } from 'node:crypto'
import { refuse, refuseForeign, refuseUnknown } from './envelope'
import { type Device, type Gateway, newSeries, type Sensor, type Site, type User, type World } from './world'

interface Caller {
  user: User
  nowMs: number
}

/*
 * The finders below check in the cloud's order (docs/protocol/thingplus.md §3.4): a foreign item is 403 before
 * anything under it is looked up, an unknown one is 404, and both come before the body is looked at.
 */

export function findSite(world: World, { user }: Caller, id: string): Site {
  const site = world.sites.get(id) ?? refuseUnknown(`site ${id}`)
  return site.service === user.service ? site : refuseForeign(`site ${id}`)
}

export function findGateway(world: World, { user, nowMs }: Caller, id: string): Gateway {
  const gateway = world.gateways.get(id) ?? refuseUnknown(`gateway ${id}`)
  if (gateway.service !== user.service) return refuseForeign(`gateway ${id}`)
  reportVirtual(world, gateway, 'gateway', nowMs)
  return gateway
}

export function findDevice(world: World, caller: Caller, owner: string, id: string): Device {
  findGateway(world, caller, owner)
  const device = world.devices.get(id) ?? refuseUnknown(`device ${id}`)
  if (serviceOf(world, device) !== caller.user.service) return refuseForeign(`device ${id}`)
  return device.owner === owner ? device : refuseUnknown(`device ${id} of gateway ${owner}`)
}

export function findSensor(world: World, caller: Caller, owner: string, id: string): Sensor {
  findGateway(world, caller, owner)
  const sensor = world.sensors.get(id) ?? refuseUnknown(`sensor ${id}`)
  if (serviceOf(world, sensor) !== caller.user.service) return refuseForeign(`sensor ${id}`)
  if (sensor.owner !== owner) return refuseUnknown(`sensor ${id} of gateway ${owner}`)
  if (caller.nowMs < sensor.usableMs) {
    const status = world.options.sensorDelayStatus
    return refuse(status, status === 404 ? 'NOT_FOUND' : 'ACCESSGROUP_DENY', `sensor ${id} is not ready yet`)
  }
  reportVirtual(world, sensor, 'sensor', caller.nowMs)
  return sensor
}

/**
 * A virtual gateway or sensor reports by itself that it is on, a sensor also a value, a few seconds after it was made.
 * The value is not counted among the values accepted.
 */
function reportVirtual(world: World, item: Gateway | Sensor, type: 'gateway' | 'sensor', nowMs: number): void {
  const reportMs = item.ctimeMs + world.options.virtualReportMs
  if (item.fields['virtual'] !== 'y' || nowMs < reportMs) return
  if (!item.status) {
    item.status = { id: leafId('status', type), value: 'on', timeMs: reportMs, vtimeMs: reportMs, ctimeMs: reportMs }
    item.mtimeMs = Math.max(item.mtimeMs, reportMs)
  }
  if ('owner' in item && !item.series) {
    item.series = newSeries(world, leafId('series', type), reportMs)
    item.series.values.append(reportMs, '0')
    item.series.values.received = 0
  }
}

/** A new id of a status or series, like `series.sensor.tOZhgI`. */
export function leafId(leaf: 'status' | 'series', type: 'gateway' | 'sensor'): string {
  return `${leaf}.${type}.${randomBytes(5).toString('base64url').slice(0, 6)}`
}

function serviceOf(world: World, { owner }: Device | Sensor): string | undefined {
  return world.gateways.get(owner)?.service
}
