import { client, cloudCodes, requestCodes, settingCodes, settingsOf, typed } from '../../lib/settings'

export const settings = settingsOf('thingplus-create-client', {
  client,
  clientName: typed(['str', 'msg'], '', { icon: 'tag', override: 'clientName', required: true }),
  clientId: typed(['str', 'msg'], '', {
    icon: 'id-card-o',
    override: 'clientId',
    isId: true,
    hint: 'placeholder.clientId',
  }),
  clientSecret: typed(['msg', 'env'], 'clientSecret', { icon: 'key' }),
  scopes: typed(['str', 'msg'], 'gateway, site-read', { icon: 'list', override: 'scopes' }),
})

/** Errors that the node can raise. */
export const codes = [
  ...settingCodes,
  ...cloudCodes,
  ...requestCodes,
  'INPUT_EMPTY',
  'INPUT_INVALID',
  'PERMISSION_DENIED',
  'CONFLICT',
  'VALIDATION_REFUSED',
]
