import {
  gatewayId,
  messageTimeField,
  messageValues,
  sensorId,
  settingsOf,
  table,
  tableTime,
  thingplusValues,
  timesSent,
  valuesFrom,
} from '../../lib/settings'

export const settings = settingsOf('thingplus-send-value', {
  ...thingplusValues,
  gatewayId,
  sensorId: { ...sensorId, when: { valuesFrom: ['message'] } },
  valuesFrom,
  values: messageValues,
  timeField: messageTimeField,
  sensors: table({ when: { valuesFrom: ['table'] } }),
  time: tableTime,
  ...timesSent,
})
