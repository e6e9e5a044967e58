import { asFinding, checkHost, type Finding, isJsonObject, systemClock } from '../http'
import { say } from '../text'
import type { EnosApplication } from './application'
import type { EnosDevice } from './device'

/** What a connection test of an application finds: host, clock, login, and what it may read in its organisation. */
export async function checkApplication(application: EnosApplication, signal: AbortSignal): Promise<Finding[]> {
  const { gatewayUrl, orgId } = application.options
  const findings = await checkHost(application.http, gatewayUrl, systemClock, signal)
  if (!findings[0]?.ok) return findings
  try {
    await application.token(signal)
    const minutes = Math.floor((application.tokenRemainingMs() ?? 0) / 60_000)
    findings.push({
      ok: true,
      text: say`The application key and secret are good; the token lives ${minutes} min more.`,
    })
    const { envelope } = await application.call({
      method: 'POST',
      path: '/connect-service/v2.1/products?action=search',
      body: { pagination: { pageNo: 1, pageSize: 1 } },
      signal,
    })
    const total = isJsonObject(envelope.pagination) ? Number(envelope.pagination.totalSize) : Number.NaN
    const text = Number.isFinite(total)
      ? say`In organisation ${orgId} the application sees ${total} products.`
      : say`In organisation ${orgId} the application may read products.`
    findings.push({ ok: true, text })
  } catch (failure) {
    findings.push(asFinding(failure))
  }
  return findings
}

/** What a connection test of a device finds: host, clock, login. */
export async function checkDevice(device: EnosDevice, signal: AbortSignal): Promise<Finding[]> {
  const findings = await checkHost(device.http, device.options.brokerUrl, systemClock, signal)
  if (!findings[0]?.ok) return findings
  try {
    await device.session(signal)
    findings.push({ ok: true, text: say`Device ${device.options.deviceKey} is logged in.` })
  } catch (failure) {
    findings.push(asFinding(failure))
  }
  return findings
}
