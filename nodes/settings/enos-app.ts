import { cloudCodes, secret, settingCodes, settingsOf, text, transport, url } from '../../lib/settings'

export const settings = settingsOf('enos-app', {
  gatewayUrl: url({
    icon: 'globe',
    host: 'gateway',
    required: true,
    placeholder: 'https://apim-….envisioniot.com',
    alias: ['url', 'host', 'api url', 'api host', 'api gateway', 'gateway', 'endpoint'],
  }),
  orgId: text('', {
    icon: 'building-o',
    required: true,
    alias: ['organisation', 'organization', 'organisation id', 'organization id', 'Organisations-ID', 'ou', 'ou id'],
  }),
  integrationUrl: url({
    icon: 'random',
    host: 'integration',
    placeholder: 'https://iot-http-integration-…',
    alias: ['integration', 'Integrations-URL', 'integration host'],
  }),
  modelUploadUrl: url({
    icon: 'upload',
    host: 'portal',
    placeholder: 'https://portal-…/dm-bff/rest/model/batchImportModels',
    alias: ['upload url', 'portal url', 'console url', 'portal'],
  }),
  ...transport,
  appKey: secret({ icon: 'key', alias: ['access key', 'App-Schlüssel', 'key'] }),
  appSecret: secret({ icon: 'lock', alias: ['secret key', 'access secret', 'App-Geheimnis', 'secret'] }),
})

/** Errors that the node can raise. */
export const codes = [...settingCodes, ...cloudCodes, 'AUTH_EXPIRED', 'PERMISSION_DENIED']
