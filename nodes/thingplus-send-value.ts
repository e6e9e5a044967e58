import { isNumberSensor, plainId, sensorValues, withTime } from '../lib'
import {
  asOptionalId,
  asRequiredId,
  flowNode,
  idInput,
  itemId,
  thingplusSender,
  unlessTable,
  valuesOrTable,
} from '../lib/runtime'

export = flowNode('thingplus-send-value', {
  settings: {
    sender: thingplusSender('values'),
    gatewayId: itemId('gatewayId', asRequiredId),
    sensorId: unlessTable(idInput({ type: 'msg', value: 'sensorId', parse: asOptionalId })),
    incoming: valuesOrTable({ rows: 'sensors', isNumberType: isNumberSensor, payload: withTime }),
  },
  run: ({ sender, gatewayId, sensorId, incoming: { payload, timeField, report } }, { msg, signal, arrivalMs }) => {
    const reading = { timeField, arrivalMs, report }
    const values = sensorValues(sensorId, payload, reading, msg.sensorId)
    return sender.sendValues({ gatewayId, sensorId: sensorId ?? plainId(msg.sensorId), values, reading }, signal)
  },
})
