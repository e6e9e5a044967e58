import type { Fields } from '../checked-input'
import { type Api, type ApiCall, fieldsOf, invalid, namedDevice, nameOf, textOf } from './api-call'
import { checkedAttributes, descriptionOf, tagsOf, zoneOf } from './device-apis'
import type { Device } from './registry'

const attributesDoNotFit = 12958

/** The asset service v2.1, whose assets are the devices here (docs/protocol/enos.md §9.7). */
export const assetApis: Record<string, Api> = {
  'GET /asset-service/v2.1/assets get': (call) => {
    const assetId = call.query.get('assetId')
    if (!assetId) throw invalid('assetId is mandatory')
    return { data: assetStruct(namedDevice(call, { assetId })) }
  },
  'POST /asset-service/v2.1/assets update': updateAsset,
}

/** With `isPatchUpdate` (the default) only what is given changes; without it, what is not given is emptied. */
function updateAsset(call: ApiCall) {
  const asset = fieldsOf(call.body, 'asset')
  const device = namedDevice(call, { assetId: textOf(asset, 'assetId') })
  const patch = call.query.get('isPatchUpdate') ?? 'true'
  if (patch !== 'true' && patch !== 'false') throw invalid('isPatchUpdate must be true or false')
  const isPatch = patch === 'true'
  const name = isPatch && asset.name === undefined ? undefined : nameOf(asset.name, 'asset.name')
  const timezone = isPatch && asset.timezone === undefined ? device.timezone : zoneOf(asset.timezone)
  const attributes = checkedAttributes(call, device.modelId, asset.attributes, attributesDoNotFit)
  const tags = tagsOf(asset.tags)
  const description = descriptionOf(asset.description)
  device.attributes = new Map([...(isPatch ? device.attributes : []), ...attributes])
  device.tags = tags ?? (isPatch ? device.tags : new Map())
  device.description = description ?? (isPatch ? device.description : null)
  device.timezone = timezone
  if (name) {
    device.name = name.defaultValue
    device.i18nName = name.i18nValue
  }
  if (attributes.length > 0) device.lastAttributeMs = call.nowMs
  return { data: null }
}

export function assetStruct(device: Device): Fields {
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
