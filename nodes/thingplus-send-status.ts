import { idPath } from '../lib'
import {
  asOptionalId,
  asOptionalNumber,
  asRequiredId,
  fixed,
  flowNode,
  input,
  thingplusSender,
  whereShown,
  wordInput,
} from '../lib/runtime'
import { settings } from './settings/thingplus-send-status'

const { fields } = settings

export = flowNode('thingplus-send-status', {
  settings: {
    sender: thingplusSender('status'),
    target: fixed(fields.target),
    gatewayId: input(fields.gatewayId, asRequiredId),
    sensorId: whereShown(fields.sensorId, input(fields.sensorId, asOptionalId)),
    value: wordInput(fields.statusValue),
    validDurationSeconds: input(fields.validDurationSeconds, asOptionalNumber),
    keepAlive: fixed(fields.keepAlive),
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
