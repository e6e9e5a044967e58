import { type Clock, ConnectorError, HttpClient, type HttpResponse, systemClock } from '../http'
import { type EnosAnswer, isHttpSuccess, readAnswer, refusal } from './answer'
import { type Batch, type Delivery, packBatches, sendBatches } from './batch'
import { brokerCodes } from './codes'
import { EnosDeviceSession, type SessionMemory } from './device-session'
import type { Entry } from './entry'
import { isLate, type Timeliness } from './timeliness'
import type { EnosUplink } from './uplink'

export interface EnosDeviceOptions {
  /** Device broker, checked by `parseBaseUrl`. */
  brokerUrl: string
  productKey: string
  deviceKey: string
  deviceSecret: string
  lifetimeMs: number
  upperCaseSign?: boolean | undefined
  memory?: SessionMemory | undefined
  http?: HttpClient | undefined
  clock?: Clock | undefined
}

/** One message to a topic of the device, its params already in JSON. */
interface TopicMessage {
  what: string
  /** Behind `/sys/{productKey}/{deviceKey}`: `/thing/measurepoint/post`. */
  topic: string
  method: string
  paramsJson: string
  /** Further root members of the message. */
  flags?: Record<string, boolean>
}

const badSessionCode = /^(401|403|1009|7\d\d)$/
const maxAttributes = 200
/** After a fresh session was refused too, the complaint is about something else: no new login for it meanwhile. */
const sessionTrustMs = 2 * 60_000

/** One EnOS device: its session, and what it sends. Lives on a config node. Source: enos.md section 5. */
export class EnosDevice implements EnosUplink {
  readonly options: EnosDeviceOptions
  readonly http: HttpClient
  readonly #clock: Clock
  readonly #session: EnosDeviceSession
  #messageCount = 0
  #trustSessionUntilMs = Number.NEGATIVE_INFINITY

  constructor(options: EnosDeviceOptions) {
    this.options = options
    this.http = options.http ?? new HttpClient()
    this.#clock = options.clock ?? systemClock
    this.#session = new EnosDeviceSession({ ...options, http: this.http, clock: this.#clock })
  }

  /** The session id, logged in where needed. */
  session(signal?: AbortSignal): Promise<string> {
    return this.#session.get(signal)
  }

  sessionRemainingMs(): number | undefined {
    return this.#session.remainingMs()
  }

  /**
   * Posts measurepoints of this device, or of sub-devices in its topology, in as few requests as fit.
   * @throws ConnectorError `INPUT_INVALID` for an asset id, `INPUT_TOO_LARGE`, `VALIDATION_REFUSED`, `PERMISSION_DENIED`,
   *   `AUTH_*`, `THROTTLED`, `TOO_LARGE`, `CLOUD_ERROR`, `RESPONSE_UNREADABLE`, `NETWORK_*`
   */
  async postMeasurepoints(entries: readonly Entry[], timeliness: Timeliness, signal?: AbortSignal): Promise<Delivery> {
    const nowMs = this.#clock.wallMs()
    const late = entries.filter((entry) => isLate(entry, timeliness, nowMs))
    const live = entries.filter((entry) => !isLate(entry, timeliness, nowMs))
    const batches = [
      ...(await packBatches(live, measurepointJson)).map((batch) => ({ ...batch, action: 'post' as const })),
      ...(await packBatches(late, measurepointJson)).map((batch) => ({ ...batch, action: 'resume' as const })),
    ]
    return sendBatches(batches, (batch) => this.#sendMeasurepoints(batch, batch.action, signal))
  }

  /** Sets attributes of this device, at most 200 a request. */
  async updateAttributes(entries: readonly Entry[], signal?: AbortSignal): Promise<Delivery> {
    const batches = entries.flatMap((entry) =>
      chunks(Object.entries(entry.values), maxAttributes).map((values): Batch => {
        const part = { ...entry, values: Object.fromEntries(values) }
        return { entries: [part], json: [JSON.stringify({ attributes: part.values })] }
      }),
    )
    this.#requireOwn(entries)
    return sendBatches(batches, ({ json }) =>
      this.#send(
        {
          what: 'Updating attributes',
          topic: '/thing/attribute/update',
          method: 'thing.attribute.update',
          paramsJson: json[0] ?? '{}',
        },
        signal,
      ),
    )
  }

