import { ConnectorError, isJsonObject, isPlausible, type JsonObject, say, type Text, type TextValue } from '../core'
import {
  bytesFault,
  type DecimalSign,
  EntryTimes,
  fieldValueOf,
  hasDecimalComma,
  type Id,
  idOf,
  idText,
  isBlank,
  isExact,
  isFieldValue,
  likelyTimeColumns,
  metricSets,
  metricsIn,
  namesIn,
  pointedNumber,
  type TimeSettings,
  unpacked,
  ValueReport,
  withoutMarks,
} from '../message'
import type { SensorKind } from './sensor-kinds'
import { kindlessValue, valueOfKind } from './sensor-value'

/** One element of a series write, exactly as it is sent. Source: docs/protocol/thingplus.md §7.3, §7.4. */
export interface SeriesEntry {
  value: string | JsonObject
  /** Unix milliseconds. */
  time: number
}

const usualTimeField = 'time'
/** As milliseconds, a number below this is a day in 2001 at the latest. */
const earliestClockMs = 1e12

/** How the times of values are found and read. */
export interface SeriesReading {
  /** The key that holds an entry's time; `time`. */
  timeField?: string | undefined
  /** The time of entries that have none, Unix milliseconds. */
  arrivalMs: number
  /** The same for each of several such entries of a sensor, so that they differ; in order from `arrivalMs` without it. */
  nextArrivalMs?: ((sensorId: string) => number) | undefined
  /** How times are written; Unix milliseconds, ISO 8601 and the like where it is left out. */
  times?: TimeSettings | undefined
  /** Decides about what can't be sent; without it the first such value is thrown. */
  report?: ValueReport | undefined
  /** Of numbers that are written as text; `point`. */
  decimalSign?: DecimalSign | undefined
  /** What is known to be a sensor, and is a value, whatever it looks like. */
  isSensor?: ((name: string) => boolean) | undefined
  /** Of all values: they may name no other one. */
  gatewayId?: Id | undefined
  /** Sensors whose ids came in as numbers. */
  numbered?: ReadonlySet<string> | undefined
  /** What a sensor takes, as far as it is known without asking the cloud. */
  kindOf?: ((sensorId: string) => SensorKind | undefined) | undefined
}

/**
 * What a message holds for one sensor, as the cloud wants it: oldest first, entries of equal time in the given order. Those
 * without a time get that of their arrival, each a millisecond more than the one before.
 * null, undefined and blank texts are "no value" and left out, blank texts but for a sensor that takes text.
 * @param input a value; `{ value, time? }` (other keys are ignored, but for one that is a time while there is no time field); or
 * an array of these
 * @param kind what the sensor type takes; without it numbers and booleans become text and objects pass as they are
 * @param sensorId for the report
 * @returns none where no value is left
 * @throws ConnectorError `INPUT_INVALID`, `INPUT_TIME_INVALID`, `INPUT_CIRCULAR`, each naming the entry
 */
export function seriesEntries(
  input: unknown,
  kind: SensorKind | undefined,
  reading: SeriesReading,
  sensorId?: string,
): SeriesEntry[] {
  const { timeField = usualTimeField, arrivalMs, nextArrivalMs, times, decimalSign = 'point', gatewayId } = reading
  let timeless = 0
  const arrival = () => nextArrivalMs?.(sensorId ?? '') ?? arrivalMs + (isPlausible(arrivalMs) ? timeless++ : 0)
  const isOfNumbers = kind === undefined || kind.kind === 'number'
  if (isOfNumbers && isPlainNumber(input)) return [{ value: String(input), time: arrival() }]
  const report = reading.report ?? new ValueReport('refuse')
  const list = Array.isArray(input) ? input : [input]
  const entryTimes = new EntryTimes({ timeField, arrivalMs, times })
  const entries: SeriesEntry[] = []
  const place = sensorId === undefined ? {} : { point: sensorId }
  // Not `for … of`: a hole of a list is looked up no further than in the list.
  for (let row = 0; row < list.length; row++) {
    const plain = isOfNumbers ? plainEntry(list[row], timeField, arrival, entryTimes) : undefined
    if (plain) {
      entries.push(plain)
      continue
    }
    const what = list.length === 1 ? say`the value` : say`value ${row + 1} of ${list.length}`
    const at = Array.isArray(input) ? { row, ...place } : place
    try {
      const read = seriesEntry(list[row], kind, { arrival, decimalSign, gatewayId, sensorId }, entryTimes, what)
      if (!read) continue
      entries.push(read.entry)
      if (read.warning) report.warn(at, read.warning, read.entry)
    } catch (thrown) {
      report.rejectFor(at, thrown, sensorId && `"${sensorId}"`)
    }
  }
  return entries.sort((one, other) => one.time - other.time)
}

