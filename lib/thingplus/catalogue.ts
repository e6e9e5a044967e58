import { type Clock, ConnectorError } from '../core'
import { apiPath } from './path'
import { Remembered } from './remembered'
import type { ThingPlusClient } from './rest-client'
import { publishedSensorKind, readSensorKind, type SensorKind } from './sensor-kinds'
import { type Gateway, type GatewayModel, readGateway, readGatewayModel, readSensor, type Sensor } from './types'

const lifeMs = 10 * 60_000
const pauseMs = 30_000

/** What the cloud knows about gateways, models and sensors, asked once in ten minutes and not for every message. */
export class Catalogue {
  readonly #client: ThingPlusClient
  readonly #gateways: Remembered<Gateway>
  readonly #gatewayModels: Remembered<GatewayModel>
  readonly #sensors: Remembered<Sensor>
  readonly #sensorKinds: Remembered<SensorKind | undefined>
  /** Ids that are not sensors, or could not be asked about a moment ago. */
  readonly #missing: Remembered<true>
  readonly #unanswered: Remembered<true>
  readonly #asking = new Map<string, Promise<void>>()

  constructor(client: ThingPlusClient, clock: Clock) {
    this.#client = client
    this.#gateways = new Remembered(clock, lifeMs)
    this.#gatewayModels = new Remembered(clock, lifeMs)
    this.#sensors = new Remembered(clock, lifeMs)
    this.#sensorKinds = new Remembered(clock, lifeMs)
    this.#missing = new Remembered(clock, lifeMs)
    this.#unanswered = new Remembered(clock, pauseMs)
  }

  gateway(id: string, signal?: AbortSignal): Promise<Gateway> {
    return this.#gateways.get(id, async () => readGateway(await this.#read(apiPath`/gateways/${id}`, signal)))
  }

  gatewayModel(id: string, signal?: AbortSignal): Promise<GatewayModel> {
    return this.#gatewayModels.get(id, async () =>
      readGatewayModel(await this.#read(apiPath`/gatewayModels/${id}`, signal)),
    )
  }

  sensor(gatewayId: string, id: string, signal?: AbortSignal): Promise<Sensor> {
    const path = sensorPath(gatewayId, id)
    return this.#sensors.get(path, async () => readSensor(await this.#read(path, signal)))
  }

  /** Whether something is known to be a sensor, without asking. */
  isSensor(gatewayId: string, id: string): boolean {
    return this.#sensors.known(sensorPath(gatewayId, id)) !== undefined
  }

  /**
   * Asks whether something is a sensor, unless that was asked within ten minutes; `isSensor` knows it from then on.
   * @throws ConnectorError where nobody answers
   */
  learnSensor(gatewayId: string, id: string): Promise<void> {
    const path = sensorPath(gatewayId, id)
    if (this.#sensors.known(path) || this.#missing.known(path)) return Promise.resolve()
    const asking = this.#asking.get(path) ?? this.#learn(path, this.sensor(gatewayId, id))
    this.#asking.set(path, asking)
    return asking
  }

  /** As `learnSensor`, in the background: nobody waits for it, and it fails in silence, once in half a minute. */
  learnSensorLater(gatewayId: string, id: string): void {
    if (this.#unanswered.known(sensorPath(gatewayId, id))) return
    this.learnSensor(gatewayId, id).catch(() => undefined)
  }

  async #learn(path: string, sensor: Promise<Sensor>): Promise<void> {
    try {
      await sensor
    } catch (failure) {
      const isMissing = failure instanceof ConnectorError && [403, 404].includes(failure.statusCode ?? 0)
      const failed = isMissing ? this.#missing : this.#unanswered
      failed.set(path, true)
      if (!isMissing) throw failure
    } finally {
      this.#asking.delete(path)
    }
  }

  /** What a type takes: as the cloud tells it, else as the vendor published it; `undefined` for an unknown type. */
  async sensorKind(type: string, signal?: AbortSignal): Promise<SensorKind | undefined> {
    if (type === '') return undefined
    return this.#sensorKinds.get(type, async () => {
      const live = await this.#read(apiPath`/sensorTypes/${type}`, signal).catch(undefinedIfRefused)
      return readSensorKind(live) ?? publishedSensorKind(type)
    })
  }

  /** After a registration: the next question goes to the cloud again. */
  forgetGateway(id: string): void {
    this.#gateways.forget(id)
  }

  forgetSensor(gatewayId: string, id: string): void {
    const path = sensorPath(gatewayId, id)
    this.#sensors.forget(path)
    this.#missing.forget(path)
  }

  async #read(path: string, signal: AbortSignal | undefined) {
    return (await this.#client.request('GET', path, { signal })).data
  }
}

const sensorPath = (gatewayId: string, id: string): string => apiPath`/gateways/${gatewayId}/sensors/${id}`

function undefinedIfRefused(failure: unknown): undefined {
  const isRefused = failure instanceof ConnectorError && [403, 404].includes(failure.statusCode ?? 0)
  if (!isRefused) throw failure
}
