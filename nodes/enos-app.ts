import { checkApplication, EnosApplication, parseBaseUrl, say } from '../lib'
import { configurationNode, enosApplicationTrial, enosChoices } from '../lib/runtime'
import { settings } from './settings/enos-app'

export = configurationNode(settings, {
  test: checkApplication,
  choices: enosChoices,
  trial: enosApplicationTrial,
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
