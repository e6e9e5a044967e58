import {
  cloudCodes,
  gatewayId,
  messageOrTable,
  outboxCodes,
  requestCodes,
  settingCodes,
  settingsOf,
  table,
  thingplusValues,
  timesSent,
  valueSensorId,
} from '../../lib/settings'

export const settings = settingsOf('thingplus-send-value', {
  ...thingplusValues,
  gatewayId,
  sensorId: valueSensorId,
  valuesFrom: messageOrTable.valuesFrom,
  values: messageOrTable.values,
  timeField: messageOrTable.timeField,
  sensors: table({ when: { valuesFrom: ['table'] } }),
  time: messageOrTable.time,
  ...timesSent,
})

/** Errors that the node can raise. */
export const codes = [
  ...settingCodes,
  ...cloudCodes,
  ...requestCodes,
  ...outboxCodes,
  'INPUT_EMPTY',
  'INPUT_INVALID',
  'INPUT_TIME_INVALID',
  'INPUT_CIRCULAR',
  'CLOCK_NOT_SET',
  'AUTH_EXPIRED',
  'PERMISSION_DENIED',
  'VALIDATION_REFUSED',
  'TOO_LARGE',
  'BILLING_LIMIT',
  'PARTIAL_FAILURE',
]
