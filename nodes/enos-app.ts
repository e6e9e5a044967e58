import { checkApplication, EnosApplication, parseBaseUrl, say } from '../lib'
import { configurationNode, enosChoices } from '../lib/runtime'

export = configurationNode('enos-app', {
  credentials: ['appKey', 'appSecret'],
  destinations: ['gatewayUrl', 'integrationUrl', 'modelUploadUrl'],
  test: checkApplication,
  choices: enosChoices,
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
