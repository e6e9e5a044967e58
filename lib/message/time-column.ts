import { numberFormats, numberOf, readPackedTime } from './numbered-time'
import { monthOf, readDayMonthYear, readMonthDayYear } from './patterned-time'

const fromMs = Date.UTC(2000, 0)
const untilMs = Date.UTC(2100, 0)
const longestDateText = 48
const hasOwn = Object.prototype.hasOwnProperty

/** What is known of the points of a device or the rows of a table. */
export interface KnownValues {
  /** `undefined` for a name that is not known. */
  typeOf(name: string): unknown
}

/**
 * The member of an entry that is its time, by all that it shows, though nobody has named it as the time field: a Date, a text
 * that reads as a date in any language, or a number that is one and has the name of one.
 * @param known members that are values, whatever they look like
 */
export function likelyTimeColumn(entry: Readonly<Record<string, unknown>>, known?: KnownValues): string | undefined {
  for (const name in entry) {
    const value = entry[name]
    // Nearly all values are small numbers.
    if (typeof value === 'number' && value < smallestTime) continue
    if (isLikelyTime(name, value) && hasOwn.call(entry, name) && known?.typeOf(name) === undefined) return name
  }
  return undefined
}

/** All members of an entry that may be its time: see `likelyTimeColumn`. */
export function likelyTimeColumns(entry: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(entry).filter((name) => isLikelyTime(name, entry[name]))
}

/** 1 January 2000 as a day of Excel: no time is a smaller number. */
export const smallestTime = 36_526

function isLikelyTime(name: string, value: unknown): boolean {
  if (value instanceof Date) return true
  const number = numberOf(value)
  if (number !== undefined) return isTimeNumber(value as number | string, number, timeName(name))
  return typeof value === 'string' && readsAsDate(value.trim())
}

const yearFirst = /^\d{4} ?[-/.年년] ?\d{1,2} ?[-/.月월] ?\d{1,2}(?!\d)[日일.]?/
/** What may follow: a time of day, in whatever way half days and zones are written. */
const clock = /^[T, ]{1,3}(?:\p{L}{2} ?)?\d{1,2}(?::|[時时시] ?)\d{1,2}[\p{L}\d :.,+\-()]{0,24}$/u

/** Whether the whole text is a date, with or without the time of day. A version such as 1.2.24 is not. */
function readsAsDate(text: string): boolean {
  if (text.length < 6 || text.length > longestDateText) return false
  const date = yearFirst.exec(text)?.[0]
  if (date !== undefined) return date === text || clock.test(text.slice(date.length))
  const hasFullYear = /\d{4}/.test(text)
  const hasClock = /\d:\d\d/.test(text)
  if (hasFullYear || hasClock) {
    if (isTime(readDayMonthYear(text)) || isTime(readMonthDayYear(text))) return true
  }
  return hasClock && isOfMonthName(text)
}

/** A time that cannot be read is one, too: it was meant as a time. */
const isTime = (read: object | undefined): boolean => read !== undefined

/** `28-Nov-26 10:00:00`, `Sat Nov 28 2026 10:00:00 GMT+0100`: nothing but numbers and the words of a date. */
function isOfMonthName(text: string): boolean {
  const words = text.split(/[^A-Za-z]+/).filter(Boolean)
  const months = words.filter((word) => monthOf(word) > 0)
  return months.length === 1 && words.every((word) => monthOf(word) > 0 || dayOrZone.test(word))
}

const dayOrZone = /^(?:(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?|[AaPp][Mm]|[A-Z]{1,4})$/

/** Is the number one moment of our days, in any unit? */
function isTimeNumber(value: unknown, number: number, name: 'none' | 'part' | 'whole'): boolean {
  if (name === 'none') return false
  const formats = name === 'whole' ? ([...epochFormats, 'excel', 'excel-us'] as const) : epochFormats
  const packed = readPackedTime(value as number | bigint | string)
  const times = [packed, ...formats.map((format) => numberFormats[format](number))]
  return times.some((time) => time && time.wallMs >= fromMs && time.wallMs < untilMs)
}

const epochFormats = ['s', 'ms', 'us', 'ns'] as const

/** Words that name a moment, whatever stands beside them. */
const momentWords = new Set(
  'timestamp datetime date ts zeitstempel datum zeitpunkt horodatage fecha 时间戳 日期 日時 日付 타임스탬프 일시 날짜'.split(
    ' ',
  ),
)
/** Words that may as well name a duration: `cpu_time`. */
const timeWords = new Set('time zeit uhrzeit heure hora 时间 時間 时刻 時刻 시간 시각'.split(' '))
/** Beside these they name a moment. */
const momentOf = new Set(
  'start end event sample measure measured measurement record recorded log logged server source device plc local utc unix epoch created update updated received read last first'.split(
    ' ',
  ),
)
const unitWords = new Set('s sec ms us ns'.split(' '))

/** How much a name speaks for a time: not at all, in one of its words, or as a whole. Words as people write them: snake_case, camelCase. */
function timeName(name: string): 'none' | 'part' | 'whole' {
  const words = name
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .filter((word) => word !== '' && !unitWords.has(word))
  const isOfTime = (word: string) => momentWords.has(word) || timeWords.has(word)
  if (!words.some(isOfTime)) return 'none'
  if (words.every(isOfTime)) return 'whole'
  const isMoment =
    words.some((word) => momentWords.has(word)) || words.every((word) => isOfTime(word) || momentOf.has(word))
  return isMoment ? 'part' : 'none'
}
