import { joined, say, type Text } from '../core'
import {
  type DecimalSign,
  type EntryTimes,
  type Fault,
  fieldValueOf,
  isBlank,
  lostZerosText,
  type Place,
  type ValueReport,
} from '../message'
import type { DeviceName } from './device-name'
import type { KnownPoints } from './known-points'
import { type Fitted, fitted, isFittingNumber, isTextType, type PointType } from './point-type'
import { isPlainValue, longestIdentifier, valueFault } from './value'

/** V8 knows this one, other than `Object.hasOwn`, to be true of nearly every name that `for … in` gives. */
const hasOwn = Object.prototype.hasOwnProperty

type Values = Record<string, unknown>

/** How the values of an entry are read. */
export interface ValueReading {
  report: ValueReport
  /** Reads the times that values bring along; left out for attributes, which have none. */
  times?: EntryTimes | undefined
  /** What is known of a device's points, where anything is. */
  points?: ((device: DeviceName | undefined) => KnownPoints | undefined) | undefined
  /** What becomes of a point that the device's thing model lacks. */
  unknownPoints: 'warn' | 'refuse'
  decimalSign: DecimalSign
  /** Points whose ids came in as numbers. */
  numbered?: ReadonlySet<string> | undefined
}

/**
 * The values by their times, Unix milliseconds, without blank values and those that can't be sent.
 * @param index of the entry
 * @param timeMs of values that bring none along
 */
export function sendableValues(
  given: Readonly<Values>,
  index: number | undefined,
  timeMs: number,
  reading: ValueReading,
  known: KnownPoints | undefined,
): Map<number, Values> {
  const byTime = new Map<number, Values>()
  for (const name in given) {
    if (!hasOwn.call(given, name)) continue
    const value = given[name]
    const type = known?.typeOf(name)
    if (typeof value === 'number' && type && isFittingNumber(value, type)) {
      setOwn(valuesAt(byTime, timeMs), name, value)
    } else if (!isBlank(value) || (typeof value === 'string' && type && isTextType(type.dataType))) {
      readValue(value, name, { index, timeMs, known, byTime }, reading)
    }
  }
  return byTime
}

interface ValuePlace {
  index: number | undefined
  timeMs: number
  known: KnownPoints | undefined
  byTime: Map<number, Values>
}

function readValue(given: unknown, name: string, at: ValuePlace, { report, times, ...reading }: ValueReading): void {
  const { index, known, byTime } = at
  const where = say`${placeOf(index)}, "${name.slice(0, 60)}"`
  const place = placed(index, name)
  const field = fieldValueOf(given)
  const unknown = known?.isUnknown(name) ? unknownText(name, known, reading.numbered) : undefined
  const isRefused = unknown !== undefined && reading.unknownPoints === 'refuse'
  const refused = isRefused ? ({ code: 'INPUT_INVALID', text: unknown } as const) : undefined
  const fault = identifierFault(name) ?? refused ?? field.fault
  const fit = fault ? { fault } : fittedIfAny(field.value, known?.typeOf(name), reading.decimalSign)
  const found = 'fault' in fit ? fit.fault : isPlainValue(fit.value) ? undefined : faultOf(fit.value)
  if ('fault' in fit || found) {
    if (found) report.reject(place, found, where)
    return
  }
  if (fit.value === null || fit.value === undefined) return
  try {
    const ownMs = times && field.time !== undefined ? times.ownMs(field.time, where) : at.timeMs
    setOwn(valuesAt(byTime, ownMs), name, fit.value)
  } catch (thrown) {
    report.rejectFor(place, thrown)
    return
  }
  if (field.warning) report.warn(place, field.warning)
  if (fit.warning) report.warn(place, fit.warning)
  if (unknown) report.warn(place, say`${unknown} It was sent all the same; EnOS may store it or drop it.`)
}

const fittedIfAny = (value: unknown, type: PointType | undefined, decimalSign: DecimalSign): Fitted =>
  value === null || value === undefined ? { value } : fitted(value, type, decimalSign)

function unknownText(name: string, known: KnownPoints, numbered: ValueReading['numbered']): Text {
  const nearest = known.nearest(name)
  const text =
    nearest === undefined
      ? say`the thing model of the device has no such identifier.`
      : say`the thing model of the device has no such identifier. Did you mean "${nearest}"?`
  const lostZeros = numbered?.has(name) ? lostZerosText([Number(name)]) : undefined
  return lostZeros ? joined([text, lostZeros], ' ') : text
}

const faultOf = (value: unknown): Fault | undefined => (isBlank(value) ? undefined : valueFault(value))

function valuesAt(byTime: Map<number, Values>, timeMs: number): Values {
  const values = byTime.get(timeMs) ?? {}
  byTime.set(timeMs, values)
  return values
}

function identifierFault(name: string): Fault | undefined {
  if (name !== '' && name.length <= longestIdentifier) return undefined
  return { code: 'INPUT_INVALID', text: say`this is not an identifier of a thing model.` }
}

export const placeOf = (index: number | undefined): Text =>
  index === undefined ? say`the message` : say`entry ${index}`

export const placed = (row: number | undefined, point?: string): Place => ({
  ...(row === undefined ? {} : { row }),
  ...(point === undefined ? {} : { point }),
})

function setOwn(values: Values, name: string, value: unknown): void {
  if (name === '__proto__') Object.defineProperty(values, name, { value, enumerable: true })
  else values[name] = value
}
