import type { Fields } from '../checked-input'
import type { Api } from './api-call'
import { invalid, namedDevice, ownDevices } from './api-call'
import type { Device } from './registry'
import { search } from './search'

/**
 * Assets, which in this EnOS are the devices: asset service and asset tree service v2.1.
 * Source: docs/protocol/enos.md §9.7, §9.8.
 */
export const ASSET_APIS: Record<string, Api> = {
  'GET /asset-service/v2.1/assets get': (call) => {
    const assetId = call.query.get('assetId')
    if (!assetId) throw invalid('assetId is mandatory')
    return { data: assetStruct(namedDevice(call, { assetId })) }
  },
  'POST /asset-tree-service/v2.1/asset-nodes searchAsset': (call) =>
    search(ownDevices(call).map(assetStruct), call, {
      pageSize: 100,
      mostOnPage: 1_000,
      aliases: { assetIds: 'assetId', modelIds: 'modelId', rootModelIds: 'modelId' },
    }),
}

function assetStruct(device: Device): Fields {
  return {
    assetId: device.assetId,
    orgId: device.orgId,
    name: { defaultValue: device.name, i18nValue: device.i18nName },
    desc: device.description,
    attributes: Object.fromEntries(device.attributes),
    timezone: device.timezone,
    modelId: device.modelId,
    modelIdPath: `/${device.modelId}`,
    productKey: device.productKey,
    deviceKey: device.deviceKey,
    createTime: device.createdMs,
    tags: Object.fromEntries(device.tags),
  }
}