/** Of values in order, the last of those that have the same time: the cloud may take one only. */
export function lastOfEachTime(sorted: readonly SeriesEntry[]): SeriesEntry[] {
  return sorted.filter(({ time }, at) => sorted[at + 1]?.time !== time)
}

/** A number, or a number and its time, which nearly all entries are; `undefined` for all else, good or bad. */
function plainEntry(
  given: unknown,
  timeField: string,
  arrival: () => number,
  times: EntryTimes,
): SeriesEntry | undefined {
  if (typeof given === 'number') return isPlainNumber(given) ? { value: String(given), time: arrival() } : undefined
  if (!isJsonObject(given) || !isPlainNumber(given.value)) return undefined
  for (const name in given) {
    // Any other member may make something else of it: a time under another name, a status.
    if (name !== 'value' && (name !== timeField || statusNames.has(name))) return undefined
  }
  const time = times.plainOf(given)
  return time === undefined ? undefined : { value: String(given.value), time }
}

/** Beside a value these make a DataValue or Variant of OPC UA of it, even where one of them is the time field. */
const statusNames: ReadonlySet<string> = new Set(['statusCode', 'sourceTimestamp', 'dataType'])

/** Finite, and too small for a Unix time in milliseconds, of which the user is warned. */
const isPlainNumber = (value: unknown): boolean =>
  typeof value === 'number' && value < earliestClockMs && value > -earliestClockMs

/** Where values are sent. */
interface Target {
  gatewayId?: Id | undefined
  sensorId?: string | undefined
}

/**
 * A value that names its gateway or sensor itself never goes to another one.
 * @throws ConnectorError `INPUT_INVALID`, `INPUT_EMPTY`
 */
function requireTarget(entry: unknown, target: Target, what: TextValue): void {
  for (const [name, given] of Object.entries(namesIn(entry, ['gatewayId', 'sensorId']))) {
    const id = idText(idOf(given, say`${what}, "${name}"`))
    const own = target[name as keyof Target]
    if (own === undefined || idText(own) === id) continue
    const shown = id.slice(0, 60)
    const text =
      name === 'sensorId'
        ? say`${what} names the sensor "${shown}", but the node sends it to "${own}". For values of several sensors, leave the sensor id empty and send an object with a member for each.`
        : say`${what} names the gateway "${shown}", but the node sends it to "${own}". Send the gateway's id with it, as msg.gatewayId, and let the node use that.`
    throw new ConnectorError('INPUT_INVALID', text)
  }
}

/** @throws ConnectorError `INPUT_INVALID` where values of several sensors are said to be of one */
function refuseNamedSensor(given: unknown): void {
  if (namesIn(given, ['sensorId']).sensorId === undefined) return
  throw new ConnectorError(
    'INPUT_INVALID',
    say`The message has members for several sensors, and also a "sensorId" that names one. Leave that out, or enter the sensor in the node.`,
  )
}

/** Of a message that holds no value at all. */
export function noSeriesValues(): ConnectorError {
  return new ConnectorError('INPUT_EMPTY', say`The message holds no values.`)
}

