import { type DialectName, ThingPlus, type TokenBodyFormat } from '../lib'
import { clockOf, configurationNode, pauseBy, thingplusChoices } from '../lib/runtime'

export = configurationNode<ThingPlus>('thingplus-client', {
  credentials: ['clientSecret', 'password'],
  destinations: ['baseUrl'],
  test: (client, signal) => client.check(signal),
  choices: thingplusChoices,
  create: ({ RED, http, noSecret, text, required, requiredId, oneOf }) =>
    new ThingPlus({
      baseUrl: text('baseUrl'),
      clientId: requiredId('clientId'),
      clientSecret: text('clientSecret'),
      userName: required('userName'),
      password: text('password'),
      passwordIsDigest: text('passwordForm') === 'digest',
      dialect: oneOf<DialectName>('dialect', ['current', '2017-05', '2017-04']),
      tokenBodyFormat: oneOf<TokenBodyFormat>('tokenBodyFormat', ['json', 'form']),
      noSecret,
      http,
      clock: clockOf(RED),
      wait: pauseBy(clockOf(RED)),
    }),
})
