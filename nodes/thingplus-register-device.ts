import type { ThingPlus } from '../lib'
import { asOptionalId, asRequiredId, asRequiredText, configured, flowNode, input } from '../lib/runtime'
import { settings } from './settings/thingplus-register-device'

const { fields } = settings

export = flowNode('thingplus-register-device', {
  settings: {
    client: configured<ThingPlus>(fields.client),
    gatewayId: input(fields.gatewayId, asRequiredId),
    name: input(fields.deviceName, asRequiredText),
    id: input(fields.deviceId, asOptionalId),
    model: input(fields.deviceModelId, asOptionalId),
  },
  run: async ({ client, gatewayId, ...device }, { signal }) => {
    const { item, created } = await client.registerDevice(gatewayId, device, signal)
    return {
      set: { payload: item, gatewayId, deviceId: item.id, created, statusCode: created ? 201 : 200 },
      summary: item.name.slice(0, 20),
    }
  },
})
