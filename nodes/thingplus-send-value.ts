import { isNumberSensor, sensorValues, withTime } from '../lib'
import {
  asOptionalText,
  asRequiredText,
  flowNode,
  input,
  itemId,
  thingplusSender,
  unlessTable,
  valuesOrTable,
} from '../lib/runtime'

export = flowNode('thingplus-send-value', {
  settings: {
    sender: thingplusSender('values'),
    gatewayId: itemId('gatewayId', asRequiredText),
    sensorId: unlessTable(input({ type: 'msg', value: 'sensorId', parse: asOptionalText })),
    incoming: valuesOrTable({ rows: 'sensors', isNumberType: isNumberSensor, payload: withTime }),
  },
  run: ({ sender, gatewayId, sensorId, incoming: { payload, timeField } }, { msg, signal, arrivalMs }) => {
    const values = sensorValues(sensorId, payload, asOptionalText(msg.sensorId, 'msg.sensorId'))
    return sender.sendValues(gatewayId, values, timeField, arrivalMs, signal)
  },
})
