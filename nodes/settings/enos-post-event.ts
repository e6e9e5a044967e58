import {
  cloudCodes,
  enosTarget,
  outboxCodes,
  requestCodes,
  settingCodes,
  settingsOf,
  timeField,
  timesSent,
  typed,
} from '../../lib/settings'

export const settings = settingsOf('enos-post-event', {
  ...enosTarget,
  values: typed(['msg', 'json'], 'payload', { icon: 'table', required: true }),
  eventId: typed(['str', 'msg'], '', { icon: 'bell-o', override: 'eventId', isId: true, required: true }),
  ...timeField,
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
  'INPUT_TOO_LARGE',
  'CLOCK_NOT_SET',
  'AUTH_LOGIN_LIMIT',
  'AUTH_EXPIRED',
  'PERMISSION_DENIED',
  'VALIDATION_REFUSED',
  'TOO_LARGE',
  'PARTIAL_FAILURE',
]
