import type { Fields } from '../checked-input'
import type { RecentStreams } from '../recent-streams'
import type { Plan, ThingPlusOptions } from './options'
import { SeriesStore } from './series-store'

export interface User {
  id: string
  loginId: string
  /** MD5 of the password, as the token endpoint takes it. */
  digest: string
  service: string
  allowed: boolean
  roles: string[]
  ctimeMs: number
}

export interface OAuthClient {
  id: string
  name: string
  clientSecret: string
  scopes: string[]
  user: string
  ctimeMs: number
}

export interface Site {
  id: string
  name: string
  code: string
  service: string
  /** Without one the option `plan` holds. */
  plan?: Plan | null
  ctimeMs: number
}

/** The state that somebody last reported of a gateway or sensor. */
export interface Status {
  id: string
  value: string
  timeMs: number
  /** Without it the status never expires. */
  expireAtMs?: number
  /** When the value last changed. */
  vtimeMs: number
  ctimeMs: number
}

export interface Series {
  id: string
  values: SeriesStore
  ctimeMs: number
  mtimeMs: number
}

interface Item {
  id: string
  /** Fields as posted, apart from the ids and times that the cloud keeps itself. */
  fields: Fields
  ctimeMs: number
  mtimeMs: number
}

export interface Gateway extends Item {
  site: string
  service: string
  reportIntervalMs: number
  devices: Set<string>
  sensors: Set<string>
  status?: Status
}

export interface Device extends Item {
  /** Id of its gateway. */
  owner: string
}

export interface Sensor extends Item {
  /** Id of its gateway. */
  owner: string
  /** From when on it can be used. */
  usableMs: number
  status?: Status
  series?: Series
}

/** A rule, tag or push device. */
export interface Entry extends Item {
  user: string
  service: string
}

/** Everything that one simulated Thing+ cloud knows. Ids are global, across all customers. */
export interface World {
  options: Required<ThingPlusOptions>
  startedMs: number
  users: Map<string, User>
  clients: Map<string, OAuthClient>
  services: Map<string, { id: string; name: string; ctimeMs: number }>
  sites: Map<string, Site>
  gateways: Map<string, Gateway>
  devices: Map<string, Device>
  sensors: Map<string, Sensor>
  tags: Map<string, Entry>
  rules: Map<string, Entry>
  pushDevices: Map<string, Entry>
  timelines: Fields[]
  /** Number of the last item that got a number as its id. */
  lastNumber: number
  valuesAccepted: number
  /** Sensors that received something last; among them may be deleted ones. */
  recent: RecentStreams<Sensor>
}

export const defaultReportIntervalMs = 300_000

export function addGateway(world: World, gateway: Omit<Gateway, 'devices' | 'sensors'>): Gateway {
  const added = { ...gateway, devices: new Set<string>(), sensors: new Set<string>() }
  world.gateways.set(gateway.id, added)
  return added
}

export function addDevice(world: World, device: Device): void {
  world.devices.set(device.id, device)
  world.gateways.get(device.owner)?.devices.add(device.id)
}

export function addSensor(world: World, sensor: Sensor): void {
  world.sensors.set(sensor.id, sensor)
  world.gateways.get(sensor.owner)?.sensors.add(sensor.id)
}

export function newSeries(world: World, id: string, timeMs: number): Series {
  return { id, values: new SeriesStore(world.options.keptValues), ctimeMs: timeMs, mtimeMs: timeMs }
}

export function userByLogin(world: World, loginId: unknown): User | undefined {
  return [...world.users.values()].find((user) => user.loginId === loginId)
}

/** Id of the first site of a service; the service's own id when it has none. */
export function siteOf(world: World, service: string): string {
  return [...world.sites.values()].find((site) => site.service === service)?.id ?? service
}
