import { client, gatewayId, givenId, registrationCodes, settingsOf, typed } from '../../lib/settings'

export const settings = settingsOf('thingplus-register-device', {
  client,
  gatewayId,
  deviceName: typed(['str', 'msg'], '', { icon: 'tag', override: 'deviceName', required: true }),
  deviceId: givenId('hdd-o'),
  deviceModelId: typed(['str', 'msg'], '', {
    icon: 'cube',
    override: 'deviceModelId',
    isId: true,
    hint: 'placeholder.deviceModelId',
  }),
})

/** Errors that the node can raise. */
export const codes = registrationCodes
