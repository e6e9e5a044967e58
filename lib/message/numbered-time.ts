import { dayMs, instant, type WrittenTime, wallMsOf } from './written-time'

/** Day 25,569 of Excel is 1 January 1970. */
const excelDaysTo1970 = 25_569

/** What a number in a unit means. */
export const numberFormats = {
  ms: (milliseconds: number) => instant(milliseconds),
  s: (seconds: number) => instant(seconds * 1e3),
  us: (microseconds: number) => instant(microseconds / 1e3),
  ns: (nanoseconds: number) => instant(nanoseconds / 1e6),
  /** Days since 30 December 1899 on the clock of a wall, as spreadsheets keep times. */
  excel: (days: number): WrittenTime => ({ wallMs: (days - excelDaysTo1970) * dayMs, offsetMs: undefined }),
  /** A millionth of these, which the archives of SIMATIC HMI panels write as `Time_ms`. */
  'excel-us': (microdays: number): WrittenTime => numberFormats.excel(microdays / 1e6),
} as const

export type NumberFormat = keyof typeof numberFormats

/** A number, or a text that is one; a decimal comma is taken, since a time has no thousands separators. */
export function numberOf(time: unknown): number | undefined {
  if (typeof time === 'number') return Number.isFinite(time) ? time : undefined
  if (typeof time === 'bigint') return Number(time)
  if (typeof time !== 'string' || !/^[+-]?\d{1,25}(?:[.,]\d{1,25})?$/.test(time)) return undefined
  return Number(time.replace(',', '.'))
}

const digits = /^(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(?:(\d{2})(\d{3})?)?)?$/

/**
 * A date written as digits in a row: YYYYMMDD, YYYYMMDDhhmm, YYYYMMDDhhmmss or YYYYMMDDhhmmssSSS, of the years 1900 to 2999.
 * No other number of milliseconds that could be meant has one of these shapes, but some of 1976.
 * @returns `undefined` for anything that is not such a date
 */
export function readPackedTime(time: number | bigint | string): WrittenTime | undefined {
  // The text of a number of 17 digits is rounded.
  const match = digits.exec(String(Number.isSafeInteger(time) || !Number.isInteger(time) ? time : BigInt(time)))
  if (!match) return undefined
  const [, year, month, day, hour = '0', minute = '0', seconds = '0', milliseconds = '0'] = match
  if (Number(year) < 1900 || Number(year) > 2999) return undefined
  const wallMs = wallMsOf(
    Number(year),
    Number(month),
    Number(day),
    Number(hour),
    Number(minute),
    Number(seconds) + Number(milliseconds) / 1000,
  )
  return wallMs === undefined ? undefined : { wallMs, offsetMs: undefined }
}
