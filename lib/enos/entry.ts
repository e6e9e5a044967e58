import { ConnectorError, isJsonObject, say, type TextValue } from '../core'
import {
  bytesFault,
  type DecimalSign,
  EntryTimes,
  type Id,
  idOf,
  idText,
  inSlices,
  isBlank,
  metricSets,
  metricsIn,
  namesIn,
  optionalIdOf,
  plainId,
  refuseNameless,
  refuseRegisters,
  type TimeSettings,
  unpacked,
  ValueReport,
} from '../message'
import type { DeviceName } from './device-name'
import { placed, placeOf, sendableValues, type ValueReading } from './entry-values'
import type { KnownPoints } from './known-points'
import { RowReader } from './row-reader'
import { UntilFailure } from './until-failure'

/** One moment of one device. */
export interface Entry {
  /** `undefined`: the device that the node is set to. */
  device: DeviceName | undefined
  timeMs: number
  /** Values by measurepoint, attribute or event output identifier. */
  values: Readonly<Record<string, unknown>>
  /** Names of values that came in as numbers, where any did. */
  numbered?: ReadonlySet<string>
}

/** Entries, each of which is read when it is handed over: none of a large array's outlives its turn of the event loop. */
export interface Entries {
  /** Whether an entry that can't be sent is left out, instead of refusing the whole message. */
  readonly leavesOut: boolean
  /**
   * Hands over each, checked, in its order, a slice of 500 a turn.
   * @param take what it throws is thrown when all are read, and it is handed no more: what cannot be read is reported first;
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
  /** What is known of a device's points, attributes or parameters; each value is checked against it. */
  points?: ((device: DeviceName | undefined) => KnownPoints | undefined) | undefined
  /** What to do with those that the device's thing model lacks; `warn`. */
  unknownPoints?: 'warn' | 'refuse' | undefined
  /** Of numbers that are written as text; `point`. */
  decimalSign?: DecimalSign | undefined
  /** Points whose ids came in as numbers. */
  numbered?: ReadonlySet<string> | undefined
  /** The device of entries that name none, where that is not the one which the node is set to. */
  device?: DeviceName | undefined
  /** Of `events`: an entry may name no other one. */
  eventId?: Id | undefined
}

/**
 * Reads a payload: a plain object of values, the native form (`{ measurepoints: {…}, time }`), or an array of either.
 * In a plain object the time field, `productKey`, `deviceKey`, `assetId` and an event's `eventId` are not values. null, undefined and blank texts
 * are "no value", and an entry without any is none. There is one entry at least, every value is checked. Works off a slice
 * at a time, so that a large array never holds up Node-RED.
 */
export function readEntries(given: unknown, reading: EntryReading): Entries {
  const { report = new ValueReport('refuse'), timeField, numbered } = reading
  return {
    leavesOut: report.leavesOut,
    async each(take) {
      const payload = entriesIn(given, reading)
      const isList = Array.isArray(payload)
      const items: readonly unknown[] = isList ? payload : [payload]
      const taking = new UntilFailure(take)
      const times = timeField === undefined ? undefined : new EntryTimes({ ...reading, timeField })
      const values = {
        report,
        times,
        points: reading.points,
        unknownPoints: reading.unknownPoints ?? 'warn',
        decimalSign: reading.decimalSign ?? 'point',
        numbered,
      }
      const rows = new RowReader(reading.native, timeField)
      let entries = 0
      const handOver = (read: Entry, row: number | undefined) => {
        const entry = numbered ? { ...read, numbered } : read
        if (!report.leavesOut) taking.run(entry)
        else if (!hand(entry, take, row, report)) return
        entries += 1
      }
      await inSlices(items, (item, index) => {
        const row = isList ? index : undefined
        const read = readOrReject(item, row, reading, values, rows)
        if (read === undefined) return
        if (!isSeveral(read)) handOver(read, row)
        else for (const entry of read) handOver(entry, row)
      })
      taking.end()
      if (entries === 0) throw report.first ?? noValues()
    },
  }
}

const isSeveral = (read: Entry | readonly Entry[]): read is readonly Entry[] => Array.isArray(read)

/** By which members an entry names its device. */
export const deviceNames = ['productKey', 'deviceKey', 'assetId'] as const

/** The metrics of Sparkplug B as entries; every other payload as it is. */
function entriesIn(given: unknown, { native, timeField = 'time' }: EntryReading): unknown {
  const payload = unpacked(given)
  refuseRegisters(payload)
  const found = metricsIn(payload)
  if (!found) {
    refuseNameless(payload)
    const fault = typeof payload === 'object' && payload !== null ? bytesFault(payload) : undefined
    if (fault) throw new ConnectorError(fault.code, say`${placeOf(undefined)}: ${fault.text}`)
    return payload
  }
  const device = namesIn(payload, deviceNames)
  return metricSets(found.metrics, found.time).map(({ time, values }) => ({
    ...device,
    [native]: Object.fromEntries(values),
    ...(typeof time === 'number' ? { [timeField]: new Date(time) } : { [timeField]: time }),
  }))
}

