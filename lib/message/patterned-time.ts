import { offsetMsOf, type TimeFault, type WrittenTime, wallMsOf } from './written-time'

/** How a pattern's part is read, and where its text goes. */
interface Part {
  pattern: string
  field: 'year' | 'month' | 'monthName' | 'day' | 'hour' | 'minute' | 'second' | 'fraction' | 'half' | 'zone'
}

const two = String.raw`(\d{2})`
const oneOrTwo = String.raw`(\d{1,2})`
const parts: Readonly<Record<string, Part>> = {
  YYYY: { pattern: String.raw`(\d{4})`, field: 'year' },
  YY: { pattern: two, field: 'year' },
  MMMM: { pattern: '([A-Za-z]{3,9})', field: 'monthName' },
  MMM: { pattern: '([A-Za-z]{3,9})', field: 'monthName' },
  MM: { pattern: two, field: 'month' },
  M: { pattern: oneOrTwo, field: 'month' },
  DD: { pattern: two, field: 'day' },
  D: { pattern: oneOrTwo, field: 'day' },
  HH: { pattern: two, field: 'hour' },
  H: { pattern: oneOrTwo, field: 'hour' },
  hh: { pattern: two, field: 'hour' },
  h: { pattern: oneOrTwo, field: 'hour' },
  mm: { pattern: two, field: 'minute' },
  m: { pattern: oneOrTwo, field: 'minute' },
  ss: { pattern: two, field: 'second' },
  s: { pattern: oneOrTwo, field: 'second' },
  S: { pattern: String.raw`(\d{1,9})`, field: 'fraction' },
  A: { pattern: String.raw`([AaPp])\.?[Mm]\.?`, field: 'half' },
  Z: { pattern: String.raw`(Z|[+-]\d{2}(?::?\d{2})?)`, field: 'zone' },
}
const longestPattern = 64

const months = 'january february march april may june july august september october november december'.split(' ')

/** 1 for `Jan` and `January`, and so on; 0 for a word that is not an English month. */
export function monthOf(word: string): number {
  return word.length < 3 ? 0 : months.findIndex((month) => month.startsWith(word.toLowerCase())) + 1
}

/** Reads texts of one form, such as `DD.MM.YYYY HH:mm:ss,SSS`. */
export class TimePattern {
  readonly #pattern: RegExp
  readonly #fields: readonly Part['field'][]

  private constructor(pattern: RegExp, fields: readonly Part['field'][]) {
    this.#pattern = pattern
    this.#fields = fields
  }

  /**
   * @param text of YYYY YY, MMMM MMM MM M, DD D, HH H hh h, mm m, ss s, SSS (the digits of a fraction), A (am or pm), Z (an
   * offset); y, d and a as Y, D and A. What stands in single quotes, and all that is no letter, stands for itself.
   * @returns `undefined` where the text holds another letter, a part twice, or not all of year, month and day
   */
  static of(text: string): TimePattern | undefined {
    if (text.length > longestPattern) return undefined
    const fields: Part['field'][] = []
    let pattern = ''
    for (const [token] of text.matchAll(/'[^']{1,64}'|([A-Za-z])\1*| +|[^A-Za-z ]/g)) {
      const part = partOf(token)
      if (!part && /^[A-Za-z]/.test(token)) return undefined
      if (part) fields.push(part.field)
      pattern += part?.pattern ?? literal(token)
    }
    const isWhole = (['year', 'day'] as const).every((field) => fields.includes(field))
    const months = fields.filter((field) => field === 'month' || field === 'monthName').length
    if (!isWhole || months !== 1 || new Set(fields).size !== fields.length) return undefined
    return new TimePattern(new RegExp(`^${pattern}$`, 'u'), fields)
  }

  /** @returns `undefined` for a text of another form */
  read(text: string): WrittenTime | TimeFault | undefined {
    const match = this.#pattern.exec(text)
    if (!match) return undefined
    const found: Partial<Record<Part['field'], string>> = {}
    for (const [index, field] of this.#fields.entries()) found[field] = match[index + 1] ?? ''
    const month = found.month ?? String(monthOf(found.monthName ?? ''))
    return writtenTime({ ...found, month })
  }
}

function partOf(token: string): Part | undefined {
  if (/^(?:S+|f+)$/.test(token)) return parts.S
  return parts[token.replaceAll('y', 'Y').replaceAll('d', 'D').replaceAll('a', 'A')]
}

/** A blank stands for one or several, because loggers pad with them. */
function literal(token: string): string {
  if (token.startsWith(' ')) return ' {1,4}'
  const text = token.length > 2 && token.startsWith("'") ? token.slice(1, -1) : token
  return text.replaceAll(/[^A-Za-z0-9]/g, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)
}

/** Day, month and year in this order or with the month first, as people write them: `2.3.26 6:00`, `03/02/2026 6:00:00 PM`. */
const common = (first: 'day' | 'month') =>
  new RegExp(
    String.raw`^(?<${first}>\d{1,2})([./-])(?<${first === 'day' ? 'month' : 'day'}>\d{1,2})\2(?<year>\d{4}|\d{2})` +
      String.raw`(?:,?[T ]{1,2}(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:[.,:](?<fraction>\d{1,9}))?)?` +
      String.raw`(?: ?(?<half>[AaPp])\.?[Mm]\.?)?(?: ?(?<zone>Z|[+-]\d{2}(?::?\d{2})?))?)?$`,
  )
const dayFirst = common('day')
const monthFirst = common('month')

/** @returns `undefined` for a text of another form */
export const readDayMonthYear = (text: string) => readCommon(dayFirst, text)
export const readMonthDayYear = (text: string) => readCommon(monthFirst, text)

function readCommon(pattern: RegExp, text: string): WrittenTime | TimeFault | undefined {
  const found = pattern.exec(text)?.groups
  return found && writtenTime(found)
}

function writtenTime(found: Readonly<Partial<Record<string, string>>>): WrittenTime | TimeFault {
  const { year = '', month, day, minute = '0', second = '0', fraction = '0', zone } = found
  const wallMs = wallMsOf(
    Number(year.length === 2 ? `20${year}` : year),
    Number(month),
    Number(day),
    hourOf(found.hour ?? '0', found.half),
    Number(minute),
    Number(`${second}.${fraction}`),
  )
  const offsetMs = offsetMsOf(zone)
  return wallMs === undefined || Number.isNaN(offsetMs) ? { fault: 'impossible' } : { wallMs, offsetMs }
}

/** 12 am is midnight, 12 pm is noon; 13 pm is none. */
function hourOf(text: string, half: string | undefined): number {
  const hour = Number(text)
  if (half === undefined) return hour
  if (hour < 1 || hour > 12) return Number.NaN
  return (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0)
}
