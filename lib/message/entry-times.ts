import { ConnectorError, joined, say, type Text, type TextValue } from '../core'
import type { Id } from './identifier'
import { type KnownValues, likelyTimeColumn } from './time-column'
import { automaticTimes, TimeReader, type TimeSettings } from './time-reader'

/** How the times of a message's entries are found and read. */
export interface EntryTimeReading {
  /** Which member of an entry holds its time. If it is not `time`, somebody chose it: an entry that lacks it is refused. */
  timeField: string
  /** When the message came in, Unix milliseconds: the time of entries that have none. */
  arrivalMs: number
  /** How the times are written; Unix milliseconds, ISO 8601 and the like in the PC's time zone where it is left out. */
  times?: TimeSettings | undefined
}

/** Where everybody expects it. */
const usualField = 'time'

/** The times of the entries of one message, in their order. */
export class EntryTimes {
  readonly #field: string
  readonly #arrivalMs: number
  readonly #reader: TimeReader
  readonly #aheadMs: number
  #ownReader: TimeReader | undefined

  constructor({ timeField, arrivalMs, times = automaticTimes }: EntryTimeReading) {
    this.#field = timeField
    this.#arrivalMs = arrivalMs
    this.#reader = new TimeReader(times, arrivalMs)
    this.#aheadMs = times.aheadMs
  }

  /** The time that an entry holds where it needs no closer look, as nearly all; `undefined` for all else, good or bad. */
  plainOf(entry: Members): number | undefined {
    return this.#reader.plainMs(entry[this.#field])
  }

  /**
   * The time that an entry holds, Unix milliseconds; `undefined` where it holds none and need not.
   * @param place what the entry is, for an error, made of `at`: a text for each entry would cost more than the rest
   * @param series what is in order by itself, such as its device
   * @throws ConnectorError `INPUT_TIME_INVALID`
   */
  of<At>(entry: Members, place: (at: At) => TextValue, at: At, series?: Id): number | undefined {
    const time = entry[this.#field]
    const plainMs = this.#reader.plainMs(time)
    if (plainMs !== undefined) return plainMs
    if (!isBlank(time)) return this.#reader.timeMsAt(time, place, at, series)
    if (this.#field === usualField) return undefined
    throw refused(
      say`${place(at)} has no "${this.#field}", from which the node takes the time. Give every entry its time, or correct the time field of the node.`,
    )
  }

  /**
   * The time that a value brings along, whatever the format of the others.
   * @throws ConnectorError `INPUT_TIME_INVALID`
   */
  ownMs(time: unknown, what: TextValue): number {
    this.#ownReader ??= new TimeReader({ ...automaticTimes, aheadMs: this.#aheadMs }, this.#arrivalMs)
    return this.#ownReader.timeMs(time, what)
  }

  /**
   * The time of an entry that holds none: its arrival.
   * @param values one of which may be its time although no setting says so
   * @param asValue how to send such a one all the same
   * @param known those that are values, whatever they look like
   * @throws ConnectorError `INPUT_TIME_INVALID` if one is: its time would be lost silently
   */
  arrivalOf<At>(values: Members, place: (at: At) => TextValue, at: At, asValue?: Text, known?: KnownValues): number {
    const likely = likelyTimeColumn(values, known)?.slice(0, 60)
    if (likely === undefined) return this.#arrivalMs
    const text = say`${place(at)} has no "${this.#field}", but "${likely}" looks like its time. Enter "${likely}" as the time field of the node.`
    throw refused(asValue ? joined([text, asValue], ' ') : text)
  }
}

type Members = Readonly<Record<string, unknown>>

const isBlank = (time: unknown): boolean =>
  time === undefined || time === null || (typeof time === 'string' && time.trim() === '')

function refused(text: Text): ConnectorError {
  return new ConnectorError('INPUT_TIME_INVALID', text)
}
