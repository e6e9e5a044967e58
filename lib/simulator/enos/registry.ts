import type { Fields } from '../checked-input'
import type { AcceptedPoint } from '../cloud'
import { RecentStreams } from '../recent-streams'
import { AssetTree } from './asset-tree'
import type { App, DeviceSeed, EnosSeed, Product } from './enos-seed'
import type { EnosOptions } from './options'
import { PointLog } from './point-log'
import { featureKinds, type ThingModel } from './thing-model'

export interface Device extends DeviceSeed {
  /** The name in other languages. */
  i18nName: Fields
  description: string | null
  createdMs: number
  /** First login or first data; 0 before. */
  activeMs: number
  attributes: Map<string, unknown>
  tags: Map<string, string>
  log: PointLog
  lastEventMs: number | null
  lastAttributeMs: number | null
}

/** How a message names a device: by asset id, or by product key and device key. */
export interface DeviceName {
  assetId?: unknown
  productKey?: unknown
  deviceKey?: unknown
}

/** Everything the simulated EnOS knows, beside who is logged in. */
export class Registry {
  readonly apps: Map<string, App>
  readonly models: Map<string, ThingModel>
  readonly products: Map<string, Product>
  readonly trees: ReadonlyMap<string, AssetTree>
  readonly recent = new RecentStreams<Device>()
  readonly workbooks: { fileName: string; bytes: number }[] = []
  #pointsAccepted = 0
  #eventsAccepted = 0
  #rawMessagesAccepted = 0
  #attributesAccepted = 0
  #entriesAccepted = 0
  #devices = new Map<string, Device>()
  #devicesByAsset = new Map<string, Device>()

  readonly #options: EnosOptions

  constructor(seed: EnosSeed, options: EnosOptions, now: number) {
    this.#options = options
    this.apps = new Map(seed.apps.map((app) => [app.appKey, app]))
    this.models = new Map(seed.models.map((model) => [model.modelId, model]))
    this.products = new Map(seed.products.map((product) => [product.productKey, product]))
    this.trees = new Map(seed.trees.map((tree) => [tree.treeId, new AssetTree(tree)]))
    for (const device of seed.devices) this.addDevice(device, now)
    for (const { gateway } of seed.devices) {
      const product = this.products.get(this.stream(gateway ?? '')?.productKey ?? '')
      if (product) product.type = 'Gateway'
    }
  }

  get devices(): Device[] {
    return [...this.#devicesByAsset.values()]
  }

  addDevice(seed: DeviceSeed, createdMs: number): Device {
    const device: Device = {
      ...seed,
      i18nName: {},
      description: null,
      createdMs,
      activeMs: 0,
      attributes: new Map(),
      tags: new Map(),
      log: new PointLog(),
      lastEventMs: null,
      lastAttributeMs: null,
    }
    this.#devices.set(`${device.productKey}/${device.deviceKey}`, device)
    this.#devicesByAsset.set(device.assetId, device)
    if (!this.products.has(device.productKey)) {
      const { productKey, modelId, orgId } = device
      const productSecret = `secret-of-${productKey}`
      this.products.set(productKey, { productKey, productSecret, name: productKey, modelId, orgId, type: 'Device' })
    }
    return device
  }

  removeDevice(device: Device): void {
    this.#devices.delete(`${device.productKey}/${device.deviceKey}`)
    this.#devicesByAsset.delete(device.assetId)
    this.recent.forget(device)
    for (const tree of this.trees.values()) tree.remove(device)
  }

  /** The device is another one from now on, under its asset id: it was never active, and its sub-devices stay behind it. */
  replaceDevice(device: Device, deviceKey: string, deviceSecret: string): void {
    for (const other of this.devices) if (this.isBehind(other, device)) other.gateway = device.assetId
    this.#devices.delete(`${device.productKey}/${device.deviceKey}`)
    Object.assign(device, { deviceKey, deviceSecret, activeMs: 0 })
    this.#devices.set(`${device.productKey}/${deviceKey}`, device)
  }

  isGateway(device: Device): boolean {
    return this.products.get(device.productKey)?.type === 'Gateway'
  }

  device({ assetId, productKey, deviceKey }: DeviceName): Device | undefined {
    if (typeof assetId === 'string' && assetId !== '') return this.#devicesByAsset.get(assetId)
    return this.#devices.get(`${String(productKey)}/${String(deviceKey)}`)
  }

  /** A device by its asset id or by `productKey/deviceKey`. */
  stream(name: string): Device | undefined {
    return this.#devices.get(name) ?? this.#devicesByAsset.get(name)
  }

  isBehind(device: Device, gateway: Device): boolean {
    return device.gateway !== null && this.stream(device.gateway) === gateway
  }

  modelOf(device: Device): ThingModel {
    const model = this.models.get(device.modelId)
    if (!model) throw new Error(`Device ${device.assetId} has no model ${device.modelId}`)
    return model
  }

  acceptPoints(device: Device, entry: AcceptedPoint, receivedMs: number): void {
    const before = device.log.pointsAccepted
    device.log.add(entry, receivedMs, this.#options.keptEntriesPerDevice)
    this.recent.touch(device)
    this.#entriesAccepted += 1
    this.#pointsAccepted += device.log.pointsAccepted - before
  }

  acceptAttribute(device: Device, id: string, value: unknown, now: number): void {
    device.attributes.set(id, value)
    device.lastAttributeMs = now
    this.#attributesAccepted += 1
  }

  acceptEvents(device: Device, count: number, now: number): void {
    device.lastEventMs = now
    this.#eventsAccepted += count
  }

  acceptRawMessage(): void {
    this.#rawMessagesAccepted += 1
  }

  get pointsAccepted(): number {
    return this.#pointsAccepted
  }

  figures(): Record<string, number> {
    return {
      points: this.#pointsAccepted,
      attributes: this.#attributesAccepted,
      events: this.#eventsAccepted,
      devices: this.#devicesByAsset.size,
      models: this.models.size,
    }
  }

  /**
   * `pointsAccepted` counts single values, one for each time, device and measurepoint, repeated times included;
   * `entriesAccepted` counts the entries they came in.
   */
  state(): object {
    return {
      models: [...this.models.values()].map((model) => ({
        modelId: model.modelId,
        source: model.source,
        ...Object.fromEntries(featureKinds.map((kind) => [kind, Object.keys(model[kind])])),
      })),
      workbooks: this.workbooks,
      pointsAccepted: this.#pointsAccepted,
      entriesAccepted: this.#entriesAccepted,
      eventsAccepted: this.#eventsAccepted,
      attributesAccepted: this.#attributesAccepted,
      rawMessagesAccepted: this.#rawMessagesAccepted,
      streams: this.devices.map(({ productKey, deviceKey, assetId, log }) => ({
        stream: `${productKey}/${deviceKey}`,
        assetId,
        entriesAccepted: log.entriesAccepted,
        pointsAccepted: log.pointsAccepted,
        lastTimeMs: log.lastTimeMs,
      })),
    }
  }
}
