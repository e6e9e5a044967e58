import { randomBytes } from 'node:crypto'
import { type Fields, isFields } from '../checked-input'
import {
  type Api,
  type ApiCall,
  ApiRefused,
  batchAnswer,
  deviceNameIn,
  invalid,
  namedDevice,
  namedProduct,
  nameOf,
  ownDevices,
  textOf,
} from './api-call'
import { deviceStruct, searchDevices } from './device-struct'
import type { Device } from './registry'
import { attributeProblem } from './thing-model'
import { isZone } from './zone'

const keyExists = 11702
const sameKey = 11704
const tooMany = 11739
const alreadySo = 11794

/** The connection service's devices (docs/protocol/enos.md §9.3, §9.4). */
export const deviceApis: Record<string, Api> = {
  'POST /connect-service/v2.1/devices search': (call) => searchDevices(call, ownDevices(call)),
  'GET /connect-service/v2.1/devices get': (call) => ({
    data: deviceStruct(call, namedDevice(call, deviceNameIn(call.query))),
  }),
  'POST /connect-service/v2.1/devices create': (call) => ({ data: createdDevice(call, call.body) }),
  'POST /connect-service/v2.0/devices batchCreate': (call) => batchCreate(call, (row) => createdDevice(call, row)),
  'POST /connect-service/v2.4/devices batchCreate': (call) => {
    const { requireSecret = false } = call.body
    if (typeof requireSecret !== 'boolean') throw invalid('requireSecret must be true or false')
    // The secret would come encrypted, for an app that has a pair of RSA keys; these apps have none.
    return batchCreate(call, (row) => {
      const { deviceSecret: _, ...created } = createdDevice(call, row)
      return created
    })
  },
  'POST /connect-service/v2.1/devices update': updateDevice,
  'POST /connect-service/v2.1/devices enable': (call) => switchDevice(call, true),
  'POST /connect-service/v2.1/devices disable': (call) => switchDevice(call, false),
  'POST /connect-service/v2.1/devices delete': (call) => {
    const device = namedDevice(call, deviceNameIn(call.query))
    call.registry.removeDevice(device)
    call.login.dropDevice(device)
    return { data: null }
  },
  'POST /connect-service/v2.1/devices replaceDevice': (call) => {
    const { registry, login, body, query } = call
    const device = namedDevice(call, deviceNameIn(query))
    const deviceKey = keyOf(body.newDeviceKey, 'newDeviceKey')
    if (deviceKey === device.deviceKey) throw new ApiRefused(sameKey, 'newDeviceKey is the key that the device has')
    checkIsFree(call, device.productKey, deviceKey)
    login.dropDevice(device)
    registry.replaceDevice(device, deviceKey, newSecret())
    return { data: identityOf(device) }
  },
}

const newSecret = () => randomBytes(10).toString('hex')

function identityOf({ assetId, productKey, deviceKey, deviceSecret }: Device) {
  return { assetId, productKey, deviceKey, deviceSecret }
}

/** Each row by itself; the order of the rows and keys that come twice are documented nowhere. */
function batchCreate(call: ApiCall, make: (row: Fields) => unknown) {
  const { deviceList } = call.body
  const most = call.options.mostDevicesInBatch
  if (!Array.isArray(deviceList) || deviceList.length === 0) throw invalid('deviceList must be a list')
  if (deviceList.length > most) throw invalid(`deviceList has more than ${most} devices`)
  return batchAnswer(deviceList, call, (row: unknown) => {
    if (!isFields(row)) throw invalid('each of deviceList must be an object')
    return make(row)
  })
}

