import { ConnectorError, isJsonObject, type Json, type JsonObject, say } from '../core'
import type { ApiCaller } from './api-call'

export interface ProductSummary {
  productKey: string
  name: string
  modelId: string
}

export interface DeviceSummary {
  assetId: string
  productKey: string
  deviceKey: string
  name: string
  modelId: string
}

export interface ModelSummary {
  modelId: string
  name: string
}

/** A measurement point, attribute or event of a thing model. */
export interface ModelFeature {
  id: string
  name: string
  /** `DOUBLE`, `ENUM` …; an event has none. */
  dataType?: string
  /** With its SI prefix: `kW`. */
  unit?: string
  hasQuality?: boolean
  /** The range of a number, which only a model's file tells. */
  minimum?: number
  maximum?: number
}

export interface Found<Item> {
  items: Item[]
  /** Whether the cloud has more than were read. */
  more: boolean
}

/** What the search APIs find of an application's organisation. Source: docs/protocol/enos.md §5.1, §5.2, §9.1. */
interface Search {
  path: string
  /** Outermost fields of an answer: no secrets, no whole models. */
  projection: readonly string[]
  expression?: string | undefined
}

const pageSize = 100

/** The first products, `most` at most. @throws ConnectorError as `EnosApplication.call` */
export function searchProducts(
  application: ApiCaller,
  most: number,
  signal?: AbortSignal,
): Promise<Found<ProductSummary>> {
  const search: Search = {
    path: '/connect-service/v2.1/products?action=search',
    projection: ['productKey', 'productName', 'modelId'],
  }
  return searchUpTo(application, search, most, readProduct, signal)
}

/**
 * The first devices, `most` at most.
 * @param wanted only devices of a product, and only those whose name contains the text, or whose key or asset id it is
 * @throws ConnectorError as `EnosApplication.call`
 */
export function searchDevices(
  application: ApiCaller,
  { productKey, text }: { productKey?: string | undefined; text?: string | undefined },
  most: number,
  signal?: AbortSignal,
): Promise<Found<DeviceSummary>> {
  const named = text && `(deviceName like ${quoted(text)} or deviceKey = ${quoted(text)} or assetId = ${quoted(text)})`
  const conditions = [productKey && `productKey = ${quoted(productKey)}`, named].filter(Boolean)
  return searchUpTo(application, deviceSearch(conditions.join(' and ')), most, readDevice, signal)
}

/** The first models, `most` at most. @throws ConnectorError as `EnosApplication.call` */
export function searchModels(application: ApiCaller, most: number, signal?: AbortSignal): Promise<Found<ModelSummary>> {
  const search: Search = { path: '/model-service/v2.1/thing-models?action=search', projection: ['modelId', 'name'] }
  return searchUpTo(application, search, most, readModel, signal)
}

/**
 * The id of a device's thing model.
 * @param device by its asset id, or by its product key and device key
 * @throws ConnectorError `NOT_FOUND`, and as `EnosApplication.call`
 */
export async function modelIdOf(
  application: ApiCaller,
  device: { assetId: string } | { productKey: string; deviceKey: string },
  signal?: AbortSignal,
): Promise<string> {
  const conditions = Object.entries(device).map(([name, value]) => `${name} = ${quoted(value)}`)
  const { items } = await searchUpTo(application, deviceSearch(conditions.join(' and ')), 1, readDevice, signal)
  if (items[0]) return items[0].modelId
  const name = Object.values(device).join('/')
  throw new ConnectorError(
    'NOT_FOUND',
    say`The application cannot see device ${name}. Check the device and the organisation.`,
  )
}

/** The features of one kind that a thing model has. @throws ConnectorError as `EnosApplication.call` */
export async function modelFeatures(
  application: ApiCaller,
  modelId: string,
  kind: 'measurepoints' | 'attributes' | 'events',
  signal?: AbortSignal,
): Promise<ModelFeature[]> {
  return featuresOf(await modelOf(application, modelId, signal), kind)
}

