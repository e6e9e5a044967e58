import { sensorValues } from '../lib'
import { asIs, asOptionalText, asRequiredText, fixed, flowNode, input, thingplusSender } from '../lib/runtime'

export = flowNode('thingplus-send-value', {
  settings: {
    sender: thingplusSender('values'),
    gatewayId: input({ type: 'msg', value: 'gatewayId', parse: asRequiredText }),
    sensorId: input({ type: 'msg', value: 'sensorId', parse: asOptionalText }),
    values: input({ type: 'msg', value: 'payload', parse: asIs }),
    timeField: fixed('time'),
  },
  run: ({ sender, gatewayId, sensorId, values, timeField }, { signal, arrivalMs }) =>
    sender.sendValues(gatewayId, sensorValues(sensorId, values), timeField, arrivalMs, signal),
})