function readOrReject(
  item: unknown,
  row: number | undefined,
  reading: EntryReading,
  values: ValueReading,
  rows: RowReader,
): Entry | readonly Entry[] | undefined {
  try {
    return readEntry(item, row, reading, values, rows)
  } catch (thrown) {
    values.report.rejectFor(placed(row), thrown)
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
 * @param index in the array; `undefined` for what is the whole payload
 * @returns `undefined` where no value is left
 */
function readEntry(
  given: unknown,
  index: number | undefined,
  { native, arrivalMs, device: otherwise, eventId }: EntryReading,
  reading: ValueReading,
  rows: RowReader,
): Entry | readonly Entry[] | undefined {
  if (isBlank(given)) return undefined
  if (!isPlainObject(given)) {
    throw new ConnectorError(
      'INPUT_INVALID',
      say`${placeOf(index)}: ${described(given)} is not a set of values. Use an object with one property for each value: { "temperature": 21.5 }.`,
    )
  }
  rows.read(given)
  const { item, values } = rows
  for (const name of rows.strays) rejectStray(name, native, index, reading.report)
  if (reading.points === undefined && !rows.holdsAny) return undefined
  const device = readDevice(item, index) ?? otherwise
  if (eventId !== undefined && item.eventId !== undefined) requireEvent(item.eventId, eventId, index)
  const known = reading.points?.(device)
  if (known === undefined && !rows.holdsAny) return undefined
  // Before the values: a Date among them is the time that was not found.
  const { times } = reading
  const timeMs = times && (times.plainOf(item) ?? timeOf(rows, times, index, device, known))
  if (known === undefined && reading.decimalSign === 'point' && rows.arePlain)
    return { device, timeMs: timeMs ?? arrivalMs, values }
  const byTime = sendableValues(values, index, timeMs ?? arrivalMs, reading, known)
  if (native === 'measurepoints')
    return Array.from(byTime, ([ownMs, sendable]) => ({ device, timeMs: ownMs, values: sendable }))
  return byTime.size > 0 ? asOneMoment(device, byTime, timeMs, arrivalMs) : undefined
}

/** Anyone who mixes the two forms wants the value to be sent. */
function rejectStray(name: string, native: string, index: number | undefined, report: ValueReport): void {
  const text = say`it is beside "${native}", but only what is inside that is read as values. Move it inside.`
  report.reject(placed(index, name), { code: 'INPUT_INVALID', text }, say`${placeOf(index)}, "${name.slice(0, 60)}"`)
}

/** Attributes have no time, and an event is of one moment: the latest that its values name, where it names none itself. */
function asOneMoment(
  device: DeviceName | undefined,
  byTime: ReadonlyMap<number, Entry['values']>,
  timeMs: number | undefined,
  arrivalMs: number,
): Entry {
  const named = [...byTime.keys()].filter((ownMs) => ownMs !== arrivalMs)
  const latestMs = named.length > 0 ? Math.max(...named) : arrivalMs
  return { device, timeMs: timeMs ?? latestMs, values: Object.assign({}, ...byTime.values()) as Entry['values'] }
}

/** The native form names its points, so that none of them can be mistaken for the time. */
function timeOf(
  { item, values, isNative, mayHoldTime }: RowReader,
  times: EntryTimes,
  index: number | undefined,
  device: DeviceName | undefined,
  known: KnownPoints | undefined,
): number | undefined {
  const own = times.of(item, placeOf, index, seriesOf(device))
  if (own !== undefined || isNative || !mayHoldTime) return own
  return times.arrivalOf(values, placeOf, index, asPoint, known)
}

const asPoint = say`If it really is a point, send it in the native form.`

/** What is in order by itself. */
function seriesOf(device: DeviceName | undefined): Id | undefined {
  if (device === undefined) return undefined
  return 'assetId' in device ? device.assetId : device.deviceKey
}

function readDevice(item: Record<string, unknown>, index: number | undefined): DeviceName | undefined {
  const { assetId, productKey, deviceKey } = item
  if (assetId === undefined && productKey === undefined && deviceKey === undefined) return undefined
  const asset = rowId(assetId, 'assetId', index)
  const product = rowId(productKey, 'productKey', index)
  const key = rowId(deviceKey, 'deviceKey', index)
  if (asset !== undefined) return { assetId: asset }
  if (product !== undefined && key !== undefined) return { productKey: product, deviceKey: key }
  throw new ConnectorError(
    'INPUT_INVALID',
    say`${placeOf(index)}: a device is named by productKey and deviceKey together.`,
  )
}

/** @throws ConnectorError `INPUT_INVALID` if an entry names a different event from the message or the node */
function requireEvent(given: unknown, eventId: Id, index: number | undefined): void {
  const named = idText(idOf(given, say`${placeOf(index)}, "${'eventId'}"`))
  if (named === idText(eventId)) return
  throw new ConnectorError(
    'INPUT_INVALID',
    say`${placeOf(index)} names the event "${named.slice(0, 60)}", but the node posts "${idText(eventId)}". Send the event's id with it, as msg.eventId.`,
  )
}

function rowId(id: unknown, name: string, index: number | undefined): Id | undefined {
  if (id === undefined) return undefined
  return plainId(id) ?? optionalIdOf(id, say`${placeOf(index)}, "${name}"`)
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (!isJsonObject(value)) return false
  if (Object.getPrototypeOf(value) === Object.prototype) return true
  return !Buffer.isBuffer(value) && !((value as unknown) instanceof Date)
}

function described(value: unknown): TextValue {
  if (Array.isArray(value)) return say`an array inside the array`
  if (value === null) return 'null'
  if (Buffer.isBuffer(value)) return say`a Buffer`
  if (typeof value === 'string') return say`a text (is a json node missing before this one?)`
  return typeof value === 'object' ? say`this object` : say`a value of type ${typeof value}`
}
