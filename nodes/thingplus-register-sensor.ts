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

export = flowNode('thingplus-register-sensor', {
  settings: {
    client: configured<ThingPlus>('thingplus-client'),
    gatewayId: itemId('gatewayId', asRequiredId),
    deviceId: itemId('deviceId', asRequiredId),
    name: input({ type: 'str', value: '', override: 'sensorName', stored: 'sensorName', parse: asRequiredText }),
    type: input({ type: 'str', value: '', override: 'sensorType', stored: 'sensorType', parse: asRequiredText }),
    // No override: the same property of the message is what the node before left there.
    id: idInput({ type: 'str', value: '', stored: 'sensorId', parse: asOptionalId }),
  },
  run: async ({ client, gatewayId, ...sensor }, { signal }) => {
    const { item, created } = await client.registerSensor(gatewayId, sensor, signal)
    return {
      set: { payload: item, gatewayId, sensorId: item.id, created, statusCode: created ? 201 : 200 },
      summary: item.name.slice(0, 20),
    }
  },
})
