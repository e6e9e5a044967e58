import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { type Clock, ConnectorError, type Finding, say, systemClock, type Text } from '../core'
import { asFinding, checkHost, HttpClient, parseBaseUrl } from '../http'
import { type Id, idPath, idText } from '../message'
import type { Registered } from './adoption'
import { ArrivalTimes } from './arrival-times'
import { Catalogue } from './catalogue'
import type { ThingPlusContext } from './context'
import { createAuthClient, type NewAuthClient } from './create-client'
import type { DeferredValue } from './deferred'
import { type DialectName, dialects } from './dialect'
import { childIds } from './gateway-children'
import { type GatewayRegistration, type RegisteredGateway, registerGateway } from './gateway-registration'
import { type IdsAsGiven, naming, textsOf } from './given-ids'
import type { RandomBytes } from './identifiers'
import { Newcomers } from './newcomers'
import {
  type ThingPlusCredentials,
  type ThingPlusToken,
  ThingPlusTokenSource,
  type TokenBodyFormat,
} from './oauth-source'
import { previewedSeries, type SeriesPreview } from './previewed-series'
import { type DeviceRegistration, registerDevice, registerSensor, type SensorRegistration } from './registration'
import { getResource, type Resource, type ResourceIds, type ResourceOptions, type ResourceValues } from './resources'
import { ThingPlusClient } from './rest-client'
import { type SensorOutcome, type SeriesReceipt, sendValuesEach } from './series'
import { SeriesWriter, type ValueWriter } from './series-writer'
import {
  checkStatus,
  deliverStatus,
  reportIntervalMsOf,
  type StatusReceipt,
  type StatusReport,
  type StatusScope,
  type StatusTarget,
  sendStatus,
  sendStatusTo,
} from './status'
import { Turns } from './turns'
import type { AuthClient, Device, Sensor } from './types'
import type { SeriesEntry, SeriesReading } from './values'
import type { Wait } from './wait'

export type ClientRequest = Omit<NewAuthClient, 'id' | 'clientSecret'> &
  Partial<Pick<NewAuthClient, 'clientSecret'>> & { id?: Id | undefined }

export interface ThingPlusOptions extends ThingPlusCredentials {
  /** With its version: `https://api.thingplus.net/v2`. */
  baseUrl: string
  /** `current` when left out. */
  dialect?: DialectName | undefined
  /** `json` when left out. */
  tokenBodyFormat?: TokenBodyFormat | undefined
  /** Closed with this object. */
  http?: HttpClient | undefined
  clock?: Clock | undefined
  /** For tests: how to pause, and where random ids come from. */
  wait?: Wait | undefined
  random?: RandomBytes | undefined
}

/**
 * The Thing+ cloud as one configured client sees it: signed in when needed, each guide step one call. Every call rejects
 * with a `ConnectorError` and takes a signal that stops it.
 */
export class ThingPlus {
  readonly #options: ThingPlusOptions & { http: HttpClient; clock: Clock }
  readonly #tokens: ThingPlusTokenSource
  readonly #context: ThingPlusContext
  readonly #values: SeriesWriter

