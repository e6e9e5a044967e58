import { client, deviceId, gatewayId, givenId, registrationCodes, settingsOf, typed } from '../../lib/settings'

export const settings = settingsOf('thingplus-register-sensor', {
  client,
  gatewayId,
  deviceId,
  sensorName: typed(['str', 'msg'], '', { icon: 'tag', override: 'sensorName', required: true }),
  sensorType: typed(['str', 'msg'], 'temperature', {
    icon: 'thermometer-half',
    override: 'sensorType',
    required: true,
  }),
  sensorId: givenId('id-badge'),
})

/** Errors that the node can raise. */
export const codes = registrationCodes
