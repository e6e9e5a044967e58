import { type Clock, ConnectorError, type ErrorCode, type Finding, isPlausible, say, type Text } from '../core'
import type { HttpClient, HttpResponse } from './client'
import { clockAheadMs } from './clock-suspect'

/** More than this, and clouds begin to refuse signatures and to misplace values. */
const mostClockDifferenceMs = 60_000

/**
 * Whether a host answers at all (name, route, TLS), and how far its clock is from ours. Any HTTP status is an answer.
 * Never throws: a fault is a finding.
 * @param label what the dialog calls the URL
 */
export async function checkHost(
  http: HttpClient,
  label: Text,
  url: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<Finding[]> {
  const { finding, response } = await reachHost(http, 'GET', () => url, clock, signal)
  return [labelled(label, finding), ...clockFinding(response?.headers ?? {}, clock)]
}

/**
 * The same without the clock, and what the host said.
 * @param urlOf may throw what is wrong with the URL
 */
export async function reachHost(
  http: HttpClient,
  method: 'GET' | 'POST',
  urlOf: () => string,
  clock: Clock,
  signal: AbortSignal,
): Promise<{ finding: Finding; response?: HttpResponse }> {
  try {
    const url = urlOf()
    const { host, protocol } = new URL(url)
    const since = clock.monotonicMs()
    const response = await http.request({ method, url, signal, takesAnyPage: true })
    const tookMs = Math.round(clock.monotonicMs() - since)
    return {
      finding: { ok: true, text: reached(host, tookMs, protocol === 'https:', http.checksCertificates) },
      response,
    }
  } catch (failure) {
    return { finding: asFinding(failure) }
  }
}

function reached(host: string, tookMs: number, isEncrypted: boolean, isChecked: boolean): Text {
  if (!isEncrypted) return say`${host} answers in ${tookMs} ms, without TLS.`
  return isChecked
    ? say`${host} answers in ${tookMs} ms; its certificate is valid.`
    : say`${host} answers in ${tookMs} ms; its certificate was not checked, as the TLS configuration says.`
}

/** The finding with the dialog's name for what it is about. */
export function labelled(label: Text, { text, ...finding }: Finding): Finding {
  return { ...finding, text: say`${label}: ${text}` }
}

/** A failure in a person's words, and its code; a fault of our own is passed on. */
export function asFinding(failure: unknown): Finding & { code: ErrorCode } {
  if (failure instanceof ConnectorError) return { ok: false, text: failure.text, code: failure.code }
  throw failure
}

function unsetFinding(clock: Clock): Finding[] {
  const wallMs = clock.wallMs()
  if (isPlausible(wallMs)) return []
  const shown = new Date(wallMs).toISOString().slice(0, 10)
  return [
    {
      ok: false,
      text: say`This PC's clock is not set: it shows ${shown}, a time before this program was made. Set it, preferably by NTP.`,
    },
  ]
}

function clockFinding(headers: HttpResponse['headers'], clock: Clock): Finding[] {
  const aheadMs = clockAheadMs(headers, clock.wallMs())
  if (aheadMs === undefined) return unsetFinding(clock)
  const seconds = Math.round(Math.abs(aheadMs) / 1000)
  if (Math.abs(aheadMs) <= mostClockDifferenceMs)
    return [{ ok: true, text: say`This PC's clock agrees with the cloud's.` }]
  const text =
    aheadMs > 0
      ? say`This PC's clock is ${seconds} s ahead of the cloud's. Set it, preferably by NTP.`
      : say`This PC's clock is ${seconds} s behind the cloud's. Set it, preferably by NTP.`
  return [{ ok: false, text }]
}
