import { idPath, type StatusScope } from '../lib'
import {
  asOneOf,
  asOptionalId,
  asOptionalNumber,
  asRequiredId,
  fixed,
  flowNode,
  input,
  itemId,
  onlyWhere,
  thingplusSender,
} from '../lib/runtime'

export = flowNode('thingplus-send-status', {
  settings: {
    sender: thingplusSender('status'),
    target: fixed<StatusScope>('gatewayWithSensors'),
    gatewayId: itemId('gatewayId', asRequiredId),
    sensorId: onlyWhere(({ target }) => target === 'sensor', itemId('sensorId', asOptionalId)),
    value: input({
      type: 'str',
      value: 'on',
      override: 'status',
      // Not `status`: the editor keeps a node's badge under that name.
      stored: 'statusValue',
      parse: asOneOf('on', 'off', 'err'),
    }),
    validDurationSeconds: input({ type: 'num', value: '', override: 'validDurationSeconds', parse: asOptionalNumber }),
    keepAlive: fixed(false),
  },
  run: async ({ sender, target: scope, gatewayId, sensorId, keepAlive, ...report }, context) => {
    const { signal, repeat, endRepeat } = context
    const send = () => sender.sendStatus({ scope, target: { gatewayId, sensorId }, report }, context)
    const result = await send()
    const key = scope === 'sensor' ? idPath(gatewayId, sensorId ?? '') : idPath(gatewayId)
    if (keepAlive) repeat(key, await sender.reportIntervalMs(gatewayId, signal), send)
    else endRepeat(key)
    return result
  },
})