  /** @throws ConnectorError `CONFIG_INCOMPLETE`, `CONFIG_INVALID_URL`, `CONFIG_INVALID` */
  constructor(options: ThingPlusOptions) {
    const baseUrl = parseBaseUrl(options.baseUrl, say`The API base URL of Thing+`)
    const clock = options.clock ?? systemClock
    const http = options.http ?? new HttpClient()
    const dialect = dialects[options.dialect ?? 'current']
    if (!dialect) {
      const known = Object.keys(dialects).join(', ')
      throw new ConnectorError(
        'CONFIG_INVALID',
        say`"${String(options.dialect)}" is not a dialect of the API. Known: ${known}.`,
      )
    }
    this.#options = { ...options, baseUrl, http, clock }
    this.#tokens = new ThingPlusTokenSource(this.#options)
    const client = new ThingPlusClient({ baseUrl, clock, http, tokens: this.#tokens })
    const wait = options.wait ?? ((ms, signal) => delay(ms, undefined, { signal }).catch(asAborted))
    this.#context = {
      client,
      catalogue: new Catalogue(client, clock),
      dialect,
      turns: new Turns(),
      arrivals: new ArrivalTimes(),
      newcomers: new Newcomers(clock, wait),
      clock,
      wait,
      random: options.random ?? randomBytes,
    }
    this.#values = new SeriesWriter(this.#context)
  }

  /** Tells accounts apart for good: host, client and user, no secret. */
  get name(): string {
    const { baseUrl, clientId, userName } = this.#options
    return `thingplus ${idPath(clientId, userName)} at ${new URL(baseUrl).host}`
  }

  /** What a connection test finds: host, clock, login, the sites, and the user where the scopes allow. */
  async check(signal: AbortSignal): Promise<Finding[]> {
    const { http, baseUrl, clock } = this.#options
    const findings = await checkHost(http, say`API URL`, `${baseUrl}/gatewayModels/52`, clock, signal)
    if (!findings[0]?.ok) return findings
    try {
      await this.token(signal)
      findings.push({ ok: true, text: validityText(this.tokenRemainingMs() ?? 0) })
      const sites = await this.get('sites', {}, {}, signal)
      const names = sites.map(({ id, name }) => `${id} (${name})`).join(', ')
      findings.push({
        ok: sites.length > 0,
        text: names ? say`The user's sites: ${names}.` : say`The user has no site; ask for one in the portal.`,
      })
    } catch (failure) {
      findings.push(asFinding(failure))
    }
    return findings
  }

  /** The OAuth token; the cached one while it is good. */
  token(signal?: AbortSignal): Promise<ThingPlusToken> {
    return this.#tokens.get(signal)
  }

  /** How long the token at hand still lives; `undefined` without one. */
  tokenRemainingMs(): number | undefined {
    return this.#tokens.remainingMs()
  }

  /**
   * Creates an OAuth client by a portal login with the configured user and password; without an id, the very client that
   * is configured.
   */
  async createClient({ id, ...request }: ClientRequest, signal?: AbortSignal): Promise<Registered<AuthClient>> {
    const { clientId, clientSecret, noSecret } = this.#options
    if (noSecret) throw noSecret
    return naming({ id }, (given) => {
      const named = given.id
        ? { id: given.id, clientSecret: request.clientSecret ?? '' }
        : { id: clientId, clientSecret }
      return createAuthClient(this.#options, this.#context.dialect, { ...request, ...named }, signal)
    })
  }

  /** Reads sites, gateway models, gateways, devices, sensors, a status, a series, or the own user. */
  get<Name extends Resource>(
    resource: Name,
    ids: IdsAsGiven<ResourceIds> = {},
    options?: ResourceOptions,
    signal?: AbortSignal,
  ): Promise<ResourceValues[Name]> {
    return naming(ids, (given) => getResource(this.#context, resource, given, options, signal))
  }

  registerGateway(
    { id, siteId, model, ...request }: IdsAsGiven<GatewayRegistration, 'id' | 'siteId' | 'model'>,
    signal?: AbortSignal,
  ): Promise<RegisteredGateway> {
    return naming(
      { id, siteId, model },
      (given) => registerGateway(this.#context, { ...request, ...given }, signal),
      childIds(request.devices),
    )
  }

  registerDevice(
    gatewayId: Id,
    { id, ...request }: IdsAsGiven<DeviceRegistration, 'id'>,
    signal?: AbortSignal,
  ): Promise<Registered<Device>> {
    return naming({ gatewayId, id }, ({ gatewayId: gateway, ...given }) =>
      registerDevice(this.#context, gateway, { ...request, ...given }, signal),
    )
  }

  registerSensor(
    gatewayId: Id,
    { id, deviceId, ...request }: IdsAsGiven<SensorRegistration, 'id' | 'deviceId'>,
    signal?: AbortSignal,
  ): Promise<Registered<Sensor>> {
    return naming({ gatewayId, id, deviceId }, ({ gatewayId: gateway, ...given }) =>
      registerSensor(this.#context, gateway, { ...request, ...given }, signal),
    )
  }

  sendStatus(target: IdsAsGiven<StatusTarget>, report: StatusReport, signal?: AbortSignal): Promise<StatusReceipt> {
    return naming(target, (given) => sendStatus(this.#context, given, report, { signal }))
  }

  /**
   * As `sendStatus`, for one item or for a gateway with all its sensors.
   * @param waiting with it, an item that the cloud does not know is tried for a minute; told before each pause
   */
  sendStatusTo(
    scope: StatusScope,
    target: IdsAsGiven<StatusTarget>,
    report: StatusReport,
    signal?: AbortSignal,
    waiting?: () => void,
  ): Promise<StatusReceipt[]> {
    return naming(target, (given) => sendStatusTo(this.#context, scope, given, report, { signal, waiting }))
  }

  /** As `sendStatusTo`, for a status that was kept: `PerhapsNew` tells what the cloud may not know yet. */
  deliverStatus(
    scope: StatusScope,
    target: IdsAsGiven<StatusTarget>,
    report: StatusReport,
    signal?: AbortSignal,
  ): Promise<StatusReceipt[]> {
    return naming(target, (given) => deliverStatus(this.#context, scope, given, report, signal))
  }

  /** Throws what `sendStatusTo` would throw without asking the cloud: for a status that is kept to be sent later. */
  checkStatus(scope: StatusScope, target: IdsAsGiven<StatusTarget>, report: StatusReport): void {
    checkStatus(scope, textsOf(target), report)
  }

  /** How often a gateway and its sensors have to report, in milliseconds. */
  reportIntervalMs(gatewayId: Id, signal?: AbortSignal): Promise<number> {
    return naming({ gatewayId }, (given) => reportIntervalMsOf(this.#context, given.gatewayId, signal))
  }

  /** Whether something is known to be a sensor of a gateway, without asking. */
  isSensor(gatewayId: Id, sensorId: string): boolean {
    return this.#context.catalogue.isSensor(idText(gatewayId), sensorId)
  }

  /**
   * Asks which of these are sensors of a gateway, so that `isSensor` knows it for ten minutes.
   * @throws ConnectorError where nobody answers
   */
  async learnSensors(gatewayId: Id, sensorIds: readonly string[]): Promise<void> {
    await naming({ gatewayId }, (given) =>
      Promise.all(sensorIds.map((sensorId) => this.#context.catalogue.learnSensor(given.gatewayId, sensorId))),
    )
  }

  /** As `learnSensors`, in the background, without an error. */
  learnSensorsLater(gatewayId: Id, sensorIds: readonly string[]): void {
    for (const sensorId of sensorIds) this.#context.catalogue.learnSensorLater(idText(gatewayId), sensorId)
  }

  /**
   * @param values sensor id → what to send, see `seriesEntries`
   * @param waiting with it, a sensor that the cloud does not know is tried for a minute; told before each pause
   */
  sendValues(
    gatewayId: Id,
    values: Readonly<Record<string, unknown>>,
    reading: Partial<SeriesReading> = {},
    signal?: AbortSignal,
    waiting?: () => void,
  ): Promise<SeriesReceipt[]> {
    return this.#values.sendValues(gatewayId, values, reading, signal, waiting)
  }

  /** As `sendValues`, but every sensor reports for itself and nothing is thrown for a failed one. */
  sendValuesEach(
    gatewayId: Id,
    values: Readonly<Record<string, unknown>>,
    reading: Partial<SeriesReading> = {},
    signal?: AbortSignal,
  ): Promise<SensorOutcome[]> {
    return naming({ gatewayId }, (given) => sendValuesEach(this.#context, given.gatewayId, values, reading, signal))
  }

  /** The values of a message as they can be kept without asking the cloud: see `deferValues`. */
  deferValues(gatewayId: Id, values: Readonly<Record<string, unknown>>, reading: SeriesReading): DeferredValue[] {
    return this.#values.deferValues(gatewayId, values, reading)
  }

  /** Sends values of one sensor that were kept for later, in one request. */
  deliverValues(gatewayId: Id, sensorId: Id, entries: readonly SeriesEntry[], signal?: AbortSignal): Promise<void> {
    return this.#values.deliverValues(gatewayId, sensorId, entries, signal)
  }

  /** What shows how values would be written, by the same way, and writes none. */
  previewed(preview: SeriesPreview): ValueWriter {
    return new SeriesWriter(previewedSeries(this.#context, this.#options.baseUrl, preview))
  }

  /** Ends a token request; other requests come to their end, unless who made them aborts them. */
  close(): void {
    this.#tokens.close()
    this.#options.http.close()
  }
}

function validityText(remainingMs: number): Text {
  const hours = Math.floor(remainingMs / 3_600_000)
  if (hours < 48) return say`Client and user are correct; the token is valid for another ${hours} h.`
  return say`Client and user are correct; the token is valid for another ${Math.floor(hours / 24)} days.`
}

function asAborted(): never {
  throw new ConnectorError('ABORTED', say`Stopped because the flow was closed or deployed again.`)
}
