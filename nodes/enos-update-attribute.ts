import { readEntries } from '../lib'
import { asIs, enosSender, flowNode, input, valueReport } from '../lib/runtime'

export = flowNode('enos-update-attribute', {
  settings: {
    sender: enosSender('attribute'),
    values: input({ type: 'msg', value: 'payload', parse: asIs }),
    report: valueReport(),
  },
  run: async ({ sender, values, report }, { signal, arrivalMs }) => {
    const entries = readEntries(values, { native: 'attributes', timeField: undefined, arrivalMs, report })
    return sender.send({ entries, nowMs: arrivalMs }, report, signal)
  },
})
