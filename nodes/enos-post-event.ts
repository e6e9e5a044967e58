import { readEntries } from '../lib'
import { asIs, asRequiredId, enosSender, fixed, flowNode, idInput, input, valueReport } from '../lib/runtime'

export = flowNode('enos-post-event', {
  settings: {
    sender: enosSender('event'),
    eventId: idInput({ type: 'str', value: '', override: 'eventId', parse: asRequiredId }),
    values: input({ type: 'msg', value: 'payload', parse: asIs }),
    timeField: fixed('time'),
    report: valueReport(),
  },
  run: async ({ sender, eventId, values, timeField, report }, { signal, arrivalMs }) => {
    const entries = readEntries(values, { native: 'events', timeField, arrivalMs, report })
    return sender.send({ entries, eventId, nowMs: arrivalMs }, report, signal)
  },
})
