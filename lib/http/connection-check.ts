import { say, type Text } from '../text'
import type { HttpClient } from './client'
import type { Clock } from './clock'
import { ConnectorError } from './errors'

/** One thing that a connection test found out, in words for a person. */
export interface Finding {
  ok: boolean
  text: Text
}

/** More than this, and clouds begin to refuse signatures and to misplace values. */
const mostClockDifferenceMs = 60_000

/**
 * Whether a host answers at all (name, route, TLS), and how far its clock is from ours. Any HTTP status is an answer.
 * Never throws: a fault is a finding.
 */
export async function checkHost(http: HttpClient, url: string, clock: Clock, signal: AbortSignal): Promise<Finding[]> {
  const { host, protocol } = new URL(url)
  try {
    const since = clock.monotonicMs()
    const { headers } = await http.request({ method: 'GET', url, signal })
    const tookMs = Math.round(clock.monotonicMs() - since)
    const reached =
      protocol === 'https:'
        ? say`${host} answers in ${tookMs} ms, its certificate is good.`
        : say`${host} answers in ${tookMs} ms, without TLS.`
    return [{ ok: true, text: reached }, ...clockFinding(headers.date, clock)]
  } catch (failure) {
    return [asFinding(failure)]
  }
}

/** A failure in a person's words; a fault of our own is passed on. */
export function asFinding(failure: unknown): Finding {
  if (failure instanceof ConnectorError) return { ok: false, text: failure.text }
  throw failure
}

function clockFinding(date: string | undefined, clock: Clock): Finding[] {
  const cloudMs = Date.parse(date ?? '')
  if (Number.isNaN(cloudMs)) return []
  const aheadMs = clock.wallMs() - cloudMs
  const seconds = Math.round(Math.abs(aheadMs) / 1000)
  if (Math.abs(aheadMs) <= mostClockDifferenceMs)
    return [{ ok: true, text: say`This PC's clock agrees with the cloud's.` }]
  const text =
    aheadMs > 0
      ? say`This PC's clock is ${seconds} s ahead of the cloud's. Set it, best by NTP.`
      : say`This PC's clock is ${seconds} s behind the cloud's. Set it, best by NTP.`
  return [{ ok: false, text }]
}