/**
 * The values of a message by sensor: those of the named sensor, or an object with a member for each sensor.
 * @param otherwise the sensor of values that name none, as the message holds it
 * @throws ConnectorError `INPUT_EMPTY`, `INPUT_INVALID` where no sensor is named in any way
 */
export function sensorValues(
  sensorId: Id | undefined,
  given: unknown,
  reading: SeriesReading,
  otherwise?: unknown,
): Readonly<Record<string, unknown>> {
  const values = unpacked(given)
  const found = metricsIn(values)
  if (found) {
    refuseNamedSensor(values)
    requireTarget(values, reading, say`the message`)
    return valuesOfMetrics(found)
  }
  if (sensorId !== undefined) return { [idText(sensorId)]: values }
  if (values === undefined || values === null || values === '') {
    throw noSeriesValues()
  }
  const isValue = isTimed(values) || isFieldValue(values) || bytesIn(values)
  if (isJsonObject(values) && !isValue) {
    if (Object.keys(values).length === 0) throw new ConnectorError('INPUT_EMPTY', say`The object holds no values.`)
    return valuesOfRow(withoutMarks(values), reading)
  }
  if (otherwise !== undefined) return { [idText(idOf(otherwise, 'msg.sensorId'))]: values }
  throw new ConnectorError(
    'INPUT_INVALID',
    say`No sensor is named. Enter its id in the node, send it as msg.sensorId, or send an object with a member for each sensor id.`,
  )
}

/**
 * The members of a row for several sensors that may as well be its time as values: only who knows the sensors can tell.
 * @param given as for `sensorValues`, where no sensor is named
 */
export function doubtfulSensors(given: unknown, timeField = usualTimeField): string[] {
  const row = unpacked(given)
  if (!isJsonObject(row) || isTimed(row) || isFieldValue(row) || metricsIn(row) || !isBlank(row[timeField])) return []
  return likelyTimeColumns(withoutMarks(row)).slice(0, mostDoubtful)
}

/** A row with more texts than this that read as dates is not a row of values. */
const mostDoubtful = 20

const bytesIn = (values: unknown): boolean =>
  typeof values === 'object' && values !== null && bytesFault(values) !== undefined

/** Metrics of Sparkplug B by their names, which are the sensors, whatever sensor the node is set to. */
function valuesOfMetrics({ metrics, time }: NonNullable<ReturnType<typeof metricsIn>>): Record<string, unknown[]> {
  const bySensor: Record<string, unknown[]> = Object.create(null) as Record<string, unknown[]>
  for (const set of metricSets(metrics, time)) {
    for (const [name, metric] of set.values) {
      const values = bySensor[name] ?? []
      bySensor[name] = values
      values.push(set.time === undefined ? metric : { ...metric, timestamp: set.time })
    }
  }
  return bySensor
}

/** A row with a member for each sensor: its time field, where it has one, is the time of those that have none of their own. */
function valuesOfRow(
  given: Readonly<Record<string, unknown>>,
  reading: SeriesReading,
): Readonly<Record<string, unknown>> {
  const { timeField = usualTimeField } = reading
  refuseNamedSensor(given)
  requireTarget(given, reading, say`the message`)
  const { gatewayId: _, ...row } = given
  const { [timeField]: time, ...values } = row
  const timeless = Object.entries(values).filter(([, value]) => !isTimed(value) && !Array.isArray(value))
  if (timeless.length === 0) return row
  const times = new EntryTimes({ ...reading, timeField })
  if (times.of(row, asIs, say`the message`) === undefined) {
    const { isSensor } = reading
    const known = isSensor && { typeOf: (name: string) => (isSensor(name) ? name : undefined) }
    times.arrivalOf(Object.fromEntries(timeless), asIs, say`the message`, asValue, known)
    return row
  }
  const timed = timeless.map(([sensorId, value]) => [sensorId, { value, [timeField]: time }])
  return { ...values, ...Object.fromEntries(timed) }
}

