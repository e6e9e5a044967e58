import type { ThingPlus } from '../lib'
import {
  asOneOf,
  asOptionalNumber,
  asOptionalText,
  asRequiredText,
  configured,
  fixed,
  flowNode,
  input,
} from '../lib/runtime'

export = flowNode('thingplus-send-status', {
  settings: {
    client: configured<ThingPlus>('thingplus-client'),
    target: fixed<'gateway' | 'sensor' | 'gatewayWithSensors'>('gatewayWithSensors'),
    gatewayId: input({ type: 'msg', value: 'gatewayId', override: 'gatewayId', parse: asRequiredText }),
    sensorId: input({ type: 'msg', value: 'sensorId', override: 'sensorId', parse: asOptionalText }),
    value: input({
      type: 'str',
      value: 'on',
      override: 'status',
      stored: 'status',
      parse: asOneOf('on', 'off', 'err'),
    }),
    validDurationSeconds: input({ type: 'num', value: '', override: 'validDurationSeconds', parse: asOptionalNumber }),
    keepAlive: fixed(false),
  },
  run: async ({ client, target, gatewayId, sensorId, keepAlive, ...report }, { signal, repeat, endRepeat }) => {
    const send = () => client.sendStatusTo(target, { gatewayId, sensorId }, report, signal)
    const payload = await send()
    const key = `${target} ${gatewayId} ${sensorId}`
    if (keepAlive) repeat(key, await client.reportIntervalMs(gatewayId, signal), send)
    else endRepeat(key)
    return { set: { payload, statusCode: 200 }, summary: report.value }
  },
})
