import { choice, cloudCodes, secret, settingCodes, settingsOf, text, transport, url } from '../../lib/settings'

export const settings = settingsOf('thingplus-client', {
  baseUrl: url({
    icon: 'globe',
    required: true,
    placeholder: 'https://api.thingplus.net/v2',
    alias: ['url', 'host', 'api url', 'api', 'server', 'server url', 'endpoint'],
    suggestions: [
      'https://api.thingplus.net/v2',
      'https://api.thingplus.eu/v2',
      'https://api.sandbox.thingplus.net/v2',
    ],
  }),
  clientId: text('', { icon: 'id-card-o', required: true, alias: ['client'] }),
  userName: text('', {
    icon: 'user',
    required: true,
    alias: ['user', 'login', 'login id', 'account', 'email', 'Benutzer', 'Benutzername'],
  }),
  passwordForm: choice('plain', { plain: 'passwordPlain', digest: 'passwordDigest' }, { icon: 'hashtag' }),
  dialect: choice(
    'current',
    { current: 'dialectCurrent', '2017-05': 'dialectMay', '2017-04': 'dialectApril' },
    { icon: 'language' },
  ),
  tokenBodyFormat: choice('json', { json: 'tokenBodyJson', form: 'tokenBodyForm' }, { icon: 'file-code-o' }),
  ...transport,
  clientSecret: secret({ icon: 'key', alias: ['secret', 'Client-Geheimnis'] }),
  password: secret({ icon: 'lock', alias: ['pw', 'pass', 'user password', 'Passwort', 'Kennwort'] }),
})

/** Errors that the node can raise. */
export const codes = [...settingCodes, ...cloudCodes, 'AUTH_EXPIRED', 'PERMISSION_DENIED', 'VALIDATION_REFUSED']
