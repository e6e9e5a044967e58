import type { ThingPlus } from '../lib'
import {
  asOptionalId,
  asRequiredId,
  asRequiredText,
  configured,
  flowNode,
  idInput,
  input,
  itemId,
} from '../lib/runtime'

export = flowNode('thingplus-register-device', {
  settings: {
    client: configured<ThingPlus>('thingplus-client'),
    gatewayId: itemId('gatewayId', asRequiredId),
    name: input({ type: 'str', value: '', override: 'deviceName', stored: 'deviceName', parse: asRequiredText }),
    // No override: the same property of the message is what the node before left there.
    id: idInput({ type: 'str', value: '', stored: 'deviceId', parse: asOptionalId }),
    model: idInput({ type: 'str', value: '', override: 'deviceModelId', stored: 'deviceModelId', parse: asOptionalId }),
  },
  run: async ({ client, gatewayId, ...device }, { signal }) => {
    const { item, created } = await client.registerDevice(gatewayId, device, signal)
    return {
      set: { payload: item, gatewayId, deviceId: item.id, created, statusCode: created ? 201 : 200 },
      summary: item.name.slice(0, 20),
    }
  },
})
