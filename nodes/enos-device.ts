import { checkDevice, EnosDevice, idPath, parseBaseUrl, say } from '../lib'
import { configurationNode, enosDeviceTrial, sessionMemory } from '../lib/runtime'
import { settings } from './settings/enos-device'

const { fields } = settings

export = configurationNode(settings, {
  test: checkDevice,
  trial: enosDeviceTrial,
  create: ({ RED, http, noSecret, text, requiredId, number, oneOf }) => {
    const brokerUrl = parseBaseUrl(text('brokerUrl'), say`The device broker URL`)
    const productKey = requiredId('productKey')
    const deviceKey = requiredId('deviceKey')
    return new EnosDevice({
      brokerUrl,
      productKey,
      deviceKey,
      deviceSecret: text('deviceSecret'),
      lifetimeMs: number(fields.lifetimeMs),
      upperCaseSign: oneOf(fields.signCase) === 'upper',
      memory: sessionMemory(RED, `${brokerUrl} ${idPath(productKey, deviceKey)}`),
      noSecret,
      http,
    })
  },
})
