import { type Clock, isJsonObject, type JsonObject, parseJson } from '../core'
import { idText } from '../message'
import type { ApiCaller } from './api-call'
import { modelIdOf, modelOf } from './catalogue'
import type { DeviceName } from './device-name'
import type { EntryKind } from './entry-list'
import { KnownPoints } from './known-points'
import type { PointType } from './point-type'

/** Points may be added to a model at any time. */
const lifeMs = 10 * 60_000
/** After a failure: no line, no permission. */
const againMs = 10 * 60_000
/** Devices that an application asks for by their asset ids; each is a request of its own. */
const mostDevices = 1_000

interface DeviceModel {
  measurepoint: KnownPoints
  attribute: KnownPoints
  /** By event. */
  event: ReadonlyMap<string, KnownPoints>
}

interface Remembered<Value> {
  value: Value | undefined
  askAgainMs: number
}

/**
 * The thing models of the devices that are written to, asked for in the background, one request after the other. Nobody ever
 * waits for them, and failures are not reported: without a model nothing is checked.
 */
export class DeviceModels {
  readonly #application: ApiCaller
  readonly #clock: Clock
  /** Model ids, by asset id or product key: all devices of a product have one model. */
  readonly #modelIds = new Map<string, Remembered<string>>()
  readonly #models = new Map<string, Remembered<DeviceModel>>()
  #asking: Promise<unknown> = Promise.resolve()

  constructor(application: ApiCaller, clock: Clock) {
    this.#application = application
    this.#clock = clock
  }

  /** What is known by now of a device's points, attributes, or an event's parameters. */
  known(device: DeviceName | undefined, kind: EntryKind, eventId = ''): KnownPoints | undefined {
    if (!device) return undefined
    const name =
      'assetId' in device
        ? { assetId: idText(device.assetId) }
        : { productKey: idText(device.productKey), deviceKey: idText(device.deviceKey) }
    const key = 'assetId' in name ? `asset ${name.assetId}` : `product ${name.productKey}`
    const modelId = this.#remembered(this.#modelIds, key, () => modelIdOf(this.#application, name))
    if (!modelId) return undefined
    const model = this.#remembered(this.#models, modelId, async () =>
      readModel(await modelOf(this.#application, modelId)),
    )
    return kind === 'event' ? model?.event.get(eventId) : model?.[kind]
  }

  #remembered<Value>(
    memory: Map<string, Remembered<Value>>,
    key: string,
    ask: () => Promise<Value>,
  ): Value | undefined {
    const present = memory.get(key)
    const nowMs = this.#clock.monotonicMs()
    if (present && nowMs < present.askAgainMs) return present.value
    if (!present && memory.size >= mostDevices) return undefined
    const entry = present ?? { value: undefined, askAgainMs: 0 }
    entry.askAgainMs = nowMs + againMs
    memory.set(key, entry)
    this.#asking = this.#asking.then(async () => {
      try {
        entry.value = await ask()
        entry.askAgainMs = this.#clock.monotonicMs() + lifeMs
      } catch {
        // Without a model nothing is checked; it is asked for again later.
      }
    })
    return entry.value
  }

  /** Resolves when all that was asked for until now has been answered. For a preview, and for tests. */
  settled(): Promise<unknown> {
    return this.#asking
  }
}

function readModel(model: JsonObject): DeviceModel {
  const events = isJsonObject(model.events) ? Object.entries(model.events) : []
  return {
    measurepoint: new KnownPoints(typesIn(model.measurepoints), model.allowAdditionalMeasurepoint !== true),
    attribute: new KnownPoints(typesIn(model.attributes), model.allowAdditionalAttribute !== true),
    event: new Map(
      events.flatMap(([id, event]): [string, KnownPoints][] => {
        const outputs =
          isJsonObject(event) && Array.isArray(event.outputData) ? event.outputData.filter(isJsonObject) : []
        const types = new Map(outputs.map((output) => [String(output.identifier), typeIn(output)]))
        return types.size > 0 ? [[id, new KnownPoints(types, true)]] : []
      }),
    ),
  }
}

function typesIn(features: unknown): ReadonlyMap<string, PointType> {
  const entries = isJsonObject(features) ? Object.entries(features) : []
  return new Map(entries.map(([id, feature]) => [id, typeIn(isJsonObject(feature) ? feature : {})]))
}

/** As far as the model API tells it: no ranges. Source: docs/protocol/enos.md §5.4. */
function typeIn({ dataType, dataDefinition }: JsonObject): PointType {
  const type = { dataType: String(dataType ?? '') }
  const parsed = typeof dataDefinition === 'string' ? parseJson(dataDefinition) : dataDefinition
  const details = isJsonObject(parsed) ? parsed : {}
  if (type.dataType === 'STRING' && typeof details.maxLength === 'number')
    return { ...type, maxLength: details.maxLength }
  if (type.dataType !== 'ENUM' || !isJsonObject(details.enumDesc)) return type
  const names = Object.keys(details.enumDesc)
  return { ...type, allowed: details.enumType === 'STRING' ? names : names.map(Number) }
}
