import { isFields } from '../checked-input'
import { type Api, type ApiCall, ApiRefused, fieldsOf, invalid, namedDevice, ownDevices } from './api-call'
import { deviceStruct, searchDevices } from './device-struct'
import type { Device } from './registry'

const notAGateway = 11738
const tooMany = 11739
const notBehind = 11795

/**
 * The connection service's sub-devices (docs/protocol/enos.md §9.5). What `getGateway` says to a device without one is
 * documented nowhere; here it is null.
 */
export const topologyApis: Record<string, Api> = {
  'POST /connect-service/v2.1/device-topos searchSubDevice': (call) => {
    const gateway = namedGateway(call)
    return searchDevices(
      call,
      ownDevices(call).filter((device) => call.registry.isBehind(device, gateway)),
    )
  },
  'POST /connect-service/v2.1/device-topos addSubDevice': (call) => {
    const { registry, options } = call
    const gateway = namedGateway(call)
    const subDevices = namedSubDevices(call)
    if (subDevices.includes(gateway)) throw invalid('a gateway is no sub-device of its own')
    const added = subDevices.filter((device) => !registry.isBehind(device, gateway))
    const elsewhere = added.find((device) => device.gateway !== null)
    if (elsewhere && options.subDeviceElsewhere === 'refuse') {
      throw invalid(`${elsewhere.assetId} is a sub-device of another gateway`)
    }
    const present = registry.devices.filter((device) => registry.isBehind(device, gateway)).length
    if (present + added.length > options.mostDevices.gateway) {
      throw new ApiRefused(tooMany, 'The gateway has too many sub-devices')
    }
    for (const device of added) device.gateway = gateway.assetId
    return { data: null }
  },
  'POST /connect-service/v2.1/device-topos removeSubDevice': (call) => {
    const gateway = namedGateway(call)
    const subDevices = namedSubDevices(call)
    const stranger = subDevices.find((device) => !call.registry.isBehind(device, gateway))
    if (stranger) throw new ApiRefused(notBehind, `${stranger.assetId} is no sub-device of the gateway`)
    for (const device of subDevices) device.gateway = null
    return { data: null }
  },
  'POST /connect-service/v2.1/device-topos getGateway': (call) => {
    const { gateway } = namedDevice(call, fieldsOf(call.body, 'subDevice'))
    const device = gateway === null ? undefined : call.registry.stream(gateway)
    return { data: device ? deviceStruct(call, device) : null }
  },
}

function namedGateway(call: ApiCall): Device {
  const gateway = namedDevice(call, fieldsOf(call.body, 'gateway'))
  if (!call.registry.isGateway(gateway)) throw new ApiRefused(notAGateway, `${gateway.assetId} is not a gateway`)
  return gateway
}

function namedSubDevices(call: ApiCall): Device[] {
  const { subDevices } = call.body
  if (!Array.isArray(subDevices) || subDevices.length === 0) throw invalid('subDevices must be a list')
  return subDevices.map((name: unknown) => {
    if (!isFields(name)) throw invalid('each of subDevices must name a device')
    return namedDevice(call, name)
  })
}
