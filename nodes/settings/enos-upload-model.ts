import {
  choice,
  cloudCodes,
  configuration,
  requestCodes,
  settingCodes,
  settingsOf,
  tick,
  typed,
} from '../../lib/settings'

export const settings = settingsOf('enos-upload-model', {
  app: configuration('enos-app', { icon: 'cloud', required: true }),
  model: typed(['msg', 'str', 'json'], 'payload', { icon: 'file-o', required: true }),
  method: choice(
    'by-file',
    { 'by-file': 'methodByFile', import: 'methodImport', update: 'methodUpdate' },
    { icon: 'upload' },
  ),
  patch: tick(true),
  authorisation: choice(
    'signed',
    { signed: 'authorisationSigned', bearer: 'authorisationBearer' },
    { icon: 'lock', when: { method: ['by-file', 'import'] } },
  ),
})

/** Errors that the node can raise. */
export const codes = [
  ...settingCodes,
  ...cloudCodes,
  ...requestCodes,
  'INPUT_EMPTY',
  'INPUT_INVALID',
  'INPUT_CIRCULAR',
  'FILE_NOT_FOUND',
  'FILE_UNREADABLE',
  'FILE_EMPTY',
  'FILE_TOO_LARGE',
  'FILE_NOT_A_MODEL',
  'AUTH_EXPIRED',
  'PERMISSION_DENIED',
  'VALIDATION_REFUSED',
  'TOO_LARGE',
  'PARTIAL_FAILURE',
]
