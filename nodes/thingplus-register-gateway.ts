import type { ChildDevice, ThingPlus } from '../lib'
import { asListOf, asOptionalId, asOptionalNumber, asRequiredText, configured, flowNode, input } from '../lib/runtime'
import { settings } from './settings/thingplus-register-gateway'

const { fields } = settings

export = flowNode('thingplus-register-gateway', {
  settings: {
    client: configured<ThingPlus>(fields.client),
    name: input(fields.gatewayName, asRequiredText),
    siteId: input(fields.siteId, asOptionalId),
    id: input(fields.gatewayId, asOptionalId),
    model: input(fields.gatewayModelId, asOptionalId),
    devices: input(fields.devices, asListOf<ChildDevice>),
    reportIntervalMs: input(fields.reportIntervalMs, asOptionalNumber),
  },
  run: async ({ client, ...gateway }, { signal }) => {
    const { item, created, devices, sensors } = await client.registerGateway(gateway, signal)
    const payload = gateway.devices ? { ...item, devices, sensors } : item
    return {
      set: { payload, gatewayId: item.id, created, statusCode: created ? 201 : 200 },
      summary: item.name.slice(0, 20),
    }
  },
})
