/** A moment as it was written: the clock on some wall, and how far that clock is ahead of UTC, where the text says so. */
export interface WrittenTime {
  /** What the wall shows, as if it were UTC, Unix milliseconds. */
  wallMs: number
  /** `undefined`: a wall in the time zone that the reader is set to. */
  offsetMs: number | undefined
}

/** What looks like a time but is not one. */
export type TimeFault =
  /** 30 February, 25 o'clock. */
  | { fault: 'impossible' }
  /** A zone of letters, such as CST, which stands for five zones. */
  | { fault: 'zone'; zone: string }

export const minuteMs = 60_000
export const hourMs = 60 * minuteMs
export const dayMs = 24 * hourMs

/** Longer texts are not times; they are cut before a pattern sees them. */
export const longestTimeText = 64

/** A moment that needs no zone. */
export const instant = (unixMs: number): WrittenTime => ({ wallMs: unixMs, offsetMs: 0 })

/**
 * Date and time of day as `wallMs`; `undefined` for days and times that do not exist, such as 30 February. 24:00:00 is the
 * end of the day. A fraction is rounded to milliseconds.
 * @param seconds with its fraction
 */
export function wallMsOf(
  year: number,
  month: number,
  day: number,
  hour = 0,
  minute = 0,
  seconds = 0,
): number | undefined {
  const isTimeOfDay = hour < 24 && minute < 60 && seconds < 60
  if (!isTimeOfDay && !(hour === 24 && minute === 0 && seconds === 0)) return undefined
  if (month < 1 || month > 12 || day < 1 || day > 31) return undefined
  const dayStartMs = Date.UTC(year, month - 1, day)
  // Date.UTC takes the 31st of any month for the next one's first, and the years 0 to 99 for 1900 to 1999.
  if ((day > 28 || year < 100) && !isDay(dayStartMs, year, day)) return undefined
  return dayStartMs + hour * hourMs + minute * minuteMs + Math.round(seconds * 1000)
}

function isDay(dayStartMs: number, year: number, day: number): boolean {
  const date = new Date(dayStartMs)
  return date.getUTCFullYear() === year && date.getUTCDate() === day
}

/** `Z`, `+01`, `+0530` or `-05:30` in milliseconds; `undefined` where there is none, `NaN` for one that no zone has. */
export function offsetMsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (text === 'Z' || text === 'z') return 0
  const hours = Number(text.slice(1, 3))
  const minutes = Number(text.slice(3).replace(':', ''))
  if (hours > 18 || minutes > 59) return Number.NaN
  return (text.startsWith('-') ? -1 : 1) * (hours * hourMs + minutes * minuteMs)
}

/** `2026-03-02 06:00:00`: the wall's clock for a person, with milliseconds where there are some. */
export function wallText(wallMs: number): string {
  const text = new Date(wallMs).toISOString().replace('T', ' ').slice(0, -1)
  return text.endsWith('.000') ? text.slice(0, -4) : text
}
