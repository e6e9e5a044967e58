import { ConnectorError, say, type Text } from '../core'
import { type HttpRequest, parseBaseUrl } from '../http'
import { type Id, idText, sendableId } from '../message'
import { type EnosAnswer, hasTaken } from './answer'
import type { EnosApplication } from './application'
import type { DeviceName } from './device-name'
import type { Entry } from './entry'
import { idMember, memberOfId, withLostZerosOf } from './entry-ids'
import { type EntryKind, type EntryList, listItems } from './entry-list'
import { entryOpening, keyMembers } from './known-devices'
import { encodeMultipart } from './multipart'
import { deviceText, type EnosUplink, type Freshness } from './uplink'
import { withValuesJson } from './values-json'

const mostOpenings = 20_000

const actions: Record<EntryKind, string> = {
  measurepoint: 'postMeasurepoint',
  attribute: 'postAttribute',
  event: 'postEvent',
}
const postings: Record<EntryKind, Text> = {
  measurepoint: say`Posting measurement points through the integration channel`,
  attribute: say`Posting attributes through the integration channel`,
  event: say`Posting events through the integration channel`,
}

/**
 * The HTTP integration channel: an application sends for many devices in one multipart message, with the token alone,
 * unsigned. Source: docs/protocol/enos.md §8.
 */
export class EnosIntegration implements EnosUplink {
  readonly own = undefined
  readonly #application: EnosApplication
  readonly #fallback: DeviceName | undefined
  readonly #openings = new Map<Id, string>()
  #latestAsset: Id | undefined
  #latestOpening = ''

  /** @param fallback the device of entries that name none */
  constructor(application: EnosApplication, fallback?: DeviceName) {
    this.#application = application
    this.#fallback = fallback
  }

  get name(): string {
    const { orgId, integrationUrl } = this.#application.options
    return `enos-integration ${orgId} at ${new URL(parseBaseUrl(integrationUrl, say`The integration URL`)).host}`
  }

  maxEntries(): number {
    return Number.POSITIVE_INFINITY
  }

  deviceOf(device: DeviceName | undefined): DeviceName | undefined {
    return device ?? this.#fallback
  }

  streamOf({ device }: Entry): string {
    return deviceText(this.#named(device))
  }

  encode(kind: EntryKind, { device, timeMs, values, numbered }: Entry, eventId: Id = ''): string {
    const named = this.#named(device)
    if (kind === 'measurepoint') return `${withValuesJson(this.#openingOf(named), values, numbered)}},"time":${timeMs}}`
    const name = nameMembers(named)
    const json = JSON.stringify(values)
    if (kind === 'attribute') return `{${name},"attributes":${json}}`
    // A topic of the device channel holds it, which may send what is kept now.
    sendableId(idText(eventId))
    return `{${name},${memberOfId('events', eventId, json)},"time":${timeMs}}`
  }

  /** The beginning of an entry of measurepoints in JSON, up to its values; the same devices are named over and over. */
  #openingOf(name: DeviceName): string {
    if (!('assetId' in name)) return entryOpening(name.productKey, name.deviceKey)
    const { assetId } = name
    if (assetId !== this.#latestAsset) {
      this.#latestAsset = assetId
      this.#latestOpening = this.#openings.get(assetId) ?? this.#remembered(assetId)
    }
    return this.#latestOpening
  }

  #remembered(assetId: Id): string {
    const opening = `{${assetMember(assetId)},"measurepoints":{`
    if (this.#openings.size >= mostOpenings) this.#openings.clear()
    this.#openings.set(assetId, opening)
    return opening
  }

  #named(device: DeviceName | undefined): DeviceName {
    const name = device ?? this.#fallback
    if (name) return name
    throw new ConnectorError(
      'CONFIG_INCOMPLETE',
      say`No device is named. Enter an asset id, or product key and device key, in the node or in each entry.`,
    )
  }

  async deliver(kind: EntryKind, entries: EntryList, freshness: Freshness, signal?: AbortSignal): Promise<EnosAnswer> {
    const requestWith = await this.#message(kind, entries, freshness, this.#application.nextMessageId())
    const request = this.#application.withToken(
      {
        what: postings[kind],
        isSuccess: (answer) => hasTaken(answer, ['0', '200']),
        send: (accessToken) => this.#application.http.request({ ...requestWith(accessToken), signal }),
      },
      signal,
    )
    return request.catch((failure) => {
      throw withLostZerosOf(failure, kind, entries)
    })
  }

  async requestOf(
    kind: EntryKind,
    entries: EntryList,
    freshness: Freshness,
    accessToken: string,
    before: number,
  ): Promise<HttpRequest> {
    const requestWith = await this.#message(kind, entries, freshness, this.#application.messageIdAfter(before))
    return requestWith(accessToken)
  }

  /** @returns the request for a given token */
  async #message(
    kind: EntryKind,
    entries: EntryList,
    freshness: Freshness,
    id: string,
  ): Promise<(accessToken: string) => HttpRequest> {
    const { options } = this.#application
    const integrationUrl = parseBaseUrl(options.integrationUrl, say`The integration URL`)
    const query = new URLSearchParams({ action: actions[kind], orgId: options.orgId })
    const frame = JSON.stringify({
      id,
      version: '1.1',
      method: `integration.${kind}.post`,
      files: {},
      isRealtimeIntegration: freshness === 'live',
    })
    const form = new FormData()
    const params = Buffer.concat(listItems(entries)).toString()
    form.append('enos-message', `${frame.slice(0, -1)},"params":[${params}]}`)
    const { contentType, body } = await encodeMultipart(form)
    return (accessToken) => ({
      method: 'POST',
      url: `${integrationUrl}/connect-service/v2.1/integration?${query}`,
      headers: { 'content-type': contentType, 'apim-accesstoken': accessToken },
      body,
    })
  }
}

function nameMembers(name: DeviceName): string {
  return 'assetId' in name ? assetMember(name.assetId) : keyMembers(name.productKey, name.deviceKey)
}

function assetMember(assetId: Id): string {
  sendableId(idText(assetId))
  return idMember('assetId', assetId)
}
