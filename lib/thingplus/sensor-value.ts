import {
  ConnectorError,
  isJsonObject,
  type Json,
  type JsonObject,
  joined,
  say,
  type Text,
  type TextValue,
} from '../core'
import { pointedNumber } from '../message'
import { plainJson } from './plain-json'
import type { PropertyKind, SensorKind } from './sensor-kinds'

/**
 * A value as text or object, checked against what the sensor type takes.
 * @param what which value it is, for the error text
 * @throws ConnectorError `INPUT_INVALID`, `INPUT_EMPTY`, `INPUT_CIRCULAR`
 */
export function valueOfKind(value: unknown, kind: SensorKind, what: TextValue): string | JsonObject {
  switch (kind.kind) {
    case 'number':
      return numberText(value, kind, what)
    case 'boolean':
      return codeText(value, kind, what)
    case 'string':
      return scalarText(value, () => unfit(value, kind, what, say`text`))
    case 'object':
      return objectValue(value, kind, what)
  }
}

/** As `valueOfKind` for a sensor whose type is unknown: numbers as text, booleans as `1` and `0`, objects as is. */
export function kindlessValue(value: unknown, what: TextValue): string | JsonObject {
  if (typeof value === 'boolean') return value ? '1' : '0'
  if (value instanceof Date)
    throw new ConnectorError(
      'INPUT_INVALID',
      say`${what}: ${say`a Date cannot be sent. Use its milliseconds or a text.`}`,
    )
  const object = plainJson(value, what)
  if (isJsonObject(object)) return object
  return scalarText(value, () => new ConnectorError('INPUT_INVALID', say`${what} is a list inside a list.`))
}

function numberText(value: unknown, kind: SensorKind, what: TextValue): string {
  const text = typeof value === 'string' ? value.trim() : value
  const isNumber =
    typeof text === 'bigint' ||
    (typeof text === 'number' && Number.isFinite(text)) ||
    (typeof text === 'string' && pointedNumber(text, 'point') !== undefined)
  if (!isNumber) throw unfit(value, kind, what, say`a number`)
  return String(text)
}

const switches: Readonly<Record<string, string>> = { true: '1', on: '1', false: '0', off: '0' }
const longestWord = 100

/** The code of a coded type: the code itself, what the portal shows for it, or true, on, false and off where there are two. */
function codeText(value: unknown, kind: SensorKind, what: TextValue): string {
  const codes = kind.codes ?? {}
  const names = Object.keys(codes)
  const text = String(typeof value === 'symbol' || typeof value === 'object' ? '' : value).trim()
  const word = text.slice(0, longestWord).toLowerCase()
  const code = names.find((name) => name === text || codes[name]?.toLowerCase() === word)
  if (code !== undefined) return code
  const switched = names.length === 2 && Object.hasOwn(switches, word) ? switches[word] : undefined
  if (switched !== undefined && names.includes(switched)) return switched
  const choices = names.map((name) => `${name} (${codes[name]})`).join(', ')
  throw unfit(value, kind, what, names.length === 2 ? say`true, false or one of ${choices}` : say`one of ${choices}`)
}

function scalarText(value: unknown, fault: () => ConnectorError): string {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  throw fault()
}

/** Names that other libraries use for the same. The 2014 note of the vendor allows the long forms of a location. */
const aliases: Readonly<Record<string, string>> = { latitude: 'lat', longitude: 'lng', altitude: 'alt' }

function objectValue(value: unknown, kind: SensorKind, what: TextValue): JsonObject {
  const { properties, required = [] } = kind
  const object = plainJson(value, what)
  const shape = properties ? `{ ${Object.keys(properties).join(', ')} }` : say`an object`
  if (!isJsonObject(object)) throw unfit(value, kind, what, shape)
  if (!properties) return object

  const checked = Object.entries(object).map(([name, property]): [string, Json] => {
    const known = name in properties ? name : (aliases[name] ?? name)
    const propertyKind = properties[known]
    if (!propertyKind) throw unfit(value, kind, what, say`${shape} and nothing else: "${name}" does not belong there`)
    return [known, propertyValue(property, propertyKind, () => unfit(value, kind, what, withKind(shape, propertyKind)))]
  })
  const names = checked.map(([name]) => name)
  const missing = required.filter((name) => !names.includes(name))
  if (missing.length || checked.length === 0) {
    throw unfit(value, kind, what, say`${shape}: ${missing.join(', ') || say`everything`} is missing`)
  }
  return Object.fromEntries(checked)
}

function propertyValue(value: Json | undefined, kind: PropertyKind, fault: () => ConnectorError): Json {
  if (kind === 'any') return value ?? null
  if (kind === 'string') return typeof value === 'string' ? value : scalarText(value, fault)
  const number = typeof value === 'string' && value.trim() ? Number(value) : value
  if (typeof number !== 'number' || !Number.isFinite(number)) throw fault()
  return number
}

/** @param shape `{ lat, lng }` */
function withKind(shape: TextValue, kind: PropertyKind): Text {
  return kind === 'number' ? say`${shape} with numbers` : say`${shape} with texts`
}

const adviceForObject = say`A value with its time is { "value": …, "time": … }; for values of several sensors, leave the sensor id empty.`

function unfit(value: unknown, kind: SensorKind, what: TextValue, wanted: TextValue): ConnectorError {
  const isEntryOrSeveral = isJsonObject(value) && kind.kind !== 'object'
  const fault = say`${what} (${described(value)}) doesn't fit the sensor type ${kind.type}, which takes ${wanted}.`
  return new ConnectorError('INPUT_INVALID', isEntryOrSeveral ? joined([fault, adviceForObject], ' ') : fault)
}

function described(value: unknown): TextValue {
  if (typeof value === 'object') return Array.isArray(value) ? say`a list` : say`an object`
  return typeof value === 'string' ? `"${value.slice(0, 40)}"` : String(value)
}
