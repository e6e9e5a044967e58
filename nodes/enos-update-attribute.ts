import { readEntries } from '../lib'
import { asIs, enosSender, fixed, flowNode, input, valueReport } from '../lib/runtime'
import { settings } from './settings/enos-update-attribute'

const { fields } = settings

export = flowNode('enos-update-attribute', {
  settings: {
    sender: enosSender('attribute'),
    values: input(fields.values, asIs),
    report: valueReport(),
    decimalSign: fixed(fields.decimalSign),
  },
  run: ({ sender, values, report, decimalSign }, { signal, arrivalMs }) => {
    const entries = readEntries(values, {
      native: 'attributes',
      timeField: undefined,
      arrivalMs,
      report,
      decimalSign,
      ...sender.check({}),
    })
    return sender.send({ entries, nowMs: arrivalMs }, report, signal)
  },
})
