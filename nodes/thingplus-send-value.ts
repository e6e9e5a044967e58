import {
  doubtfulSensors,
  isTextSensor,
  numbersAmong,
  publishedSensorKind,
  refuseRegisters,
  sensorValues,
  withTime,
} from '../lib'
import {
  asOptionalId,
  asRequiredId,
  fixed,
  flowNode,
  input,
  thingplusSender,
  timeSettings,
  valuesOrTable,
  whereShown,
} from '../lib/runtime'
import { settings } from './settings/thingplus-send-value'

const { fields } = settings

export = flowNode('thingplus-send-value', {
  hasPreview: true,
  settings: {
    sender: thingplusSender('values'),
    gatewayId: input(fields.gatewayId, asRequiredId),
    sensorId: whereShown(fields.sensorId, input(fields.sensorId, asOptionalId)),
    incoming: valuesOrTable({
      rows: 'sensors',
      isTextType: isTextSensor,
      names: ['gatewayId'],
      payload: (values, time, gateway) => ({ ...withTime(values, time), ...gateway }),
    }),
    decimalSign: fixed(fields.decimalSign),
    times: timeSettings(),
  },
  run: async (
    { sender, gatewayId, sensorId, incoming: { payload, timeField, report, types, numbered }, times, decimalSign },
    context,
  ) => {
    const { msg, arrivalMs } = context
    // Of a Modbus reader; of others a list is the values of the sensor.
    if (msg.responseBuffer !== undefined) refuseRegisters(payload)
    const reading = {
      timeField,
      times,
      arrivalMs,
      report,
      decimalSign,
      gatewayId,
      numbered: numbered ?? numbersAmong([sensorId ?? msg.sensorId]),
      kindOf: (id: string) => publishedSensorKind(types.get(id)?.dataType ?? ''),
      isSensor: (name: string) => sender.isSensor(gatewayId, name),
    }
    const doubtful = sensorId === undefined ? doubtfulSensors(payload, timeField) : []
    if (doubtful.length > 0) await sender.learnSensors(gatewayId, doubtful)
    const values = sensorValues(sensorId, payload, reading, msg.sensorId)
    return sender.sendValues({ gatewayId, values, reading }, context)
  },
})
