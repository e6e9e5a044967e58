import {
  client,
  cloudCodes,
  gatewayId,
  givenId,
  requestCodes,
  settingCodes,
  settingsOf,
  typed,
} from '../../lib/settings'

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
export const codes = [
  ...settingCodes,
  ...cloudCodes,
  ...requestCodes,
  'INPUT_EMPTY',
  'INPUT_INVALID',
  'AUTH_EXPIRED',
  'PERMISSION_DENIED',
  'CONFLICT',
  'VALIDATION_REFUSED',
  'BILLING_LIMIT',
]
