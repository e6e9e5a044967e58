import { cloudCodes, configuration, requestCodes, settingCodes, settingsOf, tick, typed } from '../../lib/settings'

export const settings = settingsOf('enos-call-api', {
  app: configuration('enos-app', { icon: 'cloud', required: true }),
  method: typed(['str', 'msg'], 'GET', {
    icon: 'arrow-right',
    override: 'method',
    required: true,
    words: ['GET', 'POST', 'PUT', 'DELETE'],
  }),
  path: typed(['str', 'msg'], '', { icon: 'link', override: 'path', required: true }),
  query: typed(['json', 'str', 'msg'], '{}', { icon: 'question', override: 'query' }),
  body: typed(['msg', 'json', 'str'], 'payload', { icon: 'file-text-o', override: 'body' }),
  allPages: tick(false),
})

/** Errors that the node can raise. */
export const codes = [
  ...settingCodes,
  ...cloudCodes,
  ...requestCodes,
  'INPUT_EMPTY',
  'INPUT_INVALID',
  'INPUT_CIRCULAR',
  'AUTH_EXPIRED',
  'PERMISSION_DENIED',
  'CONFLICT',
  'VALIDATION_REFUSED',
  'TOO_LARGE',
  'BILLING_LIMIT',
  'PARTIAL_FAILURE',
]
