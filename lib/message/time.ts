import { ConnectorError } from '../http'
import { say, type Text, type TextValue } from '../text'

/** Below it a number of milliseconds is a day in 1973 at the latest: it was meant as seconds. */
const earliestMs = 1e11
/** Above it a number of milliseconds is the year 5138: it was meant as micro- or nanoseconds. */
const latestMs = 1e14

/**
 * A time as users write it, in Unix milliseconds: a number or numeric text of milliseconds, ISO 8601 text (local time
 * where it names no zone), or a Date.
 * @param what whose time it is, for the error text: `value 3 of 10`, `Entry 2`
 * @throws ConnectorError `INPUT_TIME_INVALID`
 */
export function timeMsOf(time: unknown, what: TextValue): number {
  const timeMs = millisecondsOf(time)
  const shown = describe(time)
  if (timeMs === undefined)
    throw invalid(say`The time of ${what}, ${shown}, is no time. Use Unix milliseconds, ISO 8601 text or a Date.`)
  if (timeMs < 0) throw invalid(say`The time of ${what}, ${shown}, lies before 1970.`)
  if (timeMs < earliestMs)
    throw invalid(say`The time of ${what}, ${shown}, looks like seconds. Use milliseconds: multiply it by 1000.`)
  if (timeMs > latestMs)
    throw invalid(say`The time of ${what}, ${shown}, looks like micro- or nanoseconds. Use milliseconds: divide it.`)
  return timeMs
}

/**
 * A whole number of milliseconds, which nearly all times are; `undefined` for all else, good or bad. For lists: no text has
 * to be made of whose time it is.
 */
export function plainTimeMs(time: unknown): number | undefined {
  return Number.isInteger(time) && (time as number) >= earliestMs && (time as number) <= latestMs
    ? (time as number)
    : undefined
}

function millisecondsOf(time: unknown): number | undefined {
  if (typeof time === 'number') return wholeOf(time)
  if (time instanceof Date) return wholeOf(time.getTime())
  if (typeof time !== 'string') return undefined
  const text = time.trim()
  if (/^-?\d+(\.\d+)?$/.test(text)) return wholeOf(Number(text))
  return /^\d{4}-\d{2}-\d{2}/.test(text) ? wholeOf(Date.parse(text)) : undefined
}

function wholeOf(number: number): number | undefined {
  return Number.isFinite(number) ? Math.round(number) : undefined
}

function invalid(text: Text): ConnectorError {
  return new ConnectorError('INPUT_TIME_INVALID', text)
}

function describe(time: unknown): TextValue {
  if (typeof time === 'string') return `"${time.slice(0, 40)}"`
  return typeof time === 'number' ? time : say`a value of type ${time === null ? 'null' : typeof time}`
}
