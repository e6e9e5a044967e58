import type { IncomingHttpHeaders } from 'node:http'
import { cloudWallMs } from './clock-suspect'

/**
 * How long an answer asks to wait, by its `Retry-After` header.
 * @param wallMs the PC's clock when it came
 */
export function askedWaitMs(headers: IncomingHttpHeaders, wallMs: number): number | undefined {
  const header = headers['retry-after']
  return header === undefined ? undefined : retryAfterMs(header, cloudWallMs(headers, wallMs))
}

/**
 * How long a `Retry-After` header asks to wait.
 * @param header seconds, or an HTTP date
 * @param wallMs the time now, for a date: the cloud's, if it sent one, because the PC's clock may be years off
 */
export function retryAfterMs(header: string | undefined, wallMs: number): number | undefined {
  if (!header) return undefined
  const seconds = Number(header)
  const waitMs = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - wallMs
  return Number.isNaN(waitMs) ? undefined : Math.max(0, Math.round(waitMs))
}
