import { ConnectorError, isJsonObject } from '../http'
import {
  EntryTimes,
  type Id,
  idOf,
  idText,
  inSlices,
  isBlank,
  optionalIdOf,
  plainId,
  type TimeSettings,
  withoutMarks,
} from '../message'
import { say, type Text, type TextValue } from '../text'
import { UntilFailure } from './until-failure'
import { checkValue, isPlainValue } from './value'

/** How a message names a device: by product key and device key, or by asset id (integration channel only). */
export type DeviceName = { productKey: Id; deviceKey: Id } | { assetId: Id }

/** One moment of one device. */
export interface Entry {
  /** `undefined`: the device that the node is set to. */
  device: DeviceName | undefined
  timeMs: number
  /** Values by measurepoint, attribute or event output identifier. */
  values: Readonly<Record<string, unknown>>
}

/** Entries, each of which is read when it is handed over: of a large array, none outlives its turn of the event loop. */
export interface Entries {
  /**
   * Hands over each, checked, in its order, a slice of 500 a turn.
   * @param take what it throws is thrown when all are read, and it is handed no more: what cannot be read is told first
   * @throws ConnectorError `INPUT_EMPTY`, `INPUT_INVALID`, `INPUT_TIME_INVALID`, `INPUT_CIRCULAR`, naming the entry
   */
  each(take: (entry: Entry) => void): Promise<void>
}

export interface EntryReading {
  /** What holds the values in the native form: `measurepoints`, `attributes`, `events`. */
  native: 'measurepoints' | 'attributes' | 'events'
  /** Which property of an entry holds its time; `undefined` where entries have none, as attributes. */
  timeField: string | undefined
  /** Time of entries that name none. */
  arrivalMs: number
  /** How times are written; Unix milliseconds, ISO 8601 and the like where it is left out. */
  times?: TimeSettings | undefined
}

const deviceFields: ReadonlySet<string> = new Set(['productKey', 'deviceKey', 'assetId'])
/** Feature identifiers were 64, later 128 characters; their characters are published nowhere. Source: enos.md section 3.4. */
const longestIdentifier = 128
/** V8 knows this one, other than `Object.hasOwn`, to be true of nearly every name that `for … in` gives. */
const hasOwn = Object.prototype.hasOwnProperty

/**
 * Reads a payload: a plain object of values, the native form (`{ measurepoints: {…}, time }`), or an array of either.
 * In a plain object the time field, `productKey`, `deviceKey` and `assetId` are no values.
 * There is one entry at least, every value is checked. Works off a slice at a time, so that a large array never holds up
 * Node-RED.
 */
export function readEntries(payload: unknown, reading: EntryReading): Entries {
  const items = Array.isArray(payload) ? payload : [payload]
  const isList = Array.isArray(payload)
  return {
    async each(take) {
      if (payload === undefined || payload === null || payload === '' || items.length === 0) {
        throw new ConnectorError(
          'INPUT_EMPTY',
          say`The message holds no values. Put an object such as { "temperature": 21.5 } into it.`,
        )
      }
      const taking = new UntilFailure(take)
      const { timeField } = reading
      const times = timeField === undefined ? undefined : new EntryTimes({ ...reading, timeField })
      await inSlices(items, (item, index) => taking.run(readEntry(item, isList ? index : undefined, reading, times)))
      taking.end()
    },
  }
}

/**
 * A bare value, such as a PLC node gives one at a time, as an entry of its point; every other payload as it is.
 * @param point as the node is set; where it is not, the message's topic names the point of a number or boolean
 */
export function bareValueOf(point: Id | undefined, topic: unknown, payload: unknown): unknown {
  const isPointSet = !isBlank(point)
  const isText = typeof payload === 'string' && payload !== '' && isPointSet
  const isBare = isText || typeof payload === 'number' || typeof payload === 'boolean'
  if (!isBare) return payload
  // An inject node sends an empty topic where none is entered.
  if (isPointSet || !isBlank(topic)) {
    const name = isPointSet ? idOf(point, 'point') : idOf(topic, 'msg.topic')
    return { measurepoints: { [idText(name)]: payload } }
  }
  throw new ConnectorError(
    'INPUT_INVALID',
    say`The message is a single value without its point. Enter the point in the node, or send it as msg.topic.`,
  )
}

