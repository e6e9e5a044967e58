import { sensorValues, type ThingPlus } from '../lib'
import { asIs, asOptionalText, asRequiredText, configured, fixed, flowNode, input } from '../lib/runtime'

export = flowNode('thingplus-send-value', {
  settings: {
    client: configured<ThingPlus>('thingplus-client'),
    gatewayId: input({ type: 'msg', value: 'gatewayId', override: 'gatewayId', parse: asRequiredText }),
    sensorId: input({ type: 'msg', value: 'sensorId', override: 'sensorId', parse: asOptionalText }),
    values: input({ type: 'msg', value: 'payload', parse: asIs }),
    timeField: fixed('time'),
  },
  run: async ({ client, gatewayId, sensorId, values, timeField }, { signal }) => {
    const payload = await client.sendValues(gatewayId, sensorValues(sensorId, values), { timeField }, signal)
    const accepted = payload.reduce((sum, receipt) => sum + receipt.accepted, 0)
    return { set: { payload, statusCode: 200 }, summary: `${accepted} values` }
  },
})
