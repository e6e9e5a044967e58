import { randomBytes } from 'node:crypto'
import { type Fields, isFields } from '../checked-input'
import {
  type Api,
  type ApiCall,
  ApiRefused,
  deviceNameIn,
  fieldsOf,
  invalid,
  NO_PERMISSION,
  NOT_FOUND,
  namedDevice,
  nameOf,
  textOf,
} from './api-call'
import type { Device, Product } from './registry'
import { search } from './search'
import { attributeProblem } from './thing-model'

/** The connection service v2.1: products, devices, sub-devices, last values (docs/protocol/enos.md §9). */
export const CONNECT_APIS: Record<string, Api> = {
  'POST /connect-service/v2.1/products search': ({ registry, app, body }) =>
    search([...registry.products.values()].filter((product) => product.orgId === app.orgId).map(productStruct), body),
  'GET /connect-service/v2.1/products get': (call) => ({
    data: productStruct(namedProduct(call, call.query.get('productKey') ?? '')),
  }),
  'POST /connect-service/v2.1/devices search': (call) =>
    search(
      ownDevices(call).map((device) => deviceStruct(call, device)),
      call.body,
    ),
  'GET /connect-service/v2.1/devices get': (call) => ({
    data: deviceStruct(call, namedDevice(call, deviceNameIn(call.query))),
  }),
  'POST /connect-service/v2.1/devices create': createDevice,
  'POST /connect-service/v2.1/devices update': updateDevice,
  'POST /connect-service/v2.1/devices enable': (call) => switchDevice(call, true),
  'POST /connect-service/v2.1/devices disable': (call) => switchDevice(call, false),
  'POST /connect-service/v2.1/devices delete': (call) => {
    const device = namedDevice(call, deviceNameIn(call.query))
    call.registry.removeDevice(device)
    call.login.dropDevice(device)
    return { data: null }
  },
  'POST /connect-service/v2.1/measurepoints queryLatest': (call) => {
    const { measurepointIds: ids } = call.body
    if (ids !== undefined && !Array.isArray(ids)) throw invalid('measurepointIds must be a list')
    const { latest } = namedDevice(call, deviceNameIn(call.query)).log
    const entries = [...latest].filter(([id]) => !ids?.length || ids.includes(id))
    return { data: entries.map(([id, { timeMs, value }]) => ({ id, time: String(timeMs), value })) }
  },
  'POST /connect-service/v2.1/device-topos searchSubDevice': (call) => {
    const gateway = namedDevice(call, fieldsOf(call.body, 'gateway'))
    const subDevices = ownDevices(call).filter((device) => call.registry.isBehind(device, gateway))
    return search(
      subDevices.map((device) => deviceStruct(call, device)),
      call.body,
    )
  },
  'POST /connect-service/v2.1/device-topos addSubDevice': (call) => {
    const gateway = namedDevice(call, fieldsOf(call.body, 'gateway'))
    const subDevices = namedSubDevices(call)
    if (subDevices.includes(gateway)) throw invalid('a gateway is no sub-device of its own')
    for (const device of subDevices) device.gateway = gateway.assetId
    return { data: null }
  },
  'POST /connect-service/v2.1/device-topos removeSubDevice': (call) => {
    const gateway = namedDevice(call, fieldsOf(call.body, 'gateway'))
    const subDevices = namedSubDevices(call)
    const stranger = subDevices.find((device) => !call.registry.isBehind(device, gateway))
    if (stranger) throw new ApiRefused(NOT_FOUND, `${stranger.assetId} is no sub-device of the gateway`)
    for (const device of subDevices) device.gateway = null
    return { data: null }
  },
  'GET /connect-service/v2.1/device-topos getGateway': (call) => {
    const { gateway } = namedDevice(call, deviceNameIn(call.query))
    const device = gateway === null ? undefined : call.registry.stream(gateway)
    return { data: device ? deviceStruct(call, device) : null }
  },
}

function ownDevices({ registry, app }: ApiCall): Device[] {
  return registry.devices.filter((device) => device.orgId === app.orgId)
}

function namedProduct({ registry, app }: ApiCall, productKey: string): Product {
  if (productKey === '') throw invalid('productKey is mandatory')
  const product = registry.products.get(productKey)
  if (!product) throw new ApiRefused(NOT_FOUND, `Product ${productKey} not found`)
  if (product.orgId !== app.orgId) throw new ApiRefused(NO_PERMISSION, `No permission for product ${productKey}`)
  return product
}

function namedSubDevices(call: ApiCall): Device[] {
  const { subDevices } = call.body
  if (!Array.isArray(subDevices) || subDevices.length === 0) throw invalid('subDevices must be a list')
  return subDevices.map((name: unknown) => {
    if (!isFields(name)) throw invalid('each of subDevices must name a device')
    return namedDevice(call, name)
  })
}

