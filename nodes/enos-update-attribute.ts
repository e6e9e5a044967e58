import { type DecimalSign, readEntries } from '../lib'
import { asIs, enosSender, fixed, flowNode, input, valueReport } from '../lib/runtime'

export = flowNode('enos-update-attribute', {
  settings: {
    sender: enosSender('attribute'),
    values: input({ type: 'msg', value: 'payload', parse: asIs }),
    report: valueReport(),
    decimalSign: fixed<DecimalSign>('point'),
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
