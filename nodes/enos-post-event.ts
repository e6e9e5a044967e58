import { type DecimalSign, readEntries } from '../lib'
import {
  asIs,
  asRequiredId,
  enosSender,
  fixed,
  flowNode,
  idInput,
  input,
  timeFieldOf,
  timeSettings,
  valueReport,
} from '../lib/runtime'

export = flowNode('enos-post-event', {
  settings: {
    sender: enosSender('event'),
    eventId: idInput({ type: 'str', value: '', override: 'eventId', parse: asRequiredId }),
    values: input({ type: 'msg', value: 'payload', parse: asIs }),
    timeField: { evaluate: ({ stored }) => timeFieldOf(stored) },
    times: timeSettings(),
    report: valueReport(),
    decimalSign: fixed<DecimalSign>('point'),
  },
  run: ({ sender, eventId, values, timeField, times, report, decimalSign }, { signal, arrivalMs }) => {
    const entries = readEntries(values, {
      native: 'events',
      timeField,
      times,
      arrivalMs,
      report,
      decimalSign,
      eventId,
      ...sender.check({ eventId }),
    })
    return sender.send({ entries, eventId, nowMs: arrivalMs }, report, signal)
  },
})
