import { ConnectorError, isJsonObject } from '../http'
import {
  EntryTimes,
  type Fault,
  type Id,
  idOf,
  idText,
  inSlices,
  isBlank,
  optionalIdOf,
  type Place,
  plainId,
  type TimeSettings,
  ValueReport,
  withoutMarks,
} from '../message'
import { say, type Text, type TextValue } from '../text'
import { UntilFailure } from './until-failure'
import { isPlainValue, valueFault } from './value'

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
  /** Whether an entry that can't be sent is left out, and not the whole message refused. */
  readonly leavesOut: boolean
  /**
   * Hands over each, checked, in its order, a slice of 500 a turn.
   * @param take what it throws is thrown when all are read, and it is handed no more: what cannot be read is told first;
   *   where what can't be sent is left out, an entry that it refuses with `INPUT_*` is left out too
   * @throws ConnectorError `INPUT_EMPTY`, `INPUT_INVALID`, `INPUT_TIME_INVALID`, `INPUT_CIRCULAR`, naming the entry; where
   *   what can't be sent is left out, only if nothing is left
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
  /** Decides about what can't be sent; without it the message is refused. */
  report?: ValueReport | undefined
}

const deviceFields: ReadonlySet<string> = new Set(['productKey', 'deviceKey', 'assetId'])
/** Feature identifiers were 64, later 128 characters; their characters are published nowhere. Source: enos.md section 3.4. */
const longestIdentifier = 128
/** V8 knows this one, other than `Object.hasOwn`, to be true of nearly every name that `for … in` gives. */
const hasOwn = Object.prototype.hasOwnProperty

/**
 * Reads a payload: a plain object of values, the native form (`{ measurepoints: {…}, time }`), or an array of either.
 * In a plain object the time field, `productKey`, `deviceKey` and `assetId` are no values. null, undefined and blank texts
 * are "no value", and an entry without any is none. There is one entry at least, every value is checked. Works off a slice
 * at a time, so that a large array never holds up Node-RED.
 */
export function readEntries(payload: unknown, reading: EntryReading): Entries {
  const items = Array.isArray(payload) ? payload : [payload]
  const isList = Array.isArray(payload)
  const { report = new ValueReport('refuse') } = reading
  return {
    leavesOut: report.leavesOut,
    async each(take) {
      const taking = new UntilFailure(take)
      const { timeField } = reading
      const times = timeField === undefined ? undefined : new EntryTimes({ ...reading, timeField })
      let entries = 0
      await inSlices(items, (item, index) => {
        const row = isList ? index : undefined
        const entry = readOrReject(item, row, reading, times, report)
        if (!entry) return
        if (!report.leavesOut) taking.run(entry)
        else if (!hand(entry, take, row, report)) return
        entries += 1
      })
      taking.end()
      if (entries === 0) throw report.first ?? noValues()
    },
  }
}

function readOrReject(
  item: unknown,
  row: number | undefined,
  reading: EntryReading,
  times: EntryTimes | undefined,
  report: ValueReport,
): Entry | undefined {
  try {
    return readEntry(item, row, reading, times, report)
  } catch (thrown) {
    report.rejectFor(placed(row), thrown)
    return undefined
  }
}

/** @returns whether it was taken */
function hand(entry: Entry, take: (entry: Entry) => void, row: number | undefined, report: ValueReport): boolean {
  try {
    take(entry)
    return true
  } catch (thrown) {
    report.rejectFor(placed(row), thrown, placeOf(row))
    return false
  }
}

function noValues(): ConnectorError {
  return new ConnectorError(
    'INPUT_EMPTY',
    say`The message holds no values. Put an object such as { "temperature": 21.5 } into it.`,
  )
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

/**
 * @param index in the array; `undefined` for what is the whole payload
 * @returns `undefined` where no value is left
 */
function readEntry(
  given: unknown,
  index: number | undefined,
  { native, timeField, arrivalMs }: EntryReading,
  times: EntryTimes | undefined,
  report: ValueReport,
): Entry | undefined {
  if (isBlank(given)) return undefined
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
  if (!holdsAny(values)) return undefined
  const device = readDevice(item, index)
  // Before the values: a Date among them is the time that was not found.
  const timeMs = times ? timeOf(item, isNative ? undefined : values, times, index, device) : undefined
  const entry = { device, timeMs: timeMs ?? arrivalMs, values }
  if (arePlain(values)) return entry
  entry.values = sendableValues(values, index, report)
  return holdsAny(entry.values) ? entry : undefined
}

/** Whether there is any value at all, good or bad. */
function holdsAny(values: Readonly<Record<string, unknown>>): boolean {
  for (const name in values) if (hasOwn.call(values, name) && !isBlank(values[name])) return true
  return false
}

/** Whether all may go as they are, which nearly all do. */
function arePlain(values: Readonly<Record<string, unknown>>): boolean {
  for (const name in values) {
    if (!hasOwn.call(values, name)) continue
    if (name === '' || name.length > longestIdentifier || !isPlainValue(values[name])) return false
  }
  return true
}

/** A copy without what is no value and what can't be sent. */
function sendableValues(
  given: Readonly<Record<string, unknown>>,
  index: number | undefined,
  report: ValueReport,
): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const name in given) {
    if (!hasOwn.call(given, name)) continue
    const value = given[name]
    if (isBlank(value)) continue
    const fault = identifierFault(name) ?? (isPlainValue(value) ? undefined : valueFault(value))
    if (fault === undefined) setOwn(values, name, value)
    else report.reject(placed(index, name), fault, say`${placeOf(index)}, "${name.slice(0, 60)}"`)
  }
  return values
}

function identifierFault(name: string): Fault | undefined {
  if (name !== '' && name.length <= longestIdentifier) return undefined
  return { code: 'INPUT_INVALID', text: say`this is not an identifier of a thing model.` }
}

const placed = (row: number | undefined, point?: string): Place => ({
  ...(row === undefined ? {} : { row }),
  ...(point === undefined ? {} : { point }),
})

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
  if (id === undefined) return undefined
  return plainId(id) ?? optionalIdOf(id, say`${placeOf(index)}, "${name}"`)
}

function withoutReserved(item: Record<string, unknown>, timeField: string | undefined): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const name in item) {
    if (!hasOwn.call(item, name)) continue
    const value = item[name]
    if (value === undefined || name === timeField || deviceFields.has(name)) continue
    setOwn(values, name, value)
  }
  return values
}

function setOwn(values: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__') Object.defineProperty(values, name, { value, enumerable: true })
  else values[name] = value
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
