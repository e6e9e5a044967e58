import { ConnectorError, type Json, type JsonObject, say } from '../core'
import { isSendableId } from '../message'
import { numberOf, objectOf, objectsOf, textOf } from './fields'
import { type ItemKind, kindNames } from './kinds'

export interface Site {
  id: string
  name: string
  code?: string
  serviceId?: string
}

export interface GatewayModel {
  /** Number as text: `52` is the Open API gateway. */
  id: string
  name: string
  vendor?: string
  /** `uuid`, `custom`, `eui64`, `imei`; none for any. */
  idFormat?: string
  reportIntervalMs?: number
  deviceModels: DeviceModel[]
}

export interface DeviceModel {
  id: string
  name: string
  sensors: SensorModel[]
}

/** One line of a device model: what a sensor of this type is called in a registration. */
export interface SensorModel {
  type: string
  model: string
  driverName: string
  /** `sensor` or `actuator`. */
  category: string
  network?: string
}

export interface Gateway {
  id: string
  name: string
  /** Id of the gateway model. */
  model: string
  siteId?: string
  serviceId?: string
  reportIntervalMs?: number
}

export interface Device {
  id: string
  name: string
  /** Id of the device model. */
  model: string
  gatewayId: string
  address?: string
}

export interface Sensor {
  id: string
  name: string
  type: string
  model: string
  driverName?: string
  category: string
  gatewayId: string
  deviceId?: string
  network?: string
}

/** The last status of a gateway or sensor; empty when none was ever sent. */
export interface Status {
  value?: string
  /** When the cloud received it, Unix milliseconds. */
  timeMs?: number
  /** When the value last changed. */
  changedMs?: number
  /** Left out for a status that never expires. */
  expiresAtMs?: number
}

export interface User {
  id: string
  loginId?: string
  name?: string
  siteId?: string
  serviceId?: string
  timeZone?: string
  locale?: string
}

/** An OAuth client as the portal keeps it; its secret stays here unless someone asks for it. */
export interface AuthClient {
  id: string
  name: string
  scopes: string[]
  userId?: string
}

export function readSite(data: Json | undefined): Site {
  const fields = item(data, 'site')
  return {
    id: fields.id,
    name: textOf(fields.name) ?? '',
    ...optional('code', textOf(fields['code'])),
    ...optional('serviceId', textOf(fields['_service'])),
  }
}

export function readGatewayModel(data: Json | undefined): GatewayModel {
  const fields = item(data, 'gateway model')
  return {
    id: fields.id,
    name: textOf(fields['displayName']) ?? textOf(fields['model']) ?? '',
    ...optional('vendor', textOf(fields['vendor'])),
    ...optional('idFormat', textOf(fields['idFormat'])),
    ...optional('reportIntervalMs', numberOf(fields['reportInterval'])),
    deviceModels: objectsOf(fields['deviceModels']).map(readDeviceModel),
  }
}

function readDeviceModel(fields: JsonObject): DeviceModel {
  const id = textOf(fields['id']) ?? ''
  return {
    id,
    name: textOf(fields['displayName']) ?? id,
    sensors: objectsOf(fields['sensors']).map((sensor) => ({
      type: textOf(sensor['type']) ?? '',
      model: textOf(sensor['model']) ?? '',
      driverName: textOf(sensor['driverName']) ?? '',
      category: textOf(sensor['category']) ?? 'sensor',
      ...optional('network', textOf(sensor['network'])),
    })),
  }
}

export function readGateway(data: Json | undefined): Gateway {
  const fields = item(data, 'gateway')
  return {
    id: fields.id,
    name: textOf(fields.name) ?? '',
    model: linkIn(fields, 'model', 'gateway'),
    ...optional('siteId', textOf(fields['_site'])),
    ...optional('serviceId', textOf(fields['_service'])),
    ...optional('reportIntervalMs', numberOf(fields['reportInterval'])),
  }
}

export function readDevice(data: Json | undefined): Device {
  const fields = item(data, 'device')
  return {
    id: fields.id,
    name: textOf(fields.name) ?? '',
    model: textOf(fields['model']) ?? '',
    gatewayId: textOf(fields['owner']) ?? '',
    ...optional('address', textOf(fields['address'])),
  }
}

export function readSensor(data: Json | undefined): Sensor {
  const fields = item(data, 'sensor')
  return {
    id: fields.id,
    name: textOf(fields.name) ?? '',
    type: linkIn(fields, 'type', 'sensor'),
    model: textOf(fields['model']) ?? '',
    ...optional('driverName', textOf(fields['driverName'])),
    category: textOf(fields['category']) ?? 'sensor',
    gatewayId: textOf(fields['owner']) ?? '',
    ...optional('deviceId', textOf(fields['deviceId'])),
    ...optional('network', textOf(fields['network'])),
  }
}

/** Reads the leaf itself, or the gateway or sensor that holds it; the first write of all answers with its mere id. */
export function readStatus(data: Json | undefined): Status {
  const fields = objectOf(data)
  const leaf = fields['type'] === 'status' ? fields : objectOf(fields['status'])
  const expiresAtMs = numberOf(leaf['expireAt'])
  return {
    ...optional('value', textOf(leaf['value'])),
    ...optional('timeMs', numberOf(leaf['time'])),
    ...optional('changedMs', numberOf(leaf['vtime'])),
    ...optional('expiresAtMs', expiresAtMs === -1 ? undefined : expiresAtMs),
  }
}

export function readUser(data: Json | undefined): User {
  const fields = item(data, 'user')
  return {
    id: fields.id,
    ...optional('loginId', textOf(fields['loginId'])),
    ...optional('name', textOf(fields.name)),
    ...optional('siteId', textOf(fields['_site'])),
    ...optional('serviceId', textOf(fields['_service'])),
    ...optional('timeZone', textOf(fields['timezone'])),
    ...optional('locale', textOf(fields['locale'])),
  }
}

export function readAuthClient(data: Json | undefined): AuthClient {
  const fields = item(data, 'OAuth client')
  const scopes = fields['scopes']
  return {
    id: fields.id,
    name: textOf(fields.name) ?? '',
    scopes: Array.isArray(scopes) ? scopes.map(String) : [],
    ...optional('userId', textOf(fields['_user'])),
  }
}

function item(data: Json | undefined, kind: ItemKind): JsonObject & { id: string; name?: Json } {
  const fields = objectOf(data)
  const id = textOf(fields['id'])
  if (!id) {
    throw new ConnectorError('RESPONSE_UNREADABLE', say`The ${kindNames[kind]} in the cloud's answer has no id.`)
  }
  return { ...fields, id: askable(id, 'id', kind) }
}

/** What the cloud is asked for next by what it has sent: empty for none. */
function linkIn(fields: JsonObject, name: string, kind: ItemKind): string {
  return askable(textOf(fields[name]) ?? '', name, kind)
}

function askable(id: string, name: string, kind: ItemKind): string {
  if (id === '' || isSendableId(id)) return id
  throw new ConnectorError(
    'RESPONSE_UNREADABLE',
    say`The cloud sent a ${kindNames[kind]} whose "${name}" cannot be an id: "${Buffer.from(id.slice(0, 60)).toString()}". Does the URL lead to the cloud? If it does, ask its operator.`,
  )
}

/** `{ [name]: value }`, or nothing for `undefined`: so that a missing field is missing in the message too. */
function optional<Name extends string, Value>(name: Name, value: Value | undefined): { [key in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { [key in Name]?: Value })
}
