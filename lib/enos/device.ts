import {
  type Clock,
  ConnectorError,
  type CredentialSource,
  Secrets,
  say,
  sendWith,
  systemClock,
  type Text,
} from '../core'
import { HttpClient, type HttpRequest } from '../http'
import { type Id, idPath, idText, pathSegment } from '../message'
import { type EnosAnswer, hasTaken, readAnswer, refusal } from './answer'
import { brokerCodes } from './codes'
import type { DeviceName } from './device-name'
import { EnosDeviceSession } from './device-session'
import type { Entry } from './entry'
import { idMember, withLostZerosOf } from './entry-ids'
import { type EntryKind, type EntryList, listItems } from './entry-list'
import { entryOpening } from './known-devices'
import type { SessionMemory } from './session-memory'
import { readStoredEvent } from './stored-entries'
import { deviceText, type EnosUplink, type Freshness } from './uplink'
import { withValuesJson } from './values-json'

export interface EnosDeviceOptions {
  /** Device broker, checked by `parseBaseUrl`. */
  brokerUrl: string
  productKey: string
  deviceKey: string
  deviceSecret: string
  /** Why nobody can log in, where a secret is not there: thrown instead of a login. */
  noSecret?: ConnectorError | undefined
  lifetimeMs: number
  upperCaseSign?: boolean | undefined
  memory?: SessionMemory | undefined
  http?: HttpClient | undefined
  clock?: Clock | undefined
}

/** A topic of the device, and what all its messages share. */
interface Topic {
  what: Text
  /** Behind `/sys/{productKey}/{deviceKey}`: `/thing/measurepoint/post`. */
  path: string
  /** The message's JSON between its id and its params. */
  opening: string
  /** Behind them. */
  ending: Buffer
}

/** One message to a topic. */
interface TopicMessage {
  topic: Topic
  /** JSON, UTF-8, in pieces. */
  params: readonly Buffer[]
}

const badSessionCode = /^(401|403|1009|7\d\d)$/
/** After a fresh session was refused too, the complaint is about something else: no new login for it meanwhile. */
const sessionTrustMs = 2 * 60_000

/** One EnOS device: its session, and what it sends. Lives on a config node. Source: docs/protocol/enos.md §7. */
export class EnosDevice implements EnosUplink {
  readonly options: EnosDeviceOptions
  readonly http: HttpClient
  readonly name: string
  readonly own: DeviceName
  readonly #clock: Clock
  readonly #session: EnosDeviceSession
  readonly #stream: string
  /** Of its topics. */
  readonly #address: string
  readonly #sessions: CredentialSource<string>
  readonly #refusesSession: (answer: EnosAnswer) => boolean
  #messageCount = 0
  #latestTimeMs = Number.NaN
  #latestEnding = ''
  #latestQuery = { sessionId: '', text: '' }
  /** With the present session. */
  #secrets: { readonly sessionId: string; readonly all: Secrets } | undefined
  #trustSessionUntilMs = Number.NEGATIVE_INFINITY

  /** @throws ConnectorError `CONFIG_INVALID` */
  constructor(options: EnosDeviceOptions) {
    this.options = options
    this.http = options.http ?? new HttpClient()
    const { brokerUrl, productKey, deviceKey } = options
    this.name = `enos-device ${idPath(productKey, deviceKey)} at ${new URL(brokerUrl).host}`
    this.own = { productKey, deviceKey }
    this.#address = `${brokerUrl}/topic/sys/${pathSegment(productKey, 'CONFIG_INVALID')}/${pathSegment(deviceKey, 'CONFIG_INVALID')}`
    this.#stream = deviceText(this.own)
    this.#clock = options.clock ?? systemClock
    this.#session = new EnosDeviceSession({ ...options, http: this.http, clock: this.#clock })
    this.#sessions = {
      held: () => (options.noSecret ? undefined : this.#session.held()),
      get: (signal) => this.session(signal),
      drop: (refused) => this.#session.drop(refused),
    }
    this.#refusesSession = (answer) => isBadSession(answer) && this.#clock.monotonicMs() >= this.#trustSessionUntilMs
  }

