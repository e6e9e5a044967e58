import { checkApplication, EnosApplication, parseBaseUrl, say } from '../lib'
import { configurationNode, enosChoices } from '../lib/runtime'

export = configurationNode('enos-app', {
  credentials: ['appKey', 'appSecret'],
  destinations: ['gatewayUrl', 'integrationUrl', 'modelUploadUrl'],
  test: checkApplication,
  choices: enosChoices,
  create: ({ http, noSecret, text, id }) =>
    new EnosApplication({
      gatewayUrl: parseBaseUrl(text('gatewayUrl'), say`The gateway URL`),
      orgId: id('orgId'),
      integrationUrl: text('integrationUrl'),
      modelUploadUrl: text('modelUploadUrl'),
      appKey: id('appKey'),
      appSecret: text('appSecret'),
      noSecret,
      http,
    }),
})