/** Values by sensor, all of one time; without it as they are. Each is a value: none of them can be mistaken for the time. */
export function withTime(values: Readonly<Record<string, unknown>>, time: unknown): Readonly<Record<string, unknown>> {
  const isTimeless = time === undefined || time === null || time === ''
  const timed = (value: unknown) => {
    if (isTimeless) return typeof value === 'object' ? value : { value }
    return { value, time }
  }
  return Object.fromEntries(Object.entries(values).map(([sensorId, value]) => [sensorId, timed(value)]))
}

function seriesEntry(
  given: unknown,
  kind: SensorKind | undefined,
  { arrival, decimalSign, ...target }: { arrival: () => number; decimalSign: DecimalSign } & Target,
  times: EntryTimes,
  what: TextValue,
): { entry: SeriesEntry; warning: Text | undefined } | undefined {
  const entry = isJsonObject(given) && !isFieldValue(given) ? withoutMarks(given) : given
  const timed = isTimed(entry) ? entry : undefined
  if (timed && (timed.sensorId !== undefined || timed.gatewayId !== undefined)) requireTarget(timed, target, what)
  const field = fieldValueOf(timed ? timed.value : entry)
  const exact = typeof field.value === 'bigint' && isExact(field.value) ? Number(field.value) : field.value
  const value = pointed(exact, kind, decimalSign, what)
  const warning = field.warning ?? clockWarning(value, kind)
  if (field.fault) throw new ConnectorError(field.fault.code, say`${what}: ${field.fault.text}`)
  if (isBlank(value) && (kind?.kind !== 'string' || typeof value !== 'string')) return undefined
  const sendable = kind ? valueOfKind(value, kind, what) : kindlessValue(value, what)
  const time = field.time === undefined ? timeIn(timed, times, arrival, what) : times.ownMs(field.time, what)
  return { entry: { value: sendable, time }, warning }
}

/** A number that is written with a comma, for a sensor that takes numbers, or whose type is unknown. */
function pointed(value: unknown, kind: SensorKind | undefined, decimalSign: DecimalSign, what: TextValue): unknown {
  if (typeof value !== 'string' || decimalSign === 'point' || (kind && kind.kind !== 'number')) return value
  if (!kind) return hasDecimalComma(value, decimalSign) ? pointedNumber(value, decimalSign) : value
  const number = pointedNumber(value, decimalSign)
  if (number !== undefined || isBlank(value)) return number ?? value
  throw new ConnectorError(
    'INPUT_INVALID',
    say`${what} ("${value.slice(0, 40)}") is not a number with a decimal comma, as the node is set to expect.`,
  )
}

/** The present time, which an inject node sends by default, is hardly what the sensor measured. */
function clockWarning(value: unknown, kind: SensorKind | undefined): Text | undefined {
  const isClock = Number.isInteger(value) && (value as number) >= earliestClockMs && (value as number) < 4.1e12
  if (!isClock || kind?.type === 'timeDuration') return undefined
  return say`${String(value)} is a Unix time in milliseconds, as an inject node sends by default. Is it really meant as the value? It was sent all the same.`
}

function timeIn(
  timed: Record<string, unknown> | undefined,
  times: EntryTimes,
  arrival: () => number,
  what: TextValue,
): number {
  const own = timed && times.of(timed, asIs, what)
  if (own !== undefined) return own
  // Throws where one of the others reads as its time.
  if (timed) times.arrivalOf(besidesValue(timed), asIs, what)
  return arrival()
}

const asValue = say`If it really is a value of a sensor, send it as { "value": … }.`

const asIs = (what: TextValue): TextValue => what

/** What else an entry holds: its value may well be a date. */
function besidesValue({ value: _, ...others }: Record<string, unknown>): Record<string, unknown> {
  return others
}

function isTimed(entry: unknown): entry is Record<string, unknown> {
  return isJsonObject(entry) && 'value' in entry && !isFieldValue(entry)
}
