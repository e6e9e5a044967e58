import { EnosApplication, parseBaseUrl } from '../lib'
import { configurationNode } from '../lib/runtime'

export = configurationNode('enos-app', {
  credentials: ['appKey', 'appSecret'],
  create: ({ http, text, required }) =>
    new EnosApplication({
      gatewayUrl: parseBaseUrl(text('gatewayUrl'), 'The gateway URL'),
      orgId: text('orgId'),
      integrationUrl: text('integrationUrl'),
      modelUploadUrl: text('modelUploadUrl'),
      appKey: required('appKey'),
      appSecret: required('appSecret'),
      http,
    }),
})
