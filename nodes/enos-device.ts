import { checkDevice, EnosDevice, idPath, parseBaseUrl, say } from '../lib'
import { configurationNode, sessionMemory } from '../lib/runtime'

export = configurationNode('enos-device', {
  credentials: ['deviceSecret'],
  destinations: ['brokerUrl'],
  test: checkDevice,
  create: ({ RED, http, noSecret, text, requiredId, number }) => {
    const brokerUrl = parseBaseUrl(text('brokerUrl'), say`The device broker URL`)
    const productKey = requiredId('productKey')
    const deviceKey = requiredId('deviceKey')
    return new EnosDevice({
      brokerUrl,
      productKey,
      deviceKey,
      deviceSecret: text('deviceSecret'),
      lifetimeMs: number('lifetimeMs', 300_000),
      upperCaseSign: text('signCase') === 'upper',
      memory: sessionMemory(RED, `${brokerUrl} ${idPath(productKey, deviceKey)}`),
      noSecret,
      http,
    })
  },
})
