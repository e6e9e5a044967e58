import { ConnectorError, joined, say } from '../core'
import { formatName, type TimeFormat, TimePattern, type TimeSettings, zoneNamed } from '../message'
import { holds, isIn, timeField as timeFieldSetting, timesSent } from '../settings'
import type { Setting } from './settings'
import type { StoredSettings } from './stored-settings'

const hourMs = 3_600_000

/**
 * The settings `timesSent` and `timesRead`: how the times of a message are read, and how far ahead of the PC's clock they may
 * lie.
 * @throws ConnectorError `CONFIG_INVALID`, `CONFIG_INCOMPLETE` at evaluation
 */
export function timeSettings(): Setting<TimeSettings> {
  // To make a zone takes longer than to read a hundred times, and a node's settings stay as they are.
  const known = new WeakMap<StoredSettings, TimeSettings>()
  return {
    evaluate({ stored }) {
      const times = known.get(stored) ?? timesOf(stored)
      known.set(stored, times)
      return times
    },
  }
}

/** The row `timeField`: which member of an entry holds its time. It may have been copied from a file's first header. */
export function timeFieldOf({ timeField }: StoredSettings): string {
  return (
    String(timeField ?? '')
      .replace(/^\ufeff/, '')
      .trim() || timeFieldSetting.timeField.value
  )
}

function timesOf(stored: StoredSettings): TimeSettings {
  const { timeFormat, timePattern, timeZone, aheadHours } = stored
  const format = formatOf(timeFormat)
  return {
    format,
    pattern: format === 'pattern' ? patternOf(timePattern) : undefined,
    // Of a format that needs no zone the row is hidden, whatever it holds.
    zone: zoneOf(holds(timesSent.timeZone.when, stored) ? timeZone : ''),
    aheadMs: aheadHoursOf(aheadHours) * hourMs,
  }
}

function formatOf(stored: unknown): TimeFormat {
  const format = String(stored || timesSent.timeFormat.value)
  if (Object.hasOwn(formatName, format)) return format as TimeFormat
  const known = joined(Object.keys(formatName))
  throw new ConnectorError(
    'CONFIG_INVALID',
    say`"${format.slice(0, 40)}" is not a time format. Choose one of: ${known}.`,
  )
}

function patternOf(stored: unknown): TimePattern {
  const text = String(stored ?? '').trim()
  if (!text) throw new ConnectorError('CONFIG_INCOMPLETE', say`The time pattern is empty. Enter it in the node.`)
  const pattern = TimePattern.of(text)
  if (pattern) return pattern
  throw new ConnectorError(
    'CONFIG_INVALID',
    say`"${text.slice(0, 70)}" is not a time pattern. A pattern has a year (YYYY or YY), a month (MM, M or MMM) and a day (DD or D), each once, and may have HH, H, hh or h, mm, ss, SSS, A (am or pm) and Z (an offset); put other letters in single quotes.`,
  )
}

function zoneOf(stored: unknown): TimeSettings['zone'] {
  const name = String(stored ?? '').trim()
  const zone = zoneNamed(name)
  if (zone) return zone
  throw new ConnectorError(
    'CONFIG_INVALID',
    say`The time zone "${name.slice(0, 70)}" is not known. Enter the name of a place, such as Europe/Berlin, or an offset such as +01:00.`,
  )
}

function aheadHoursOf(stored: unknown): number {
  const text = String(stored ?? '').trim()
  const { value: usual, range } = timesSent.aheadHours
  const hours = Number(text === '' ? usual : text)
  if (isIn(range, hours)) return hours
  throw new ConnectorError(
    'CONFIG_INVALID',
    say`Times cannot be "${text.slice(0, 40)}" hours ahead. Enter a number from 0 to ${range.to ?? ''}.`,
  )
}
