import { booleanAt, type Fields, fieldsAt, InvalidInput, isFields, listAt, textAt } from '../checked-input'
import { demoEnos } from '../demo'
import { featureOf } from './api-dialect'
import type { TreeSeed } from './asset-tree'
import { type FeatureMap, featureKinds, type ThingModel } from './thing-model'

export interface EnosSeed {
  apps: App[]
  products: Product[]
  devices: DeviceSeed[]
  models: ThingModel[]
  trees: TreeSeed[]
}

/**
 * Reads the `enos` part of a seed:
 *
 * - `apps`: `{ appKey, appSecret, orgId }`
 * - `devices`: `{ productKey, deviceKey, deviceSecret?, assetId?, modelId?, gateway?, name?, timezone?, enabled?, orgId? }`;
 *   `gateway` is the gateway's asset id or `productKey/deviceKey`; orgId is the first app's unless given
 * - `models`: `{ modelId, allowAdditionalMeasurepoint?, -Attribute?, -Event?, attributes?, measurepoints?, services?, events?, orgId? }`,
 *   features as in the model API; `{ dataType, hasQuality? }` is enough
 * - `products`, optional: `{ productKey, productSecret?, name?, modelId?, orgId?, type? }`; those of the devices exist anyway.
 *   `type` is `Device` or `Gateway`; `Gateway` where a device of the seed is behind one of the product
 * - `trees`, optional: `{ treeId, rootAssetId, name?, orgId? }`, asset trees that hold nothing but their root
 *
 * Throws `InvalidInput` that names the key.
 */
export function parseEnosSeed(value: unknown): EnosSeed {
  const key = 'seed.enos'
  const seed = { ...demoEnos, ...fieldsAt(value, key, ['apps', 'devices', 'models', 'products', 'trees']) }
  const apps = listAt(seed.apps, `${key}.apps`, parseApp)
  const orgId = apps[0]?.orgId ?? 'o-demo'
  const models = listAt(seed.models, `${key}.models`, (item, itemKey) => parseModel(item, itemKey, orgId))
  const devices = listAt(seed.devices, `${key}.devices`, (item, itemKey) => parseDevice(item, itemKey, orgId))
  const products = listAt(fieldsAt(value, key).products ?? [], `${key}.products`, (item, itemKey) =>
    parseProduct(item, itemKey, orgId),
  )
  const trees = listAt(seed.trees, `${key}.trees`, (item, itemKey) => parseTree(item, itemKey, orgId))
  checkReferences(devices, models)
  return { apps, products, devices, models, trees }
}

function parseApp(value: unknown, key: string): App {
  const fields = fieldsAt(value, key, ['appKey', 'appSecret', 'orgId'])
  return {
    appKey: textAt(fields, 'appKey', key),
    appSecret: textAt(fields, 'appSecret', key),
    orgId: textAt(fields, 'orgId', key, 'o-demo'),
  }
}

function parseProduct(value: unknown, key: string, orgId: string): Product {
  const fields = fieldsAt(value, key, ['productKey', 'productSecret', 'name', 'modelId', 'orgId', 'type'])
  const productKey = textAt(fields, 'productKey', key)
  const type = textAt(fields, 'type', key, 'Device')
  if (type !== 'Device' && type !== 'Gateway') throw new InvalidInput(`${key}.type must be Device or Gateway`)
  return {
    productKey,
    productSecret: textAt(fields, 'productSecret', key, `secret-of-${productKey}`),
    name: textAt(fields, 'name', key, productKey),
    modelId: textAt(fields, 'modelId', key, 'Demo'),
    orgId: textAt(fields, 'orgId', key, orgId),
    type,
  }
}

function parseTree(value: unknown, key: string, orgId: string): TreeSeed {
  const fields = fieldsAt(value, key, ['treeId', 'rootAssetId', 'name', 'orgId'])
  const treeId = textAt(fields, 'treeId', key)
  return {
    treeId,
    rootAssetId: textAt(fields, 'rootAssetId', key),
    name: textAt(fields, 'name', key, treeId),
    orgId: textAt(fields, 'orgId', key, orgId),
  }
}

const deviceKeys = [
  'productKey',
  'deviceKey',
  'deviceSecret',
  'assetId',
  'modelId',
  'gateway',
  'name',
  'timezone',
  'enabled',
  'orgId',
]

