import type { ChildDevice, ThingPlus } from '../lib'
import {
  asListOf,
  asOptionalId,
  asOptionalNumber,
  asRequiredText,
  configured,
  flowNode,
  idInput,
  input,
} from '../lib/runtime'

export = flowNode('thingplus-register-gateway', {
  settings: {
    client: configured<ThingPlus>('thingplus-client'),
    name: input({ type: 'str', value: '', override: 'gatewayName', stored: 'gatewayName', parse: asRequiredText }),
    siteId: idInput({ type: 'str', value: '', override: 'siteId', parse: asOptionalId }),
    // No override: the same property of the message is what the node before left there.
    id: idInput({ type: 'str', value: '', stored: 'gatewayId', parse: asOptionalId }),
    model: idInput({
      type: 'str',
      value: '52',
      override: 'gatewayModelId',
      stored: 'gatewayModelId',
      parse: asOptionalId,
    }),
    devices: input({ type: 'msg', value: 'devices', parse: asListOf<ChildDevice> }),
    reportIntervalMs: input({ type: 'num', value: '', override: 'reportIntervalMs', parse: asOptionalNumber }),
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