/** @param index in the array; `undefined` for what is the whole payload */
function readEntry(
  given: unknown,
  index: number | undefined,
  { native, timeField, arrivalMs }: EntryReading,
  times: EntryTimes | undefined,
): Entry {
  if (!isPlainObject(given)) {
    throw new ConnectorError(
      'INPUT_INVALID',
      say`${placeOf(index)}: ${described(given)} is no set of values. Use an object with one property for each: { "temperature": 21.5 }.`,
    )
  }
  const item = withoutMarks(given)
  const nativeValues = item[native]
  const isNative = isJsonObject(nativeValues)
  const values = isNative ? withoutMarks(nativeValues) : withoutReserved(item, timeField)
  const device = readDevice(item, index)
  // Before the values: a Date among them is the time that was not found.
  const timeMs = times ? timeOf(item, isNative ? undefined : values, times, index, device) : undefined
  let count = 0
  for (const name in values) {
    if (!hasOwn.call(values, name)) continue
    count += 1
    if (name === '' || name.length > longestIdentifier) {
      throw new ConnectorError(
        'INPUT_INVALID',
        say`${placeOf(index)}: "${name.slice(0, 60)}" is no identifier of a thing model.`,
      )
    }
    const value = values[name]
    // Nearly all are plain; no text is made for those.
    if (!isPlainValue(value)) checkValue(value, say`${placeOf(index)}, "${name}"`)
  }
  if (count === 0) throw new ConnectorError('INPUT_EMPTY', say`${placeOf(index)}: the object holds no values.`)
  return { device, timeMs: timeMs ?? arrivalMs, values }
}

const placeOf = (index: number | undefined): Text => (index === undefined ? say`the message` : say`entry ${index}`)

/** @param values that may hold its time without anybody having said so; none in the native form, which names its points */
function timeOf(
  item: Readonly<Record<string, unknown>>,
  values: Readonly<Record<string, unknown>> | undefined,
  times: EntryTimes,
  index: number | undefined,
  device: DeviceName | undefined,
): number | undefined {
  return (
    times.of(item, placeOf, index, seriesOf(device)) ?? (values && times.arrivalOf(values, placeOf, index, asPoint))
  )
}

const asPoint = say`If it is a point all the same, send it in the native form.`

/** What is in order by itself. */
function seriesOf(device: DeviceName | undefined): Id | undefined {
  if (device === undefined) return undefined
  return 'assetId' in device ? device.assetId : device.deviceKey
}

function readDevice(item: Record<string, unknown>, index: number | undefined): DeviceName | undefined {
  if (item.assetId === undefined && item.productKey === undefined && item.deviceKey === undefined) return undefined
  const assetId = rowId(item, 'assetId', index)
  const productKey = rowId(item, 'productKey', index)
  const deviceKey = rowId(item, 'deviceKey', index)
  if (assetId !== undefined) return { assetId }
  if (productKey !== undefined && deviceKey !== undefined) return { productKey, deviceKey }
  throw new ConnectorError(
    'INPUT_INVALID',
    say`${placeOf(index)}: a device is named by productKey and deviceKey together.`,
  )
}

function rowId(item: Record<string, unknown>, name: string, index: number | undefined): Id | undefined {
  const id = item[name]
  return plainId(id) ?? optionalIdOf(id, say`${placeOf(index)}, "${name}"`)
}

function withoutReserved(item: Record<string, unknown>, timeField: string | undefined): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const name in item) {
    if (!hasOwn.call(item, name)) continue
    const value = item[name]
    if (value === undefined || name === timeField || deviceFields.has(name)) continue
    if (name === '__proto__') Object.defineProperty(values, name, { value, enumerable: true })
    else values[name] = value
  }
  return values
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return isJsonObject(value) && !Buffer.isBuffer(value) && !((value as unknown) instanceof Date)
}

function described(value: unknown): TextValue {
  if (Array.isArray(value)) return say`an array inside the array`
  if (value === null) return 'null'
  if (Buffer.isBuffer(value)) return say`a Buffer`
  if (typeof value === 'string') return say`a text (is a json node missing before this one?)`
  return typeof value === 'object' ? say`this object` : say`a value of type ${typeof value}`
}
