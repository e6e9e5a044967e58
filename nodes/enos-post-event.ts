import { readEntries } from '../lib'
import { asIs, asRequiredText, enosSender, fixed, flowNode, input } from '../lib/runtime'

export = flowNode('enos-post-event', {
  settings: {
    sender: enosSender('event'),
    eventId: input({ type: 'str', value: '', override: 'eventId', parse: asRequiredText }),
    values: input({ type: 'msg', value: 'payload', parse: asIs }),
    timeField: fixed('time'),
  },
  run: async ({ sender, eventId, values, timeField }, { signal, arrivalMs }) => {
    const entries = readEntries(values, { native: 'events', timeField, arrivalMs })
    return sender.send({ entries, eventId, nowMs: arrivalMs }, signal)
  },
})
