import { ConnectorError, isPlausible, say, type Text, type TextValue } from '../core'
import type { Id } from './identifier'
import type { TimePattern } from './patterned-time'
import { otherReadings, type Reading } from './time-advice'
import { formatName, isPlainFormat, packedTimesBelowMs, readTime, type TimeFormat } from './time-format'
import { hourMs, type TimeFault, wallText } from './written-time'
import { localZone, unixMsOf, type Zone } from './zone'

/** How a node reads times, as its dialog says. */
export interface TimeSettings {
  format: TimeFormat
  /** Of the format `pattern`. */
  pattern?: TimePattern | undefined
  /** Of texts that name no offset. */
  zone: Zone
  /** How far ahead of the arrival a time may lie. */
  aheadMs: number
}

export const automaticTimes: TimeSettings = { format: 'auto', zone: localZone, aheadMs: 24 * hourMs }

/** As milliseconds, a number below this is a day in March 1973 at the latest: seconds, or a clock that was never set. */
const earliestMs = 1e11

/** Until then, the end of 2099, numbers of all units can be told apart. */
const endMs = Date.UTC(2100, 0) - 1

/** A Date reaches no further. */
const latestDateMs = 8.64e15

/** Why a time is refused, as a sentence about it: made only where it is. */
type Refusal = (whose: Text) => Text

interface Latest {
  unixMs: number
  isFalling: boolean
}

/**
 * Reads the times of one message, in their order: the order tells which of two equal hours is meant where clocks are set
 * back.
 */
export class TimeReader {
  readonly #settings: TimeSettings
  readonly #arrivalMs: number
  readonly #plainFromMs: number
  readonly #latestMs: number
  /** Where any time needed a closer look. */
  #latestOf: Map<Id, Latest> | undefined

  /** @param arrivalMs when the message came in; bounds what may be sent */
  constructor(settings: TimeSettings, arrivalMs: number) {
    this.#settings = settings
    this.#arrivalMs = arrivalMs
    // A clock that is not set cannot say what lies ahead.
    this.#latestMs = Math.min(isPlausible(arrivalMs) ? arrivalMs + settings.aheadMs : endMs, endMs)
    this.#plainFromMs = isPlainFormat(settings.format) ? packedTimesBelowMs : Number.POSITIVE_INFINITY
  }

  /**
   * A whole number of milliseconds, which nearly all times are; `undefined` for all else, good or bad. For lists: no text
   * has to be made of whose time it is.
   */
  plainMs(time: unknown): number | undefined {
    return Number.isInteger(time) && (time as number) >= this.#plainFromMs && (time as number) <= this.#latestMs
      ? (time as number)
      : undefined
  }

  /**
   * A time in Unix milliseconds.
   * @param what whose time it is, for the error text: `value 3 of 10`, `Entry 2`
   * @param series what is in order by itself: a device, a sensor
   * @throws ConnectorError `INPUT_TIME_INVALID`
   */
  timeMs(time: unknown, what: TextValue, series?: Id): number {
    return this.timeMsAt(time, asIs, what, series)
  }

  /** As `timeMs`, for lists: the text that says whose time it is comes from `at`, and is made for an error only. */
  timeMsAt<At>(time: unknown, whose: (at: At) => TextValue, at: At, series: Id = ''): number {
    const read = this.#read(time, series)
    if (typeof read === 'number') return read
    throw new ConnectorError('INPUT_TIME_INVALID', read(say`The time of ${whose(at)}, ${described(time)},`))
  }

  #read(time: unknown, series: Id): number | Refusal {
    const { format, pattern, zone } = this.#settings
    const written = readTime(time, format, pattern)
    if (written === undefined) return this.#unreadable(time)
    if ('fault' in written) return this.#faulty(written, time)
    const { wallMs, offsetMs } = written
    const isInZone = offsetMs === undefined && wallMs > 0 && wallMs < latestDateMs / 2
    const unixMs = isInZone ? this.#resolved(Math.round(wallMs), zone, series) : Math.round(wallMs - (offsetMs ?? 0))
    if (unixMs === undefined) return leftOut(zone)
    if (unixMs < earliestMs || unixMs > this.#latestMs) return this.#outOfBounds(time, unixMs)
    if (isInZone) this.#follow(unixMs, series)
    return unixMs
  }

