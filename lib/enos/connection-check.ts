import { type Finding, isJsonObject, joined, parseJson, say, systemClock, type Text } from '../core'
import { asFinding, checkHost, labelled, parseBaseUrl, reachHost } from '../http'
import type { EnosApplication } from './application'
import type { EnosDevice } from './device'
import { type EnosHost, swappedHost } from './hosts'
import { EnosIntegration } from './integration'

/** As the dialogs call them. */
const labels = {
  gatewayUrl: say`Gateway URL`,
  integrationUrl: say`Integration URL`,
  modelUploadUrl: say`Model-upload URL`,
  brokerUrl: say`Broker URL`,
}

/**
 * What a connection test of an application finds: of each URL whether it is reached, then clock, login, what it may read in
 * its organisation, and whether the integration channel takes its token. Nothing is sent that the cloud would keep.
 */
export async function checkApplication(application: EnosApplication, signal: AbortSignal): Promise<Finding[]> {
  const gateway = checkGateway(application, signal)
  const isLoggedIn = gateway.then(() => application.tokenRemainingMs() !== undefined)
  const findings = await Promise.all([
    gateway,
    checkIntegration(application, isLoggedIn, signal),
    checkModelUpload(application, signal),
  ])
  return findings.flat()
}

async function checkGateway(application: EnosApplication, signal: AbortSignal): Promise<Finding[]> {
  const { gatewayUrl, orgId } = application.options
  const findings = await checkHost(application.http, labels.gatewayUrl, gatewayUrl, systemClock, signal)
  if (!findings[0]?.ok) return [...swapped(labels.gatewayUrl, gatewayUrl, 'gateway'), ...findings]
  try {
    await application.token(signal)
    const minutes = Math.floor((application.tokenRemainingMs() ?? 0) / 60_000)
    findings.push({
      ok: true,
      text: say`App key and app secret are correct; the token is valid for another ${minutes} min.`,
    })
    const { envelope } = await application.call({
      method: 'POST',
      path: '/connect-service/v2.1/products?action=search',
      body: { pagination: { pageNo: 1, pageSize: 1 } },
      signal,
    })
    const total = isJsonObject(envelope.pagination) ? Number(envelope.pagination.totalSize) : Number.NaN
    findings.push({ ok: true, text: productsText(orgId, total) })
  } catch (failure) {
    findings.push(...swapped(labels.gatewayUrl, gatewayUrl, 'gateway'), asFinding(failure))
  }
  return findings
}

function productsText(orgId: string, total: number): Text {
  if (!Number.isFinite(total)) return say`In organisation ${orgId} the application may read products.`
  if (total === 1) return say`In organisation ${orgId} the application sees one product.`
  return say`In organisation ${orgId} the application sees ${total} products.`
}

/**
 * A message without entries: it needs the token and the organisation, and leaves nothing behind. What the cloud says to it
 * is documented nowhere: taken, or refused as invalid by the channel itself, it has come to the right place.
 */
async function checkIntegration(
  application: EnosApplication,
  isLoggedIn: Promise<boolean>,
  signal: AbortSignal,
): Promise<Finding[]> {
  const { integrationUrl = '' } = application.options
  const label = labels.integrationUrl
  if (!integrationUrl) return [notEntered(label, say`Only the integration channel needs it.`)]
  const wrongHost = swapped(label, integrationUrl, 'integration')
  const reached = await reachHost(
    application.http,
    'GET',
    () => parseBaseUrl(integrationUrl, entered),
    systemClock,
    signal,
  )
  if (!reached.response) return [...wrongHost, labelled(label, reached.finding)]
  const untried = (why: Text): Finding => labelled(label, { text: joined([reached.finding.text, why], ' ') })
  if (!(await isLoggedIn)) return [...wrongHost, untried(say`Without a login, nothing else was tried there.`)]
  try {
    await new EnosIntegration(application).deliver('measurepoint', { json: [], count: 0 }, 'late', signal)
  } catch (failure) {
    const finding = asFinding(failure)
    if (finding.code === 'CLOUD_ERROR') return [...wrongHost, untried(joined([finding.text, unproven], ' '))]
    if (finding.code !== 'VALIDATION_REFUSED') return [...wrongHost, labelled(label, finding)]
  }
  const taken = say`The channel accepts the token and the organisation; no value was sent.`
  return [labelled(label, { ok: true, text: joined([reached.finding.text, taken], ' ') })]
}

/** What a URL is called behind its label. */
const entered = say`The value entered`

const unproven = say`This does not prove that the channel accepts values.`

/** An empty import without a login, which can change nothing: the answer shows whether the path exists. */
async function checkModelUpload({ options, http }: EnosApplication, signal: AbortSignal): Promise<Finding[]> {
  const { modelUploadUrl = '' } = options
  const label = labels.modelUploadUrl
  if (!modelUploadUrl) return [notEntered(label, say`Only the import of thing models needs it.`)]
  const isOtherHost = swappedHost(modelUploadUrl, 'portal')
  if (isOtherHost) return [labelled(label, { ok: false, text: isOtherHost })]
  const { finding, response } = await reachHost(
    http,
    'POST',
    () => parseBaseUrl(modelUploadUrl, entered),
    systemClock,
    signal,
  )
  if (!response) return [labelled(label, finding)]
  const { statusCode, body } = response
  if (statusCode === 404 || statusCode === 405 || statusCode === 410) {
    const text = say`There is no import of thing models at this address (HTTP ${statusCode}). Check the path after the host.`
    return [labelled(label, { ok: false, text })]
  }
  const answer = parseJson(body.toString('utf8'))
  const isImport = isJsonObject(answer) && typeof answer.successful === 'boolean'
  const what = isImport
    ? say`The model import was found.`
    : say`HTTP ${statusCode} does not show whether the model import is there.`
  const untried = say`Whether it accepts your models was not tried, because that would change them.`
  return [labelled(label, { text: joined([finding.text, what, untried], ' ') })]
}

/** What a connection test of a device finds: host, clock, login. */
export async function checkDevice(device: EnosDevice, signal: AbortSignal): Promise<Finding[]> {
  const { brokerUrl, deviceKey } = device.options
  const findings = await checkHost(device.http, labels.brokerUrl, brokerUrl, systemClock, signal)
  if (!findings[0]?.ok) return [...swapped(labels.brokerUrl, brokerUrl, 'broker'), ...findings]
  try {
    await device.session(signal)
    findings.push({ ok: true, text: say`Device ${deviceKey} is logged in.` })
  } catch (failure) {
    findings.push(...swapped(labels.brokerUrl, brokerUrl, 'broker'), asFinding(failure))
  }
  return findings
}

/** Said only where the host did not do what was asked of it: names are a habit of EnOS, not a rule. */
function swapped(label: Text, url: string, wanted: EnosHost): Finding[] {
  const text = swappedHost(url, wanted)
  return text ? [labelled(label, { ok: false, text })] : []
}

function notEntered(label: Text, use: Text): Finding {
  return labelled(label, { text: joined([say`Not entered, so not tried.`, use], ' ') })
}
