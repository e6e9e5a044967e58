import { ConnectorError, isJsonObject, type JsonObject } from '../http'
import { type Id, idOf, idText, timeMsOf } from '../message'
import { say, type TextValue } from '../text'
import type { SensorKind } from './sensor-kinds'
import { kindlessValue, valueOfKind } from './sensor-value'

/** One element of a series write, exactly as it is sent. Source: fact sheet sections 1.10 and 4. */
export interface SeriesEntry {
  value: string | JsonObject
  /** Unix milliseconds. */
  time: number
}

/**
 * What a message holds for one sensor, as the cloud wants it: oldest first, entries of equal time in the given order.
 * @param input a value; `{ value, time? }` (other keys are ignored, but for one that is named like a time while there is no
 * time field); or an array of these
 * @param timeField the key that holds the time, where it is not `time`: a column of a table
 * @param kind what the sensor type takes; without it numbers and booleans become text and objects pass as they are
 * @param arrivalMs the time of an entry that has none
 * @throws ConnectorError `INPUT_EMPTY`, `INPUT_INVALID`, `INPUT_TIME_INVALID`, `INPUT_CIRCULAR`, each naming the entry
 */
export function seriesEntries(
  input: unknown,
  kind: SensorKind | undefined,
  arrivalMs: number,
  timeField = 'time',
): SeriesEntry[] {
  const list = Array.isArray(input) ? input : [input]
  if (list.length === 0) throw new ConnectorError('INPUT_EMPTY', say`The list of values is empty.`)
  // Not `map`, which passes over the holes of a list and leaves them in.
  const entries = Array.from(list, (entry: unknown, index) => {
    const what = list.length === 1 ? say`the value` : say`value ${index + 1} of ${list.length}`
    return seriesEntry(entry, kind, arrivalMs, timeField, what)
  })
  return entries.sort((one, other) => one.time - other.time)
}

/**
 * The values of a message by sensor: those of the named sensor, or an object with a member for each sensor.
 * @param otherwise the sensor of values that name none, as the message holds it
 * @throws ConnectorError `INPUT_EMPTY`, `INPUT_INVALID` where no sensor is named in any way
 */
export function sensorValues(
  sensorId: Id | undefined,
  values: unknown,
  otherwise?: unknown,
): Readonly<Record<string, unknown>> {
  if (sensorId !== undefined) return { [idText(sensorId)]: values }
  if (values === undefined || values === null || values === '') {
    throw new ConnectorError('INPUT_EMPTY', say`The message holds no values.`)
  }
  if (isJsonObject(values) && !isTimed(values) && !ArrayBuffer.isView(values)) {
    if (Object.keys(values).length === 0) throw new ConnectorError('INPUT_EMPTY', say`The object holds no values.`)
    return values
  }
  if (otherwise !== undefined) return { [idText(idOf(otherwise, 'msg.sensorId'))]: values }
  throw new ConnectorError(
    'INPUT_INVALID',
    say`No sensor is named. Enter its id in the node, send it as msg.sensorId, or send an object with a member for each sensor id.`,
  )
}

/** Values by sensor, all of one time; without it as they are. */
export function withTime(values: Readonly<Record<string, unknown>>, time: unknown): Readonly<Record<string, unknown>> {
  if (time === undefined || time === null || time === '') return values
  return Object.fromEntries(Object.entries(values).map(([sensorId, value]) => [sensorId, { value, time }]))
}

function seriesEntry(
  entry: unknown,
  kind: SensorKind | undefined,
  arrivalMs: number,
  timeField: string,
  what: TextValue,
): SeriesEntry {
  const { value, [timeField]: time } = isTimed(entry) ? entry : { value: entry }
  if (value === undefined || value === null || value === '') {
    throw new ConnectorError('INPUT_EMPTY', say`There is nothing to send: ${what} is empty.`)
  }
  const isTimeless = time === undefined || time === null || time === ''
  if (isTimeless) refuseOtherTime(entry, timeField, what)
  return {
    value: kind ? valueOfKind(value, kind, what) : kindlessValue(value, what),
    time: isTimeless ? arrivalMs : timeMsOf(time, what),
  }
}

/** A column named like a time that nobody has named as the time field: the times would be lost without a word. */
function refuseOtherTime(entry: unknown, timeField: string, what: TextValue): void {
  if (!isTimed(entry) || timeField in entry) return
  const likely = Object.keys(entry).find((key) => /time|date/i.test(key))
  if (likely === undefined) return
  throw new ConnectorError(
    'INPUT_TIME_INVALID',
    say`There is no "${timeField}", but "${likely}" in ${what}. Enter as time field the name of the key that holds the time.`,
  )
}

function isTimed(entry: unknown): entry is Record<string, unknown> {
  return isJsonObject(entry) && 'value' in entry
}
