import { ConnectorError } from '../http'

/** Below this a number is no time in milliseconds of our age (it is 1973), but seconds; above `latestMs` it is finer than milliseconds. */
const earliestMs = 100_000_000_000
const latestMs = 100_000_000_000_000

/**
 * The time of a value as Unix milliseconds.
 * @param time milliseconds as number or numeric text, ISO 8601 text (without a zone: this PC's local time), or a Date
 * @param where which entry it belongs to, for the error
 * @throws ConnectorError `INPUT_TIME_INVALID`
 */
export function parseTime(time: unknown, where: string): number {
  const timeMs = toMilliseconds(time)
  if (timeMs === undefined || !Number.isFinite(timeMs)) {
    throw invalid(where, `${shown(time)} is no time. Use Unix milliseconds, ISO 8601 text or a Date.`)
  }
  if (timeMs < earliestMs) {
    throw invalid(where, `${shown(time)} looks like seconds, EnOS counts milliseconds. Multiply it by 1000.`)
  }
  if (timeMs > latestMs) {
    throw invalid(where, `${shown(time)} lies in a far future: is it micro- or nanoseconds? Use milliseconds.`)
  }
  return Math.round(timeMs)
}

function toMilliseconds(time: unknown): number | undefined {
  if (typeof time === 'number') return time
  if (time instanceof Date) return time.getTime()
  if (typeof time !== 'string' || time.trim() === '') return undefined
  const text = time.trim()
  return /^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) : Date.parse(text)
}

function invalid(where: string, text: string): ConnectorError {
  return new ConnectorError('INPUT_TIME_INVALID', `${where}: ${text}`)
}

function shown(time: unknown): string {
  if (typeof time === 'string') return `"${time.slice(0, 40)}"`
  if (typeof time === 'number') return String(time)
  return `a value of type ${time === null ? 'null' : typeof time}`
}