function createDevice(call: ApiCall) {
  const { body, registry, nowMs } = call
  const product = namedProduct(call, textOf(body, 'productKey'))
  const { modelId, orgId, productKey } = product
  const name = nameOf(body.deviceName, 'deviceName').defaultValue
  const deviceKey = body.deviceKey === undefined ? randomBytes(6).toString('hex') : textOf(body, 'deviceKey')
  if (registry.device({ productKey, deviceKey })) throw new ApiRefused(11702, `deviceKey ${deviceKey} exists`)
  const attributes = checkedAttributes(call, modelId, body.deviceAttributes)
  const device = registry.addDevice(
    {
      productKey,
      deviceKey,
      deviceSecret: randomBytes(10).toString('hex'),
      assetId: randomBytes(4).toString('hex'),
      modelId,
      gateway: null,
      name,
      timezone: textOf(body, 'timezone'),
      enabled: true,
      orgId,
    },
    nowMs,
  )
  for (const [id, value] of attributes) device.attributes.set(id, value)
  setTags(device, body.deviceTags)
  const { assetId, deviceSecret } = device
  return { data: { assetId, productKey, deviceKey, deviceSecret } }
}

/** Changes what the body gives: deviceName, timezone, deviceAttributes, deviceTags. */
function updateDevice(call: ApiCall) {
  const { body, query, nowMs } = call
  const device = namedDevice(call, deviceNameIn(query))
  const attributes = checkedAttributes(call, device.modelId, body.deviceAttributes)
  if (body.deviceName !== undefined) device.name = nameOf(body.deviceName, 'deviceName').defaultValue
  if (body.timezone !== undefined) device.timezone = textOf(body, 'timezone')
  for (const [id, value] of attributes) device.attributes.set(id, value)
  if (attributes.length > 0) device.lastAttributeMs = nowMs
  setTags(device, body.deviceTags)
  return { data: null }
}

function switchDevice(call: ApiCall, enabled: boolean) {
  const device = namedDevice(call, deviceNameIn(call.query))
  device.enabled = enabled
  if (!enabled) call.login.dropDevice(device)
  return { data: null }
}

function checkedAttributes({ registry }: ApiCall, modelId: string, attributes: unknown): [string, unknown][] {
  if (attributes === undefined || attributes === null) return []
  if (!isFields(attributes)) throw invalid('deviceAttributes must be an object')
  const model = registry.models.get(modelId)
  for (const [id, value] of Object.entries(attributes)) {
    const problem = model && attributeProblem(model, id, value)
    if (problem) throw invalid(problem)
  }
  return Object.entries(attributes)
}

function setTags(device: Device, tags: unknown): void {
  if (isFields(tags)) for (const [key, value] of Object.entries(tags)) device.tags.set(key, String(value))
}

function productStruct(product: Product): Fields {
  return {
    orgId: product.orgId,
    productKey: product.productKey,
    productName: { defaultValue: product.name, i18nValue: {} },
    productSecret: product.productSecret,
    productDesc: '',
    productType: 'Device',
    dataFormat: 'Json',
    productTags: {},
    modelId: product.modelId,
    dynamicActiveEnabled: false,
    biDirectionalAuth: false,
  }
}

function deviceStruct({ registry, login, nowMs }: ApiCall, device: Device): Fields {
  const status = !device.enabled ? 'disabled' : device.activeMs === 0 ? 'inactive' : null
  const updates = [device.log.lastReceivedMs, device.lastEventMs, device.lastAttributeMs]
  const feature = Math.max(...updates.map((timeMs) => timeMs ?? 0))
  return {
    orgId: device.orgId,
    assetId: device.assetId,
    modelId: device.modelId,
    modelIdPath: `/${device.modelId}`,
    productKey: device.productKey,
    productName: { defaultValue: registry.products.get(device.productKey)?.name ?? device.productKey, i18nValue: {} },
    productType: registry.devices.some((other) => registry.isBehind(other, device)) ? 'Gateway' : 'Device',
    dataFormat: 'Json',
    deviceKey: device.deviceKey,
    deviceName: { defaultValue: device.name, i18nValue: {} },
    deviceSecret: device.deviceSecret,
    deviceDesc: null,
    timezone: device.timezone,
    deviceAttributes: Object.fromEntries(device.attributes),
    deviceTags: Object.fromEntries(device.tags),
    createTime: device.createdMs,
    status: status ?? (login.isOnline(device, nowMs) ? 'online' : 'offline'),
    activeTime: device.activeMs,
    lastOnlineTime: device.activeMs,
    lastOfflineTime: 0,
    measurepointLastUpdate: device.log.lastReceivedMs,
    eventLastUpdate: device.lastEventMs,
    attributeLastUpdate: device.lastAttributeMs,
    featureLastUpdate: feature || null,
  }
}
