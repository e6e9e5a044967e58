import { ThingPlus } from '../lib'
import { clockOf, configurationNode, pauseBy, thingplusChoices, thingplusTrial } from '../lib/runtime'
import { settings } from './settings/thingplus-client'

const { fields } = settings

export = configurationNode<ThingPlus>(settings, {
  test: (client, signal) => client.check(signal),
  choices: thingplusChoices,
  trial: thingplusTrial,
  create: ({ RED, http, noSecret, text, required, requiredId, oneOf }) =>
    new ThingPlus({
      baseUrl: text('baseUrl'),
      clientId: requiredId('clientId'),
      clientSecret: text('clientSecret'),
      userName: required('userName'),
      password: text('password'),
      passwordIsDigest: oneOf(fields.passwordForm) === 'digest',
      dialect: oneOf(fields.dialect),
      tokenBodyFormat: oneOf(fields.tokenBodyFormat),
      noSecret,
      http,
      clock: clockOf(RED),
      wait: pauseBy(clockOf(RED)),
    }),
})
