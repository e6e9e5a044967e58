import { type Clock, ConnectorError, parseBaseUrl, systemClock } from '../http'
import { type EnosAnswer, isHttpSuccess } from './answer'
import type { EnosApplication } from './application'
import { type Batch, type Delivery, packBatches, sendBatches } from './batch'
import type { DeviceName, Entry } from './entry'
import { encodeMultipart } from './multipart'
import { isLate, type Timeliness } from './timeliness'
import type { EnosUplink } from './uplink'

type IntegrationKind = 'measurepoint' | 'attribute' | 'event'

const actions: Record<IntegrationKind, string> = {
  measurepoint: 'postMeasurepoint',
  attribute: 'postAttribute',
  event: 'postEvent',
}

/**
 * The HTTP integration channel: an application sends for many devices in one multipart message, with the token alone,
 * unsigned. Source: enos.md section 6.
 */
export class EnosIntegration implements EnosUplink {
  readonly #application: EnosApplication
  readonly #fallback: DeviceName | undefined
  readonly #clock: Clock

  /** @param fallback the device of entries that name none */
  constructor(application: EnosApplication, fallback?: DeviceName, clock: Clock = systemClock) {
    this.#application = application
    this.#fallback = fallback
    this.#clock = clock
  }

  async postMeasurepoints(entries: readonly Entry[], timeliness: Timeliness, signal?: AbortSignal): Promise<Delivery> {
    const nowMs = this.#clock.wallMs()
    const toJson = ({ device, timeMs, values }: Entry) =>
      JSON.stringify({ ...this.#named(device), time: timeMs, measurepoints: values })
    const live = entries.filter((entry) => !isLate(entry, timeliness, nowMs))
    const late = entries.filter((entry) => isLate(entry, timeliness, nowMs))
    const batches = [
      ...(await packBatches(live, toJson)).map((batch) => ({ ...batch, isRealtime: true })),
      ...(await packBatches(late, toJson)).map((batch) => ({ ...batch, isRealtime: false })),
    ]
    return sendBatches(batches, (batch) => this.#send('measurepoint', batch, batch.isRealtime, signal))
  }

  async updateAttributes(entries: readonly Entry[], signal?: AbortSignal): Promise<Delivery> {
    const toJson = ({ device, values }: Entry) => JSON.stringify({ ...this.#named(device), attributes: values })
    return sendBatches(await packBatches(entries, toJson), (batch) => this.#send('attribute', batch, true, signal))
  }

  async postEvents(eventId: string, entries: readonly Entry[], signal?: AbortSignal): Promise<Delivery> {
    const toJson = ({ device, timeMs, values }: Entry) =>
      JSON.stringify({ ...this.#named(device), time: timeMs, events: { [eventId]: values } })
    return sendBatches(await packBatches(entries, toJson), (batch) => this.#send('event', batch, true, signal))
  }

  #named(device: DeviceName | undefined): DeviceName {
    const name = device ?? this.#fallback
    if (name) return name
    throw new ConnectorError(
      'CONFIG_INCOMPLETE',
      'No device is named. Enter an asset id, or product key and device key, in the node or in each entry.',
    )
  }

  async #send(kind: IntegrationKind, { json }: Batch, isRealtime: boolean, signal?: AbortSignal): Promise<EnosAnswer> {
    const { http, options } = this.#application
    const integrationUrl = parseBaseUrl(options.integrationUrl, 'The integration URL')
    const query = new URLSearchParams({ action: actions[kind], orgId: options.orgId })
    const frame = JSON.stringify({
      id: this.#application.nextMessageId(),
      version: '1.1',
      method: `integration.${kind}.post`,
      files: {},
      isRealtimeIntegration: isRealtime,
    })
    const form = new FormData()
    form.append('enos-message', `${frame.slice(0, -1)},"params":[${json.join()}]}`)
    const { contentType, body } = await encodeMultipart(form)
    return this.#application.withToken(
      {
        what: `Posting ${kind}s by the integration channel`,
        isSuccess: (answer) => isHttpSuccess(answer) && (answer.code === '0' || answer.code === '200'),
        send: (accessToken) =>
          http.request({
            method: 'POST',
            url: `${integrationUrl}/connect-service/v2.1/integration?${query}`,
            headers: { 'content-type': contentType, 'apim-accesstoken': accessToken },
            body,
            signal,
          }),
      },
      signal,
    )
  }
}