function parseDevice(value: unknown, key: string, orgId: string): DeviceSeed {
  const fields = fieldsAt(value, key, deviceKeys)
  const productKey = textAt(fields, 'productKey', key)
  const deviceKey = textAt(fields, 'deviceKey', key)
  return {
    productKey,
    deviceKey,
    deviceSecret: textAt(fields, 'deviceSecret', key, `secret-of-${deviceKey}`),
    assetId: textAt(fields, 'assetId', key, `asset-${deviceKey}`),
    modelId: textAt(fields, 'modelId', key, 'Demo'),
    gateway: fields.gateway === null || fields.gateway === undefined ? null : textAt(fields, 'gateway', key),
    name: textAt(fields, 'name', key, deviceKey),
    timezone: textAt(fields, 'timezone', key, '+00:00'),
    enabled: booleanAt(fields, 'enabled', key, true),
    orgId: textAt(fields, 'orgId', key, orgId),
  }
}

const modelKeys = [
  'modelId',
  'orgId',
  'name',
  'desc',
  'category',
  'allowAdditionalAttribute',
  'allowAdditionalMeasurepoint',
  'allowAdditionalEvent',
  ...featureKinds,
]

function parseModel(value: unknown, key: string, orgId: string): ThingModel {
  const fields = fieldsAt(value, key, modelKeys)
  const modelId = textAt(fields, 'modelId', key)
  const features = (kind: (typeof featureKinds)[number]): FeatureMap => parseFeatures(fields, kind, key)
  return {
    modelId,
    orgId: textAt(fields, 'orgId', key, orgId),
    source: 'seed',
    name: { defaultValue: textAt(fields, 'name', key, modelId), i18nValue: {} },
    desc: textAt(fields, 'desc', key, modelId),
    category: textAt(fields, 'category', key, 'Demo'),
    tags: {},
    attributes: features('attributes'),
    measurepoints: features('measurepoints'),
    services: features('services'),
    events: features('events'),
    allowAdditionalAttribute: booleanAt(fields, 'allowAdditionalAttribute', key, false),
    allowAdditionalMeasurepoint: booleanAt(fields, 'allowAdditionalMeasurepoint', key, false),
    allowAdditionalEvent: booleanAt(fields, 'allowAdditionalEvent', key, false),
  }
}

function parseFeatures(model: Fields, kind: (typeof featureKinds)[number], key: string): FeatureMap {
  const entries = Object.entries(fieldsAt(model[kind], `${key}.${kind}`)).map(([id, definition]) => {
    const feature = isFields(definition) ? featureOf(kind, id, definition) : 'must be an object'
    if (typeof feature === 'string') throw new InvalidInput(`${key}.${kind}.${id} ${feature}`)
    return [id, feature] as const
  })
  return Object.fromEntries(entries)
}

function checkReferences(devices: DeviceSeed[], models: ThingModel[]): void {
  const names = new Set(devices.flatMap((device) => [device.assetId, `${device.productKey}/${device.deviceKey}`]))
  if (names.size < devices.length * 2) throw new InvalidInput('seed.enos.devices names a device or an asset id twice')
  for (const [index, device] of devices.entries()) {
    const key = `seed.enos.devices[${index}]`
    if (!models.some((model) => model.modelId === device.modelId)) {
      throw new InvalidInput(`${key}.modelId: there is no model ${device.modelId}`)
    }
    if (device.gateway !== null && !names.has(device.gateway)) {
      throw new InvalidInput(
        `${key}.gateway: there is no device ${device.gateway} (an asset id, or productKey/deviceKey)`,
      )
    }
  }
}

export interface App {
  appKey: string
  appSecret: string
  orgId: string
}

export interface Product {
  productKey: string
  productSecret: string
  name: string
  modelId: string
  orgId: string
  /** Only a device of a Gateway may have sub-devices. */
  type: 'Device' | 'Gateway'
}

export interface DeviceSeed {
  productKey: string
  deviceKey: string
  deviceSecret: string
  assetId: string
  modelId: string
  /** The gateway in whose topology it is: an asset id, or `productKey/deviceKey`. */
  gateway: string | null
  name: string
  timezone: string
  enabled: boolean
  orgId: string
}
