import { choice, configuration, settingsOf, tick, typed } from '../../lib/settings'

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
