import { readTime, type TimeFormat } from './time-format'
import { dayMs } from './written-time'
import { unixMsOf, type Zone } from './zone'

/** A format in which a time would be one, and which moment that is. */
export interface Reading {
  format: TimeFormat
  unixMs: number
  /** What the clock on the wall shows then, where the time names no zone. */
  wallMs: number | undefined
}

/** There is no data from before this day, which is how the units of numbers are told apart: 40,000 cannot be seconds. */
const earliestPlausibleMs = Date.UTC(1990, 0)

const candidates: readonly TimeFormat[] = ['auto', 's', 'us', 'ns', 'excel', 'excel-us', 'dmy', 'mdy']

/**
 * The other formats in which a time would lie between 1990 and `latestMs`, for the advice in an error. Two only for a text such as
 * 03/04/2026.
 */
export function otherReadings(time: unknown, format: TimeFormat, zone: Zone, latestMs: number): Reading[] {
  return candidates.flatMap((candidate): Reading[] => {
    if (candidate === format) return []
    const written = readTime(time, candidate)
    if (!written || 'fault' in written) return []
    const { wallMs, offsetMs } = written
    if (wallMs < earliestPlausibleMs - dayMs || wallMs > latestMs + dayMs) return []
    const [unixMs] = offsetMs === undefined ? unixMsOf(wallMs, zone) : [wallMs - offsetMs]
    if (unixMs === undefined || unixMs < earliestPlausibleMs || unixMs > latestMs) return []
    return [{ format: candidate, unixMs: Math.round(unixMs), wallMs: offsetMs === undefined ? wallMs : undefined }]
  })
}