/** A thing model in the dialect of the model API; empty where the answer holds none. @throws ConnectorError as `EnosApplication.call` */
export async function modelOf(application: ApiCaller, modelId: string, signal?: AbortSignal): Promise<JsonObject> {
  const { data } = await application.call({
    method: 'GET',
    path: '/model-service/v2.1/thing-models?action=get',
    query: { modelId },
    signal,
  })
  return isJsonObject(data) ? data : {}
}

/** The features of one kind in a model as the model API speaks it. */
export function featuresOf(model: JsonObject, kind: 'measurepoints' | 'attributes' | 'events'): ModelFeature[] {
  const features = model[kind]
  if (!isJsonObject(features)) return []
  return Object.entries(features).map(([id, feature]) => readFeature(id, isJsonObject(feature) ? feature : {}))
}

function deviceSearch(expression: string): Search {
  return {
    path: '/connect-service/v2.1/devices?action=search',
    projection: ['assetId', 'productKey', 'deviceKey', 'deviceName', 'modelId'],
    ...(expression ? { expression } : {}),
  }
}

async function searchUpTo<Item>(
  application: ApiCaller,
  { path, ...search }: Search,
  most: number,
  read: (record: JsonObject) => Item,
  signal: AbortSignal | undefined,
): Promise<Found<Item>> {
  const items: Item[] = []
  for (let pageNo = 1; ; pageNo++) {
    const pagination = { pageNo, pageSize: Math.min(pageSize, most) }
    const { data, envelope } = await application.call({ method: 'POST', path, body: { ...search, pagination }, signal })
    const page = Array.isArray(data) ? data.filter(isJsonObject) : []
    items.push(...page.map(read))
    const total = isJsonObject(envelope.pagination) ? Number(envelope.pagination.totalSize) : items.length
    const isEnd = page.length === 0 || !(items.length < total)
    if (isEnd || items.length >= most) return { items: items.slice(0, most), more: !isEnd || items.length > most }
  }
}

function readProduct(record: JsonObject): ProductSummary {
  const productKey = textOf(record.productKey)
  return { productKey, name: nameOf(record.productName) || productKey, modelId: textOf(record.modelId) }
}

function readDevice(record: JsonObject): DeviceSummary {
  const deviceKey = textOf(record.deviceKey)
  return {
    assetId: textOf(record.assetId),
    productKey: textOf(record.productKey),
    deviceKey,
    name: nameOf(record.deviceName) || deviceKey,
    modelId: textOf(record.modelId),
  }
}

function readModel(record: JsonObject): ModelSummary {
  const modelId = textOf(record.modelId)
  return { modelId, name: nameOf(record.name) || modelId }
}

function readFeature(id: string, feature: JsonObject): ModelFeature {
  const unit = isJsonObject(feature.unit) ? unitOf(feature.unit) : ''
  return {
    id,
    name: nameOf(feature.name) || id,
    ...(feature.dataType ? { dataType: textOf(feature.dataType) } : {}),
    ...(unit ? { unit } : {}),
    ...(feature.hasQuality === true ? { hasQuality: true } : {}),
  }
}

function unitOf({ unitId, multiplier }: JsonObject): string {
  const prefix = siPrefixes[textOf(multiplier)] ?? ''
  return unitId ? `${prefix}${textOf(unitId)}` : ''
}

const siPrefixes: Readonly<Record<string, string>> = {
  YOTTA: 'Y',
  ZETTA: 'Z',
  EXA: 'E',
  PETA: 'P',
  TERA: 'T',
  GIGA: 'G',
  MEGA: 'M',
  KILO: 'k',
  HECTO: 'h',
  DECA: 'da',
  DECI: 'd',
  CENTI: 'c',
  MILLI: 'm',
  MICRO: 'µ',
  NANO: 'n',
  PICO: 'p',
  FEMTO: 'f',
  ATTO: 'a',
  ZEPTO: 'z',
  YOCTO: 'y',
}

/** A name in one language or in several: the default one. */
function nameOf(name: Json | undefined): string {
  return textOf(isJsonObject(name) ? name.defaultValue : name)
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

/** Text in an expression. How it would escape quotes is not published, so they are left out. */
function quoted(text: string): string {
  return `"${text.replace(/["'\\]/g, '')}"`
}
