import { cloudCodes, secret, settingCodes, settingsOf, text, transport, url } from '../../lib/settings'

export const settings = settingsOf('enos-app', {
  gatewayUrl: url({ icon: 'globe', host: 'gateway', required: true, placeholder: 'https://apim-….envisioniot.com' }),
  orgId: text('', { icon: 'building-o', required: true }),
  integrationUrl: url({ icon: 'random', host: 'integration', placeholder: 'https://iot-http-integration-…' }),
  modelUploadUrl: url({
    icon: 'upload',
    host: 'portal',
    placeholder: 'https://portal-…/dm-bff/rest/model/batchImportModels',
  }),
  ...transport,
  appKey: secret({ icon: 'key' }),
  appSecret: secret({ icon: 'lock' }),
})

/** Errors that the node can raise. */
export const codes = [...settingCodes, ...cloudCodes, 'AUTH_EXPIRED', 'PERMISSION_DENIED']
