import { passwordDigest } from '../../signing'
import { InvalidInput } from '../checked-input'
import { RecentStreams } from '../recent-streams'
import { openApiModelId } from './gateway-models'
import type { ThingPlusOptions } from './options'
import { completeSeed, type SeedGateway, type SeedSensor, type ThingPlusSeed } from './seed'
import { sensorTypes } from './sensor-types'
import {
  addDevice,
  addGateway,
  addSensor,
  defaultReportIntervalMs,
  type Gateway,
  type Sensor,
  type Site,
  type World,
} from './world'

/** The world as the seed describes it; throws `InvalidInput`, which names the key. */
export function createWorld(seed: ThingPlusSeed, options: Required<ThingPlusOptions>, startedMs: number): World {
  const { users, clients, services, sites, gateways, devices, sensors, timelines } = completeSeed(seed)
  const times = { ctimeMs: startedMs, mtimeMs: startedMs }
  const world: World = {
    options,
    startedMs,
    users: byId(
      users.map(({ id, loginId, password, service = '1', accessApproval = 'allow', roles }) => ({
        id,
        loginId,
        digest: passwordDigest(password),
        service,
        allowed: accessApproval === 'allow',
        roles: roles ?? ['serviceAdmin', `user:${id}`],
        ctimeMs: startedMs,
      })),
    ),
    clients: byId(clients.map(({ name, ...client }) => ({ ...client, name: name ?? client.id, ctimeMs: startedMs }))),
    services: new Map(),
    sites: byId(
      sites.map(({ id, name = `site ${id}`, service = '1', code = 'iService', plan }) => ({
        id,
        name,
        service,
        code,
        ...(plan !== undefined && { plan }),
        ctimeMs: startedMs,
      })),
    ),
    gateways: new Map(),
    devices: new Map(),
    sensors: new Map(),
    tags: new Map(),
    rules: new Map(),
    pushDevices: new Map(),
    timelines,
    lastNumber: 0,
    valuesAccepted: 0,
    recent: new RecentStreams(),
  }
  addServices(world, services, [...users, ...sites])
  for (const gateway of gateways) addGateway(world, seededGateway(world, gateway))
  for (const { id, owner, ...fields } of devices) {
    addDevice(world, { id, owner, fields: { name: id, model: 'open-api-device-v1.0', ...fields }, ...times })
  }
  for (const sensor of sensors) addSensor(world, seededSensor(world, sensor))
  return world
}

function addServices(
  { services, startedMs }: World,
  named: { id: string; name?: string }[],
  members: { service?: string }[],
): void {
  for (const id of [...named.map((service) => service.id), ...members.map(({ service = '1' }) => service)]) {
    const name = named.find((service) => service.id === id)?.name ?? `service ${id}`
    services.set(id, { id, name, ctimeMs: startedMs })
  }
}

function seededGateway(world: World, seed: SeedGateway): Omit<Gateway, 'devices' | 'sensors'> {
  const { site: _site, service: _service, id, reportInterval = defaultReportIntervalMs, ...fields } = seed
  const site = siteOfSeed(world, seed)
  return {
    id,
    site: site.id,
    service: site.service,
    fields: { name: id, model: openApiModelId, ...fields },
    reportIntervalMs: reportInterval,
    ctimeMs: world.startedMs,
    mtimeMs: world.startedMs,
  }
}

function seededSensor({ startedMs }: World, { id, owner, ...fields }: SeedSensor): Sensor {
  const known = sensorTypes.find(({ type }) => type === fields.type)
  const defaults = { name: id, driverName: 'openApiSensor', ...(known && { model: known.model }), category: 'sensor' }
  return { id, owner, fields: { ...defaults, ...fields }, usableMs: startedMs, ctimeMs: startedMs, mtimeMs: startedMs }
}

function siteOfSeed(world: World, gateway: SeedGateway): Site {
  const { site, service } = gateway
  const all = [...world.sites.values()]
  const home = site ? world.sites.get(site) : service ? all.find((one) => one.service === service) : all[0]
  if (!home) throw new InvalidInput(`thingplus.gateways: "${gateway.id}" has no site in the seed`)
  if (service && home.service !== service) {
    throw new InvalidInput(`thingplus.gateways: site "${home.id}" of "${gateway.id}" is not of service "${service}"`)
  }
  return home
}

function byId<T extends { id: string }>(items: T[]): Map<string, T> {
  return new Map(items.map((item) => [item.id, item]))
}
