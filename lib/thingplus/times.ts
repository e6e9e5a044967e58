import { ConnectorError } from '../http'

/** Below it a number of milliseconds is a day in 1973 at the latest: it was meant as seconds. */
const earliestMs = 1e11
/** Above it a number of milliseconds is the year 5138: it was meant as micro- or nanoseconds. */
const latestMs = 1e14

/**
 * A time as users write it, in Unix milliseconds: a number or numeric text of milliseconds, ISO 8601 text (local time
 * where it names no zone), or a Date.
 * @param what whose time it is, for the error text: `value 3 of 10`
 * @throws ConnectorError `INPUT_TIME_INVALID`
 */
export function timeMsOf(time: unknown, what: string): number {
  const timeMs = millisecondsOf(time)
  if (timeMs === undefined) throw invalidTime(what, `is neither epoch milliseconds nor ISO 8601 text nor a Date`)
  if (timeMs < 0) throw invalidTime(what, 'lies before 1970')
  if (timeMs < earliestMs) {
    throw invalidTime(what, `(${timeMs}) looks like seconds. Milliseconds are needed: multiply by 1000`)
  }
  if (timeMs > latestMs) {
    throw invalidTime(what, `(${timeMs}) looks like micro- or nanoseconds. Milliseconds are needed: divide it`)
  }
  return timeMs
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

function invalidTime(what: string, fault: string): ConnectorError {
  return new ConnectorError('INPUT_TIME_INVALID', `The time of ${what} ${fault}.`)
}
