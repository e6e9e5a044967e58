import { choice, cloudCodes, configuration, requestCodes, settingCodes, settingsOf, typed } from '../../lib/settings'

const signing = { when: { mode: ['sign'] } } as const

export const settings = settingsOf('enos-auth', {
  mode: choice('token', { token: 'modeToken', session: 'modeSession', sign: 'modeSign' }, { icon: 'cog' }),
  app: configuration('enos-app', { icon: 'cloud', when: { mode: ['token', 'sign'] }, required: true }),
  device: configuration('enos-device', { icon: 'microchip', when: { mode: ['session'] }, required: true }),
  method: typed(['msg', 'str'], 'method', {
    icon: 'arrow-right',
    offered: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'],
    ...signing,
  }),
  url: typed(['msg', 'str'], 'url', { icon: 'globe', ...signing, required: true }),
  headers: typed(['msg', 'json'], 'headers', { icon: 'list', ...signing }),
  body: typed(['msg', 'str', 'json'], 'payload', { icon: 'file-text-o', ...signing }),
})

/** Errors that the node can raise. */
export const codes = [
  ...settingCodes,
  ...cloudCodes,
  ...requestCodes,
  'INPUT_INVALID',
  'INPUT_CIRCULAR',
  'AUTH_LOGIN_LIMIT',
  'PERMISSION_DENIED',
  'VALIDATION_REFUSED',
]
