import type { AcceptedPoint } from '../cloud'
import type { Gateway, Sensor, World } from './world'

/** What the cloud holds, for `GET /_simulator/state`: no secret, no token, no digest. */
export function stateOf(world: World): object {
  const gateways = [...world.gateways.values()]
  const sensors = [...world.sensors.values()]
  return {
    users: [...world.users.values()].map(({ id, loginId, service }) => ({ id, loginId, service })),
    clients: [...world.clients.values()].map(({ id, name, scopes, user }) => ({ id, name, scopes, user })),
    gateways: gateways.map(({ id, fields, site, service, reportIntervalMs }) => ({
      id,
      name: fields['name'],
      model: fields['model'],
      site,
      service,
      reportIntervalMs,
    })),
    devices: [...world.devices.values()].map(({ id, fields, owner }) => ({
      id,
      name: fields['name'],
      model: fields['model'],
      owner,
    })),
    sensors: sensors.map(({ id, fields, owner, series }) => ({
      id,
      name: fields['name'],
      type: fields['type'],
      owner,
      values: series?.values.received ?? 0,
    })),
    statuses: [...gateways, ...sensors].flatMap(statusOf),
    valuesAccepted: world.valuesAccepted,
  }
}

/** What a sensor received and still keeps, oldest first; named by its id or by `gatewayId/sensorId`. */
export function pointsOf(world: World, stream: string): AcceptedPoint[] | undefined {
  const parts = stream.split('/')
  const sensor = world.sensors.get(parts.at(-1) ?? '')
  if (!sensor || (parts.length > 1 && parts.slice(0, -1).join('/') !== sensor.owner)) return undefined
  const kept = sensor.series?.values.newest(Number.POSITIVE_INFINITY) ?? []
  return kept.map(({ timeMs, value }) => ({ timeMs, values: { value }, channel: 'series' }))
}

function statusOf(item: Gateway | Sensor): object[] {
  const { status } = item
  if (!status) return []
  const target = 'owner' in item ? `${item.owner}/${item.id}` : item.id
  return [{ target, value: status.value, time: status.timeMs, expireAt: status.expireAtMs ?? -1 }]
}
