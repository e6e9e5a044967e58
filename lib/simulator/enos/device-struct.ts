import type { Fields } from '../checked-input'
import type { ApiAnswer, ApiCall } from './api-call'
import type { Device } from './registry'
import { search } from './search'

/** A device as the connection service answers it (docs/protocol/enos.md §9.3). */
export function deviceStruct({ registry, login, nowMs }: ApiCall, device: Device): Fields {
  const status = !device.enabled ? 'disabled' : device.activeMs === 0 ? 'inactive' : null
  const updates = [device.log.lastReceivedMs, device.lastEventMs, device.lastAttributeMs]
  const feature = Math.max(...updates.map((timeMs) => timeMs ?? 0))
  const product = registry.products.get(device.productKey)
  return {
    orgId: device.orgId,
    assetId: device.assetId,
    modelId: device.modelId,
    modelIdPath: `/${device.modelId}`,
    productKey: device.productKey,
    productName: { defaultValue: product?.name ?? device.productKey, i18nValue: {} },
    productType: product?.type ?? 'Device',
    dataFormat: 'Json',
    deviceKey: device.deviceKey,
    deviceName: { defaultValue: device.name, i18nValue: device.i18nName },
    deviceSecret: device.deviceSecret,
    deviceDesc: device.description,
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

/** Expressions call the status `disable`, answers `disabled`. */
export function searchDevices(call: ApiCall, devices: Device[]): ApiAnswer {
  return search(
    devices.map((device) => deviceStruct(call, device)),
    call,
    {
      mostOnPage: 200,
      asSearched: (record) => (record.status === 'disabled' ? { ...record, status: 'disable' } : record),
    },
  )
}