function createdDevice(call: ApiCall, body: Fields) {
  const { registry, nowMs } = call
  const product = namedProduct(call, textOf(body, 'productKey'))
  const { modelId, orgId, productKey } = product
  const name = nameOf(body.deviceName, 'deviceName')
  const timezone = zoneOf(body.timezone)
  const deviceKey = body.deviceKey === undefined ? randomBytes(6).toString('hex') : keyOf(body.deviceKey, 'deviceKey')
  checkIsFree(call, productKey, deviceKey)
  checkIsRoom(call, productKey)
  const attributes = checkedAttributes(call, modelId, body.deviceAttributes)
  const tags = tagsOf(body.deviceTags)
  const description = descriptionOf(body.deviceDesc)
  const device = registry.addDevice(
    {
      productKey,
      deviceKey,
      deviceSecret: newSecret(),
      assetId: randomBytes(4).toString('hex'),
      modelId,
      gateway: null,
      name: name.defaultValue,
      timezone,
      enabled: true,
      orgId,
    },
    nowMs,
  )
  device.i18nName = name.i18nValue
  device.description = description ?? null
  for (const [id, value] of attributes) device.attributes.set(id, value)
  device.tags = tags ?? new Map()
  return identityOf(device)
}

/** Changes what the body gives; the tags as a whole. */
function updateDevice(call: ApiCall) {
  const { body, query, nowMs } = call
  const device = namedDevice(call, deviceNameIn(query))
  const attributes = checkedAttributes(call, device.modelId, body.deviceAttributes)
  const name = body.deviceName === undefined ? undefined : nameOf(body.deviceName, 'deviceName')
  device.timezone = body.timezone === undefined ? device.timezone : zoneOf(body.timezone)
  device.tags = tagsOf(body.deviceTags) ?? device.tags
  device.description = descriptionOf(body.deviceDesc) ?? device.description
  if (name) {
    device.name = name.defaultValue
    device.i18nName = name.i18nValue
  }
  for (const [id, value] of attributes) device.attributes.set(id, value)
  if (attributes.length > 0) device.lastAttributeMs = nowMs
  return { data: null }
}

function switchDevice(call: ApiCall, enabled: boolean) {
  const device = namedDevice(call, deviceNameIn(call.query))
  if (device.enabled === enabled) {
    throw new ApiRefused(alreadySo, `The device is ${enabled ? 'enabled' : 'disabled'} already`)
  }
  device.enabled = enabled
  if (!enabled) call.login.dropDevice(device)
  return { data: null }
}

function checkIsFree({ registry }: ApiCall, productKey: string, deviceKey: string): void {
  if (registry.device({ productKey, deviceKey })) throw new ApiRefused(keyExists, `deviceKey ${deviceKey} exists`)
}

function checkIsRoom(call: ApiCall, productKey: string): void {
  const { product, organisation } = call.options.mostDevices
  const devices = ownDevices(call)
  const isFull = devices.filter((device) => device.productKey === productKey).length >= product
  if (isFull || devices.length >= organisation) throw new ApiRefused(tooMany, 'There are too many devices')
}

/** 4 to 64 letters, digits and `- _ . :`, the colon as the older versions take it (docs/protocol/enos.md §14). */
function keyOf(value: unknown, name: string): string {
  if (typeof value !== 'string' || !/^[\w.:-]{4,64}$/.test(value)) {
    throw invalid(`${name} must be 4 to 64 letters, digits and - _ .`)
  }
  return value
}

export function zoneOf(value: unknown): string {
  if (typeof value !== 'string' || !isZone(value)) throw invalid('timezone must be +hh:mm or an IANA name')
  return value
}

export function descriptionOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw invalid('a description must be a text')
  return value
}

export function checkedAttributes(
  { registry }: Pick<ApiCall, 'registry'>,
  modelId: string,
  attributes: unknown,
  code?: number,
): [string, unknown][] {
  if (attributes === undefined || attributes === null) return []
  if (!isFields(attributes)) throw invalid('attributes must be an object')
  const model = registry.models.get(modelId)
  for (const [id, value] of Object.entries(attributes)) {
    const problem = model && attributeProblem(model, id, value)
    if (problem) throw code === undefined ? invalid(problem) : new ApiRefused(code, problem)
  }
  return Object.entries(attributes)
}

/** The tags that replace those which are there; `undefined` where none are given. */
export function tagsOf(tags: unknown): Map<string, string> | undefined {
  if (tags === undefined || tags === null) return undefined
  if (!isFields(tags) || !Object.values(tags).every((tag) => typeof tag === 'string')) {
    throw invalid('tags must be a map of texts')
  }
  return new Map(Object.entries(tags as Record<string, string>))
}
