import { type Fault, fieldValueOf, isBlank, isExact, type Place, type TimeReader, type ValueReport } from '../message'
import { say, type Text } from '../text'
import { isPlainValue, valueFault } from './value'

/** Feature identifiers were 64, later 128 characters; their characters are published nowhere. Source: enos.md section 3.4. */
const longestIdentifier = 128
/** V8 knows this one, other than `Object.hasOwn`, to be true of nearly every name that `for … in` gives. */
const hasOwn = Object.prototype.hasOwnProperty

type Values = Record<string, unknown>

/** How the values of an entry are read. */
export interface ValueReading {
  report: ValueReport
  /** Of the times that values bring along. */
  times: TimeReader
  /** Whether values with times of their own are entries of their own; attributes have none, and an event is one moment. */
  splits: boolean
}

/** Whether all may go as they are, which nearly all do. */
export function arePlain(values: Readonly<Values>): boolean {
  for (const name in values) {
    if (!hasOwn.call(values, name)) continue
    if (name === '' || name.length > longestIdentifier || !isPlainValue(values[name])) return false
  }
  return true
}

/** Whether there is any value at all, good or bad. */
export function holdsAny(values: Readonly<Values>): boolean {
  for (const name in values) {
    const value = values[name]
    if ((typeof value === 'number' || !isBlank(value)) && hasOwn.call(values, name)) return true
  }
  return false
}

/**
 * The values by their times, Unix milliseconds, without what is no value and what can't be sent.
 * @param index of the entry
 * @param timeMs of values that bring none along
 */
export function sendableValues(
  given: Readonly<Values>,
  index: number | undefined,
  timeMs: number,
  { report, times, splits }: ValueReading,
): Map<number, Values> {
  const byTime = new Map<number, Values>()
  for (const name in given) {
    if (!hasOwn.call(given, name) || isBlank(given[name])) continue
    const where = () => say`${placeOf(index)}, "${name.slice(0, 60)}"`
    const place = placed(index, name)
    const field = fieldValueOf(given[name])
    const value = exactly(field.value)
    const fault = identifierFault(name) ?? field.fault ?? (isPlainValue(value) ? undefined : faultOf(value))
    if (fault !== undefined) {
      report.reject(place, fault, where())
      continue
    }
    if (isBlank(value)) continue
    try {
      const ownMs = splits && field.time !== undefined ? times.timeMs(field.time, where()) : timeMs
      setOwn(valuesAt(byTime, ownMs), name, value)
      if (field.warning) report.warn(place, field.warning)
    } catch (thrown) {
      report.rejectFor(place, thrown)
    }
  }
  return byTime
}

const faultOf = (value: unknown): Fault | undefined => (isBlank(value) ? undefined : valueFault(value))

/** A wide whole number as the number that it is, or as text, which alone holds it exactly. */
function exactly(value: unknown): unknown {
  if (typeof value !== 'bigint') return value
  return isExact(value) ? Number(value) : String(value)
}

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

export function setOwn(values: Values, name: string, value: unknown): void {
  if (name === '__proto__') Object.defineProperty(values, name, { value, enumerable: true })
  else values[name] = value
}
