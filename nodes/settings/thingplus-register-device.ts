import { client, gatewayId, givenId, settingsOf, typed } from '../../lib/settings'

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