  /** A text without an offset names two moments in the hour that comes twice, and none in the one that is skipped. */
  #resolved(wallMs: number, zone: Zone, series: Id): number | undefined {
    const [first, second] = unixMsOf(wallMs, zone)
    if (first === undefined || second === undefined) return first
    const latest = this.#latestOf?.get(series)
    // On its own: the second if it has only just passed, as with the times that a machine sends as they pass.
    if (!latest) return second <= this.#arrivalMs + 60_000 && this.#arrivalMs - second < hourMs ? second : first
    if (latest.isFalling) return second <= latest.unixMs ? second : first
    return first >= latest.unixMs ? first : second
  }

  #follow(unixMs: number, series: Id): void {
    this.#latestOf ??= new Map()
    const latest = this.#latestOf.get(series)
    if (latest) {
      latest.isFalling = unixMs < latest.unixMs
      latest.unixMs = unixMs
    } else this.#latestOf.set(series, { unixMs, isFalling: false })
  }

  #unreadable(time: unknown): Refusal {
    const { format } = this.#settings
    const advice = this.#advice(time)
    if (advice) return advice
    if (format !== 'auto')
      return (whose) => say`${whose} is not in the time format that is set in the node: ${formatName[format]}.`
    return (whose) =>
      say`${whose} is not a time that can be read. Use Unix milliseconds, ISO 8601 text or a Date, or choose its time format in the node.`
  }

  #faulty(written: TimeFault, time: unknown): Refusal {
    if (written.fault === 'impossible') {
      return this.#advice(time) ?? ((whose) => say`${whose} is a day or an hour that does not exist.`)
    }
    const named = written.zone.slice(0, 20)
    return (whose) =>
      say`${whose} names its zone as "${named}", which does not mean the same everywhere. Use Z or an offset such as +01:00 instead.`
  }

  #outOfBounds(time: unknown, unixMs: number): Refusal {
    const advice = this.#advice(time)
    if (advice) return advice
    if (unixMs < 0) return (whose) => say`${whose} is before 1970.`
    if (unixMs < earliestMs) {
      return (whose) =>
        say`${whose} is in ${yearOf(unixMs)}. A clock that was never set gives such times; set it, or leave the time out.`
    }
    if (unixMs > endMs) return (whose) => say`${whose} is in the year ${yearOf(unixMs)}, which cannot be right.`
    const ahead = this.#settings.aheadMs / hourMs
    return (whose) =>
      say`${whose} is in the year ${yearOf(unixMs)}, more than ${ahead} h ahead of this PC's clock, ${isoText(this.#arrivalMs)}. Set the clock that is wrong, or let the node accept times further ahead.`
  }

  /** The format in which it is a plausible time, if there is one: following the advice has to give the right time. */
  #advice(time: unknown): Refusal | undefined {
    const { format, zone } = this.#settings
    const [reading, other] = otherReadings(time, format, zone, this.#latestMs)
    if (!reading) return undefined
    const name = formatName[reading.format]
    const shown = shownOf(reading)
    if (other) {
      return (whose) =>
        say`${whose} can be read as ${name} (${shown}) or as ${formatName[other.format]} (${shownOf(other)}). Choose the right one as the time format in the node.`
    }
    const factor = format === 'auto' ? factors[reading.format] : undefined
    if (!factor) return (whose) => say`${whose} looks like ${name}: ${shown}. Choose this time format in the node.`
    return (whose) =>
      say`${whose} looks like ${name}: ${shown}. Choose this time format in the node, or convert it to milliseconds: ${factor}.`
  }
}

const asIs = (what: TextValue): TextValue => what

function leftOut({ name }: Zone): Refusal {
  return (whose) =>
    say`${whose} is in the hour that ${name || say`this PC's time zone`} skips when clocks go forward. Choose the time zone in which it was written, or an offset such as +01:00 if that clock is never changed.`
}

/** How to make milliseconds of these. */
const factors: Readonly<Partial<Record<TimeFormat, TextValue>>> = {
  s: say`multiply it by 1000`,
  us: say`divide it by 1000`,
  ns: say`divide it by 1000000`,
}

/**
 * A time as users write it, in Unix milliseconds: a number or numeric text of milliseconds, ISO 8601 text (local time where it
 * names no offset), digits in a row, or a Date.
 * @param what whose time it is, for the error text: `value 3 of 10`, `Entry 2`
 * @throws ConnectorError `INPUT_TIME_INVALID`
 */
export function timeMsOf(time: unknown, what: TextValue): number {
  return new TimeReader({ ...automaticTimes, aheadMs: Number.POSITIVE_INFINITY }, 0).timeMs(time, what)
}

const yearOf = (unixMs: number): string => String(new Date(Math.min(unixMs, latestDateMs)).getUTCFullYear())

const isoText = (unixMs: number): string => new Date(unixMs).toISOString()

const shownOf = ({ unixMs, wallMs }: Reading): string =>
  wallMs === undefined ? isoText(unixMs) : wallText(Math.round(wallMs))

function described(time: unknown): TextValue {
  if (typeof time === 'string') return `"${time.slice(0, 40)}"`
  if (typeof time === 'number' || typeof time === 'bigint') return String(time)
  return say`a value of type ${time === null ? 'null' : typeof time}`
}
