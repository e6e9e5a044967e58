import { offsetMsOf, type TimeFault, type WrittenTime, wallMsOf } from './written-time'

const offset = String.raw`Z|z|[+-]\d{2}(?::?\d{2})?`
const extended = new RegExp(
  String.raw`^(\d{4})([-/])(\d{2})\2(\d{2})(?:(?:[Tt]| {1,2})(\d{2}):(\d{2})(?::(\d{2}(?:[.,]\d{1,9})?))? ?(${offset})?)?$`,
)
const basic = new RegExp(String.raw`^(\d{4})()(\d{2})(\d{2})[Tt](\d{2})(\d{2})(\d{2}(?:[.,]\d{1,9})?)?(${offset})?$`)
/** A time with more behind it: the name of a zone, or an offset in a form that is not ISO 8601. */
const withRest = /^\d{4}([-/])\d{2}\1\d{2}[Tt ] ?\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)? ?([A-Za-z([+-].*)$/

/**
 * Reads ISO 8601: a date, or date and time with a blank or T between them, a comma or dot before the fraction, `Z` or an
 * offset (`+01`, `+0100`, `+01:00`) or neither. Slashes between the parts of the date are taken too.
 * @returns `undefined` for everything else
 */
export function readIsoTime(text: string): WrittenTime | TimeFault | undefined {
  const match = extended.exec(text) ?? basic.exec(text)
  if (match) return timeOf(match)
  const rest = withRest.exec(text)?.[2]
  return rest === undefined ? undefined : { fault: 'zone', zone: rest }
}

function timeOf(match: RegExpExecArray): WrittenTime | TimeFault {
  const [, year, , month, day, hour = '0', minute = '0', seconds = '0', zone] = match
  const wallMs = wallMsOf(
    Number(year),
    Number(month),
    Number(day),
    Number(hour),
    Number(minute),
    Number(seconds.charAt(2) === ',' ? seconds.replace(',', '.') : seconds),
  )
  const offsetMs = offsetMsOf(zone)
  return wallMs === undefined || Number.isNaN(offsetMs) ? { fault: 'impossible' } : { wallMs, offsetMs }
}
