import type { IncomingHttpHeaders } from 'node:http'
import { ConnectorError, say, type Text } from '../core'

/** More than this, and clouds refuse signatures and logins, whatever reason they name. */
const mostDifferenceMs = 2 * 60_000

/** By how much the PC's clock is ahead of the one that dated an answer, ms; `undefined` where the answer has no date. */
export function clockAheadMs(headers: IncomingHttpHeaders, wallMs: number): number | undefined {
  const cloudMs = Date.parse(headers.date?.slice(0, 40) ?? '')
  return Number.isNaN(cloudMs) ? undefined : wallMs - cloudMs
}

/** The time by the clock that dated an answer, Unix ms, for other dates in it; by the PC's where it has no date. */
export function cloudWallMs(headers: IncomingHttpHeaders, wallMs: number): number {
  return wallMs - (clockAheadMs(headers, wallMs) ?? 0)
}

/**
 * A refused login or signature, with the PC's clock named first where it is more than two minutes from the cloud's: it is the
 * usual cause, and the cloud's words point at the key or the secret then.
 * @param wallMs the PC's clock when the answer came
 */
export function suspectingClock(error: ConnectorError, headers: IncomingHttpHeaders, wallMs: number): ConnectorError {
  const aheadMs = clockAheadMs(headers, wallMs)
  if (aheadMs === undefined || Math.abs(aheadMs) <= mostDifferenceMs) return error
  return new ConnectorError(error.code, suspicion(error.text, aheadMs, wallMs), error)
}

function suspicion(refusal: Text, aheadMs: number, wallMs: number): Text {
  const seconds = Math.round(Math.abs(aheadMs) / 1000)
  const [shown, right] = [isoText(wallMs), isoText(wallMs - aheadMs)]
  return aheadMs > 0
    ? say`This PC's clock is most likely the cause: it is ${seconds} s ahead of the cloud's (${shown}, not ${right}). Set it, preferably by NTP. ${refusal}`
    : say`This PC's clock is most likely the cause: it is ${seconds} s behind the cloud's (${shown}, not ${right}). Set it, preferably by NTP. ${refusal}`
}

const isoText = (unixMs: number): string => new Date(unixMs).toISOString().slice(0, 19)
