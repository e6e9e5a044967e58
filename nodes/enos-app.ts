import { checkApplication, EnosApplication, parseBaseUrl, say } from '../lib'
import { configurationNode } from '../lib/runtime'

export = configurationNode('enos-app', {
  credentials: ['appKey', 'appSecret'],
  test: { check: checkApplication, destinations: ['gatewayUrl', 'integrationUrl', 'modelUploadUrl'] },
  create: ({ http, text, required }) =>
    new EnosApplication({
      gatewayUrl: parseBaseUrl(text('gatewayUrl'), say`The gateway URL`),
      orgId: text('orgId'),
      integrationUrl: text('integrationUrl'),
      modelUploadUrl: text('modelUploadUrl'),
      appKey: required('appKey'),
      appSecret: required('appSecret'),
      http,
    }),
})