  /** Posts events of this device, one request each; an entry's values are the event's output parameters. */
  async postEvents(eventId: string, entries: readonly Entry[], signal?: AbortSignal): Promise<Delivery> {
    this.#requireOwn(entries)
    const batches = await packBatches(entries, eventJson, 1)
    return sendBatches(batches, ({ json }) =>
      this.#send(
        {
          what: 'Posting an event',
          topic: `/thing/event/${encodeURIComponent(eventId)}/post`,
          method: `thing.event.${eventId}.post`,
          paramsJson: json[0] ?? '{}',
        },
        signal,
      ),
    )
  }

  close(): void {
    this.#session.close()
    this.http.close()
  }

  #sendMeasurepoints({ entries, json }: Batch, action: 'post' | 'resume', signal?: AbortSignal): Promise<EnosAnswer> {
    const isBatch = entries.length > 1 || entries[0]?.device !== undefined
    return this.#send(
      {
        what: 'Posting measurepoints',
        topic: `/thing/measurepoint/${action}${isBatch ? '/batch' : ''}`,
        method: `thing.measurepoint.${action}${isBatch ? '.batch' : ''}`,
        paramsJson: isBatch ? `[${json.join()}]` : (json[0] ?? '{}'),
        // Sub-devices cannot log in over HTTP, so they count as offline; invalid points are never dropped silently.
        ...(isBatch ? { flags: { allowOfflineSubDevice: true, skipInvalidMeasurepoints: false } } : {}),
      },
      signal,
    )
  }

  async #send(message: TopicMessage, signal?: AbortSignal): Promise<EnosAnswer> {
    let sessionId = await this.session(signal)
    let answer = await this.#exchange(message, sessionId, signal)
    if (isBadSession(answer) && this.#clock.monotonicMs() >= this.#trustSessionUntilMs) {
      this.#session.drop(sessionId)
      sessionId = await this.session(signal)
      answer = await this.#exchange(message, sessionId, signal)
      if (isBadSession(answer)) this.#trustSessionUntilMs = this.#clock.monotonicMs() + sessionTrustMs
    }
    if (!isHttpSuccess(answer) || answer.code !== '200') {
      throw refusal(message.what, answer, brokerCodes, [sessionId, this.options.deviceSecret])
    }
    this.#session.succeeded(sessionId)
    return answer
  }

  async #exchange(message: TopicMessage, sessionId: string, signal?: AbortSignal): Promise<EnosAnswer> {
    const { brokerUrl, productKey, deviceKey } = this.options
    const device = `${encodeURIComponent(productKey)}/${encodeURIComponent(deviceKey)}`
    this.#messageCount += 1
    const frame = JSON.stringify({
      id: String(this.#messageCount),
      version: '1.0',
      method: message.method,
      ...message.flags,
    })
    const response: HttpResponse = await this.http.request({
      method: 'POST',
      url: `${brokerUrl}/topic/sys/${device}${message.topic}?sessionId=${encodeURIComponent(sessionId)}`,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: `${frame.slice(0, -1)},"params":${message.paramsJson}}`,
      signal,
    })
    return readAnswer(response)
  }

  #requireOwn(entries: readonly Entry[]): void {
    const { productKey, deviceKey } = this.options
    for (const { device } of entries) {
      if (!device || ('productKey' in device && device.productKey === productKey && device.deviceKey === deviceKey))
        continue
      throw new ConnectorError(
        'INPUT_INVALID',
        'A device can send attributes and events of its own only. Use the integration channel to name other devices.',
      )
    }
  }
}

/** The code for a bad session is published nowhere: these, or a text that speaks of the session. Source: enos.md section 5. */
function isBadSession({ statusCode, code, message }: EnosAnswer): boolean {
  if (code === '200') return false
  return (
    statusCode === 401 ||
    statusCode === 403 ||
    (code !== undefined && badSessionCode.test(code)) ||
    /session/i.test(message)
  )
}

function measurepointJson({ device, timeMs, values }: Entry): string {
  if (device && 'assetId' in device) {
    throw new ConnectorError(
      'INPUT_INVALID',
      'An asset id names a device on the integration channel only. Use productKey and deviceKey.',
    )
  }
  return JSON.stringify({ ...device, measurepoints: values, time: timeMs })
}

function eventJson({ timeMs, values }: Entry): string {
  return JSON.stringify({ events: values, time: timeMs })
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}
