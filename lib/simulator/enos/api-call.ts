import { type Fields, isFields } from '../checked-input'
import type { CommandBook } from './command-book'
import type { DeviceLogin } from './device-login'
import type { App, Product } from './enos-seed'
import type { EnosOptions } from './options'
import type { Device, DeviceName, Registry } from './registry'

/** One call of a gateway API by a known app of the right organisation. */
export interface ApiCall {
  registry: Registry
  login: DeviceLogin
  options: EnosOptions
  commands: CommandBook
  app: App
  query: URLSearchParams
  /** `{}` where there was none. */
  body: Fields
  nowMs: number
}

export interface ApiAnswer {
  data: unknown
  pagination?: object
  /** Of the rows of a batch. */
  sizes?: { successSize: number; totalSize: number }
  /** Of the envelope; 0. */
  code?: number
}

export type Api = (call: ApiCall) => ApiAnswer

/** A refusal of a gateway API or of the integration channel; codes in docs/protocol/enos.md §4.5. */
export class ApiRefused extends Error {
  constructor(
    readonly code: number,
    text: string,
  ) {
    super(text)
  }
}

export const invalidArgument = 99400
export const noPermission = 99403
export const notFound = 99404

export function invalid(text: string): ApiRefused {
  return new ApiRefused(invalidArgument, `Invalid argument: ${text}`)
}

/** The device that a query or a struct names by `assetId` or by `productKey` and `deviceKey`. */
export function namedDevice({ registry, app }: Pick<ApiCall, 'registry' | 'app'>, name: DeviceName): Device {
  if (!name.assetId && !(name.productKey && name.deviceKey)) throw invalid('give assetId, or productKey and deviceKey')
  const device = registry.device(name)
  if (!device) throw new ApiRefused(notFound, 'Device not found')
  if (device.orgId !== app.orgId) throw new ApiRefused(noPermission, 'No permission for the asset')
  return device
}

export function namedProduct({ registry, app }: Pick<ApiCall, 'registry' | 'app'>, productKey: string): Product {
  if (productKey === '') throw invalid('productKey is mandatory')
  const product = registry.products.get(productKey)
  if (!product) throw new ApiRefused(notFound, `Product ${productKey} not found`)
  if (product.orgId !== app.orgId) throw new ApiRefused(noPermission, `No permission for product ${productKey}`)
  return product
}

export function deviceNameIn(query: URLSearchParams): DeviceName {
  return {
    assetId: query.get('assetId') ?? undefined,
    productKey: query.get('productKey') ?? undefined,
    deviceKey: query.get('deviceKey') ?? undefined,
  }
}

export function fieldsOf(body: Fields, name: string): Fields {
  const value = body[name]
  if (!isFields(value)) throw invalid(`${name} must be an object`)
  return value
}

export function textOf(body: Fields, name: string): string {
  const value = body[name]
  if (typeof value !== 'string' || value === '') throw invalid(`${name} is mandatory`)
  return value
}

/** A name as the APIs take it: `{ defaultValue, i18nValue }`. */
export function nameOf(value: unknown, name: string): { defaultValue: string; i18nValue: Fields } {
  if (!isFields(value) || typeof value.defaultValue !== 'string' || value.defaultValue === '') {
    throw invalid(`${name} must be {defaultValue, i18nValue}`)
  }
  return { defaultValue: value.defaultValue, i18nValue: isFields(value.i18nValue) ? value.i18nValue : {} }
}

/** The devices of the app's organisation, the newest first. */
export function ownDevices({ registry, app }: Pick<ApiCall, 'registry' | 'app'>): Device[] {
  return registry.devices
    .filter((device) => device.orgId === app.orgId)
    .sort((one, other) => other.createdMs - one.createdMs)
}

/** The rows of a batch, each made by itself: `{ code: 0, msg, data }`, or `{ code: -1, msg, data: null }` for one that is refused. */
export function batchAnswer<Row>(
  rows: Row[],
  { options }: Pick<ApiCall, 'options'>,
  make: (row: Row) => unknown,
): ApiAnswer {
  const data = rows.map((row) => {
    try {
      return { code: 0, msg: 'OK', data: make(row) }
    } catch (error) {
      if (error instanceof ApiRefused) return { code: -1, msg: error.message, data: null }
      throw error
    }
  })
  const successSize = data.filter(({ code }) => code === 0).length
  return {
    data,
    sizes: { successSize, totalSize: rows.length },
    code: successSize === rows.length ? 0 : options.partialBatchCode,
  }
}
