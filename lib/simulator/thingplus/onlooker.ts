import type { DemoAccount, StreamView } from '../cloud'
import { completeSeed, type ThingPlusSeed } from './seed'
import type { Sensor, World } from './world'

const mostPoints = 200

/** A sensor with its newest values. */
export function sensorStream({ id, owner, fields, series }: Sensor): StreamView {
  return {
    stream: `${owner}/${id}`,
    name: String(fields['name'] ?? id),
    accepted: series?.values.received ?? 0,
    series: series ? [{ id: String(fields['type'] ?? ''), points: series.values.newest(mostPoints) }] : [],
    more: 0,
  }
}

export function figuresOf({ valuesAccepted, gateways, devices, sensors }: World): Record<string, number> {
  return { values: valuesAccepted, gateways: gateways.size, devices: devices.size, sensors: sensors.size }
}

/** The client and user of the demo data, where the seed leaves both there. */
export function thingplusDemoAccounts(given: ThingPlusSeed, url: string): DemoAccount[] {
  if (given.users !== undefined || given.clients !== undefined) return []
  const { users, clients } = completeSeed({})
  const [user] = users
  const [client] = clients
  if (!user || !client) return []
  const { loginId: userName, password } = user
  const { id: clientId, clientSecret } = client
  return [{ type: 'thingplus-client', settings: { baseUrl: `${url}/v2`, clientId, clientSecret, userName, password } }]
}
