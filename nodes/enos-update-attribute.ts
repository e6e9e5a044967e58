import { readEntries } from '../lib'
import { asIs, enosSender, flowNode, input } from '../lib/runtime'

export = flowNode('enos-update-attribute', {
  settings: {
    sender: enosSender('attribute'),
    values: input({ type: 'msg', value: 'payload', parse: asIs }),
  },
  run: async ({ sender, values }, { signal, arrivalMs }) => {
    const entries = readEntries(values, { native: 'attributes', timeField: undefined, arrivalMs })
    return sender.send({ entries, nowMs: arrivalMs }, signal)
  },
})
