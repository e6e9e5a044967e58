import { cloudCodes, enosTarget, outboxCodes, requestCodes, settingCodes, settingsOf, typed } from '../../lib/settings'

export const settings = settingsOf('enos-update-attribute', {
  ...enosTarget,
  values: typed(['msg', 'json'], 'payload', { icon: 'table', required: true }),
})

/** Errors that the node can raise. */
export const codes = [
  ...settingCodes,
  ...cloudCodes,
  ...requestCodes,
  ...outboxCodes,
  'INPUT_EMPTY',
  'INPUT_INVALID',
  'INPUT_CIRCULAR',
  'INPUT_TOO_LARGE',
  'AUTH_LOGIN_LIMIT',
  'AUTH_EXPIRED',
  'PERMISSION_DENIED',
  'VALIDATION_REFUSED',
  'TOO_LARGE',
  'PARTIAL_FAILURE',
]