  /** The session id, logged in where needed. */
  session(signal?: AbortSignal): Promise<string> {
    const { noSecret } = this.options
    return noSecret ? Promise.reject(noSecret) : this.#session.get(signal)
  }

  /** Only measurepoints have a batch topic. */
  maxEntries(kind: EntryKind): number {
    return kind === 'measurepoint' ? Number.POSITIVE_INFINITY : 1
  }

  deviceOf(device: DeviceName | undefined): DeviceName {
    return device ?? this.options
  }

  streamOf({ device }: Entry): string {
    return device ? deviceText(device) : this.#stream
  }

  encode(kind: EntryKind, entry: Entry, eventId: Id = ''): string {
    const { device, timeMs, values, numbered } = entry
    if (kind === 'measurepoint') return withValuesJson(openingOf(device), values, numbered) + this.#ending(timeMs)
    this.#requireOwn(entry)
    if (kind === 'event') {
      // Kept as it is, and only built for the request: a fault must not be found only then.
      eventTopic(idText(eventId))
      return `{${idMember('eventId', eventId)},"params":${JSON.stringify({ events: values, time: timeMs })}}`
    }
    return JSON.stringify({ attributes: values })
  }

  async deliver(kind: EntryKind, entries: EntryList, freshness: Freshness, signal?: AbortSignal): Promise<EnosAnswer> {
    try {
      const message = topicMessage(kind, entries, freshness)
      const exchange = (sessionId: string) => this.#exchange(message, sessionId, signal)
      const sent = await sendWith(this.#sessions, exchange, this.#refusesSession, signal)
      const { credential: sessionId, answer, isFresh } = sent
      if (isFresh && isBadSession(answer)) this.#trustSessionUntilMs = this.#clock.monotonicMs() + sessionTrustMs
      if (!hasTaken(answer, ['200'])) {
        throw refusal(message.topic.what, answer, brokerCodes, this.#secretsWith(sessionId))
      }
      this.#session.succeeded(sessionId)
      return answer
    } catch (failure) {
      throw withLostZerosOf(failure, kind, entries)
    }
  }

  async requestOf(
    kind: EntryKind,
    entries: EntryList,
    freshness: Freshness,
    sessionId: string,
    before: number,
  ): Promise<HttpRequest> {
    return this.#request(topicMessage(kind, entries, freshness), sessionId, this.#messageCount + before + 1)
  }

  close(): void {
    this.#session.close()
    this.http.close()
  }

  async #exchange(message: TopicMessage, sessionId: string, signal?: AbortSignal): Promise<EnosAnswer> {
    this.#messageCount += 1
    const response = await this.http.request(this.#request(message, sessionId, this.#messageCount, signal))
    return readAnswer(response, this.#clock.wallMs())
  }

  #request({ topic, params }: TopicMessage, sessionId: string, number: number, signal?: AbortSignal): HttpRequest {
    const opening = Buffer.from(`{"id":"${number}"${topic.opening}`)
    return {
      method: 'POST',
      url: this.#address + topic.path + this.#queryWith(sessionId),
      headers: jsonHeaders,
      body: Buffer.concat([opening, ...params, topic.ending]),
      signal,
    }
  }

  #queryWith(sessionId: string): string {
    if (this.#latestQuery.sessionId !== sessionId)
      this.#latestQuery = { sessionId, text: `?sessionId=${encodeURIComponent(sessionId)}` }
    return this.#latestQuery.text
  }

  #secretsWith(sessionId: string): Secrets {
    if (this.#secrets?.sessionId !== sessionId)
      this.#secrets = { sessionId, all: new Secrets([sessionId, this.options.deviceSecret]) }
    return this.#secrets.all
  }

  /** The end of an entry in JSON. Points of one moment come together. */
  #ending(timeMs: number): string {
    if (timeMs !== this.#latestTimeMs) {
      this.#latestTimeMs = timeMs
      this.#latestEnding = `},"time":${timeMs}}`
    }
    return this.#latestEnding
  }

  #requireOwn({ device }: Entry): void {
    const { productKey, deviceKey } = this.options
    const isOwn =
      !device ||
      ('productKey' in device && idText(device.productKey) === productKey && idText(device.deviceKey) === deviceKey)
    if (isOwn) return
    throw new ConnectorError(
      'INPUT_INVALID',
      say`A device session sends attributes and events of its own device only. Use the integration channel to name other devices.`,
    )
  }
}

