import type { ThingPlus } from '../lib'
import { asOptionalId, asRequiredId, asRequiredText, configured, flowNode, input } from '../lib/runtime'
import { settings } from './settings/thingplus-register-sensor'

const { fields } = settings

export = flowNode('thingplus-register-sensor', {
  settings: {
    client: configured<ThingPlus>(fields.client),
    gatewayId: input(fields.gatewayId, asRequiredId),
    deviceId: input(fields.deviceId, asRequiredId),
    name: input(fields.sensorName, asRequiredText),
    type: input(fields.sensorType, asRequiredText),
    id: input(fields.sensorId, asOptionalId),
  },
  run: async ({ client, gatewayId, ...sensor }, { signal }) => {
    const { item, created } = await client.registerSensor(gatewayId, sensor, signal)
    return {
      set: { payload: item, gatewayId, sensorId: item.id, created, statusCode: created ? 201 : 200 },
      summary: item.name.slice(0, 20),
    }
  },
})
