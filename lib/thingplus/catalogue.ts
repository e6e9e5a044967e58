import { type Clock, ConnectorError } from '../http'
import { apiPath } from './path'
import { Remembered } from './remembered'
import type { ThingPlusClient } from './rest-client'
import { publishedSensorKind, readSensorKind, type SensorKind } from './sensor-kinds'
import { type Gateway, type GatewayModel, readGateway, readGatewayModel, readSensor, type Sensor } from './types'

const lifeMs = 10 * 60_000

/** What the cloud knows about gateways, models and sensors, asked once in ten minutes and not for every message. */
export class Catalogue {
  readonly #client: ThingPlusClient
  readonly #gateways: Remembered<Gateway>
  readonly #gatewayModels: Remembered<GatewayModel>
  readonly #sensors: Remembered<Sensor>
  readonly #sensorKinds: Remembered<SensorKind | undefined>

  constructor(client: ThingPlusClient, clock: Clock) {
    this.#client = client
    this.#gateways = new Remembered(clock, lifeMs)
    this.#gatewayModels = new Remembered(clock, lifeMs)
    this.#sensors = new Remembered(clock, lifeMs)
    this.#sensorKinds = new Remembered(clock, lifeMs)
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
    const path = apiPath`/gateways/${gatewayId}/sensors/${id}`
    return this.#sensors.get(path, async () => readSensor(await this.#read(path, signal)))
  }

  /** What a type takes: as the cloud tells it, else as the vendor published it; `undefined` for an unknown type. */
  sensorKind(type: string, signal?: AbortSignal): Promise<SensorKind | undefined> {
    return this.#sensorKinds.get(type, async () => {
      const live = await this.#read(apiPath`/sensorTypes/${type}`, signal).catch(undefinedIfRefused)
      return readSensorKind(live) ?? publishedSensorKind(type)
    })
  }

  /** After a registration: the next question is asked anew. */
  forgetGateway(id: string): void {
    this.#gateways.forget(id)
  }

  forgetSensor(gatewayId: string, id: string): void {
    this.#sensors.forget(apiPath`/gateways/${gatewayId}/sensors/${id}`)
  }

  async #read(path: string, signal: AbortSignal | undefined) {
    return (await this.#client.request('GET', path, { signal })).data
  }
}

function undefinedIfRefused(failure: unknown): undefined {
  const isRefused = failure instanceof ConnectorError && [403, 404].includes(failure.statusCode ?? 0)
  if (!isRefused) throw failure
}
