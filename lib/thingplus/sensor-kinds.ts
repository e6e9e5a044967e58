import type { Json } from '../core'
import { objectOf, textOf } from './fields'

/** `any`: the cloud names the property and no more. */
export type PropertyKind = 'number' | 'string' | 'any'

/** What the values of a sensor type look like. */
export interface SensorKind {
  type: string
  kind: 'number' | 'boolean' | 'string' | 'object'
  /** Of a boolean kind: code → what the portal shows for it. */
  codes?: Readonly<Record<string, string>>
  /** Of an object kind; without it any object will do. */
  properties?: Readonly<Record<string, PropertyKind>>
  /** The properties that have to be there. */
  required?: readonly string[]
}

const offOn = { '0': 'off', '1': 'on' }

const numberTypes = `
  temperature humidity light noise co2 co voc power electricPower powerFactor wattage voltage current dust count
  countEvent weight vibration speed number pressure rotaryAngle batteryGauge percent rssi distance stepCount windVane
  windSpeed rain soilTemperature soilMoisture ultraviolet-b timeDuration solarRadiation electricEnergy state ph strain
  conductivity no2`
  .trim()
  .split(/\s+/)

const codedTypes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  onoff: offOn,
  motion: offOn,
  door: { '0': 'closed', '1': 'opened' },
  parkingStatus: { '0': 'empty', '1': 'occupied' },
  powerControllerState: { '0': 'overload off', '1': 'standby off', '2': 'off', '3': 'on' },
  sleepStage: { '0': 'AWAKE', '1': 'REM', '2': 'LIGHT', '3': 'DEEP' },
}

const objectTypes: Readonly<Record<string, Pick<SensorKind, 'properties' | 'required'>>> = {
  location: { properties: { lat: 'number', lng: 'number', alt: 'number' }, required: ['lat', 'lng'] },
  color: { properties: { r: 'number', g: 'number', b: 'number' }, required: ['r', 'g', 'b'] },
  accelerometer: { properties: { x: 'number', y: 'number', z: 'number' }, required: ['x', 'y', 'z'] },
  tag: { properties: { state: 'string', reader: 'string' }, required: ['state', 'reader'] },
  reader: { properties: { state: 'string', tag: 'string' }, required: ['state', 'tag'] },
  powerSwitch: {},
}

/**
 * The kind of a type by the vendor's published list, for when the cloud doesn't tell.
 * Source: docs/protocol/thingplus.md §9.
 */
export function publishedSensorKind(type: string): SensorKind | undefined {
  if (numberTypes.includes(type)) return { type, kind: 'number' }
  if (type === 'string') return { type, kind: 'string' }
  const codes = own(codedTypes, type)
  if (codes) return { type, kind: 'boolean', codes }
  const object = own(objectTypes, type)
  return object && { type, kind: 'object', ...object }
}

/** Whether a sensor of this type takes text, a blank one too, by the vendor's published list. */
export function isTextSensor(type: string): boolean {
  return publishedSensorKind(type)?.kind === 'string'
}

/**
 * The kind of a type as `GET /sensorTypes/{type}` tells it. That answer doesn't say which properties have to be there;
 * the published list does.
 */
export function readSensorKind(data: Json | undefined): SensorKind | undefined {
  const fields = objectOf(data)
  const type = textOf(fields['id'])
  const kind = kinds.find((known) => known === fields['type'])
  if (type === undefined || kind === undefined) return undefined
  const published = publishedSensorKind(type)
  const codes = readCodes(fields['values'], fields['displayValues'])
  const properties = readProperties(objectOf(fields['contentType'])['properties'], published?.properties)
  return {
    type,
    kind,
    ...(kind === 'boolean' ? { codes: codes ?? published?.codes ?? offOn } : {}),
    ...(kind === 'object' && properties ? { properties } : {}),
    ...(kind === 'object'
      ? { required: published?.required?.filter((name) => !properties || name in properties) ?? [] }
      : {}),
  }
}

const kinds = ['number', 'boolean', 'string', 'object'] as const

function readCodes(values: Json | undefined, displayValues: Json | undefined): Record<string, string> | undefined {
  if (!Array.isArray(values) || values.length === 0) return undefined
  const shown = Array.isArray(displayValues) ? displayValues : []
  return Object.fromEntries(values.map((code, index) => [String(code), String(shown[index] ?? code)]))
}

function readProperties(
  value: Json | undefined,
  published: Readonly<Record<string, PropertyKind>> = {},
): Record<string, PropertyKind> | undefined {
  const properties = Object.entries(objectOf(value)).map(([name, property]): [string, PropertyKind] => {
    const { type } = objectOf(property)
    return [name, type === 'number' || type === 'string' ? type : (own(published, name) ?? 'any')]
  })
  return properties.length ? Object.fromEntries(properties) : undefined
}

function own<Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}