const jsonHeaders = { 'content-type': 'application/json; charset=utf-8' }
const ending = Buffer.from('}')
const endingOfList = Buffer.from(']}')

/** Source of topics and methods: docs/protocol/enos.md §7.2. */
function topicMessage(kind: EntryKind, entries: EntryList, freshness: Freshness): TopicMessage {
  const params = listItems(entries)
  if (kind === 'attribute') return { topic: attributeTopic, params }
  if (kind === 'event') {
    const { eventId, params: values } = readStoredEvent(Buffer.concat(params))
    const topic = topicOf(say`Posting an event`, eventTopic(eventId), `thing.event.${eventId}.post`)
    return { topic, params: [Buffer.from(JSON.stringify(values))] }
  }
  const { single, list } = measurepointTopics[freshness]
  return { topic: entries.count === 1 && !isOfSubDevice(entries) ? single : list, params }
}

function topicOf(what: Text, path: string, method: string): Topic {
  return { what, path, opening: `${rootOf(method)},"params":`, ending }
}

const rootOf = (method: string) => `,"version":"1.0","method":${JSON.stringify(method)}`

const attributeTopic = topicOf(say`Updating attributes`, '/thing/attribute/update', 'thing.attribute.update')
const measurepointTopics = { live: measurepointTopicsOf('post'), late: measurepointTopicsOf('resume') }

function measurepointTopicsOf(action: 'post' | 'resume'): Record<'single' | 'list', Topic> {
  const what = say`Posting measurement points`
  const [path, method] = [`/thing/measurepoint/${action}`, `thing.measurepoint.${action}`]
  // Sub-devices cannot log in over HTTP, so they count as offline; invalid points are never dropped silently.
  const flags = ',"allowOfflineSubDevice":true,"skipInvalidMeasurepoints":false'
  const opening = `${rootOf(`${method}.batch`)}${flags},"params":[`
  return {
    single: topicOf(what, path, method),
    list: { what, path: `${path}/batch`, opening, ending: endingOfList },
  }
}

/** @throws ConnectorError `INPUT_INVALID` */
function eventTopic(eventId: string): string {
  return `/thing/event/${pathSegment(eventId)}/post`
}

const ownOpening = '{"measurepoints":{'

/** The beginning of an entry in JSON, up to its values: a sub-device is named, the own device is not. */
function openingOf(device: DeviceName | undefined): string {
  if (!device) return ownOpening
  if (!('assetId' in device)) return entryOpening(device.productKey, device.deviceKey)
  throw new ConnectorError(
    'INPUT_INVALID',
    say`An asset id names a device on the integration channel only. Use productKey and deviceKey.`,
  )
}

const subDeviceOpening = Buffer.from('{"productKey"')
const isOfSubDevice = ({ json: [first = ending] }: EntryList) =>
  subDeviceOpening.compare(first, 0, Math.min(subDeviceOpening.length, first.length)) === 0

/**
 * The code for a bad session is published nowhere: these, or a text that speaks of the session.
 * Source: docs/protocol/enos.md §7.6.
 */
function isBadSession({ statusCode, code, message }: EnosAnswer): boolean {
  if (code === '200') return false
  return (
    statusCode === 401 ||
    statusCode === 403 ||
    (code !== undefined && badSessionCode.test(code)) ||
    /session/i.test(message)
  )
}
