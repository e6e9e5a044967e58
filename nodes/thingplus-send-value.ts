import { isNumberSensor, sensorValues, withTime } from '../lib'
import {
  asOptionalText,
  asRequiredText,
  flowNode,
  input,
  thingplusSender,
  unlessTable,
  valuesOrTable,
} from '../lib/runtime'

export = flowNode('thingplus-send-value', {
  settings: {
    sender: thingplusSender('values'),
    gatewayId: input({ type: 'msg', value: 'gatewayId', parse: asRequiredText }),
    sensorId: unlessTable(input({ type: 'msg', value: 'sensorId', parse: asOptionalText })),
    incoming: valuesOrTable({ rows: 'sensors', isNumberType: isNumberSensor, payload: withTime }),
  },
  run: ({ sender, gatewayId, sensorId, incoming: { payload, timeField } }, { signal, arrivalMs }) =>
    sender.sendValues(gatewayId, sensorValues(sensorId, payload), timeField, arrivalMs, signal),
})
