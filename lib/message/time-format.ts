import { say, type TextValue } from '../core'
import { readIsoTime } from './iso-time'
import { type NumberFormat, numberFormats, numberOf, readPackedTime } from './numbered-time'
import { readDayMonthYear, readMonthDayYear, type TimePattern } from './patterned-time'
import { instant, longestTimeText, type TimeFault, type WrittenTime } from './written-time'

/** How the times of a message are written; `auto`: Unix milliseconds, ISO 8601, digits in a row. */
export type TimeFormat = 'auto' | NumberFormat | 'dmy' | 'mdy' | 'pattern'

/** What the dialogs call a format. */
export const formatName: Readonly<Record<TimeFormat, TextValue>> = {
  auto: say`ISO 8601 or Unix milliseconds`,
  s: say`Unix seconds`,
  ms: say`Unix milliseconds`,
  us: say`Unix microseconds`,
  ns: say`Unix nanoseconds`,
  excel: say`Excel date (days since 1900)`,
  'excel-us': say`SIMATIC HMI (millionths of Excel days)`,
  dmy: say`day.month.year`,
  mdy: say`month/day/year`,
  pattern: say`a pattern`,
}

/** A number of milliseconds below it is a day in 1976 at the latest, and as digits in a row it may be a date. */
const packedBelow = 3e11

/** Reads a number, text or Date of a format; `undefined` for what is not written so. */
export function readTime(
  time: unknown,
  format: TimeFormat,
  pattern?: TimePattern,
): WrittenTime | TimeFault | undefined {
  if (time instanceof Date) return Number.isNaN(time.getTime()) ? undefined : instant(time.getTime())
  const written = typeof time === 'string' ? time.trim() : time
  if (typeof written === 'string' && written.length > longestTimeText) return undefined
  switch (format) {
    case 'auto':
      return readAutomatic(written)
    case 'dmy':
      return typeof written === 'string' ? readDayMonthYear(written) : undefined
    case 'mdy':
      return typeof written === 'string' ? readMonthDayYear(written) : undefined
    case 'pattern':
      return isWritten(written) ? pattern?.read(String(written)) : undefined
    default: {
      const number = numberOf(written)
      return number === undefined ? undefined : numberFormats[format](number)
    }
  }
}

function readAutomatic(written: unknown): WrittenTime | TimeFault | undefined {
  const number = numberOf(written)
  if (number === undefined) return typeof written === 'string' ? readIsoTime(written) : undefined
  const isDigits = isWritten(written) && (number < packedBelow || number > 1e13)
  return (isDigits ? readPackedTime(written) : undefined) ?? numberFormats.ms(number)
}

const isWritten = (time: unknown): time is string | number | bigint =>
  typeof time === 'string' || typeof time === 'number' || typeof time === 'bigint'

/** Whether nearly all times of this format are whole numbers of Unix milliseconds. */
export const isPlainFormat = (format: TimeFormat): boolean => format === 'auto' || format === 'ms'

export const packedTimesBelowMs = packedBelow
