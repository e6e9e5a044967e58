import { readEntries, sendNow } from '../lib'
import { asIs, asRequiredText, enosUplink, fixed, flowNode, input } from '../lib/runtime'

export = flowNode('enos-post-event', {
  settings: {
    uplink: enosUplink(),
    eventId: input({ type: 'str', value: '', override: 'eventId', parse: asRequiredText }),
    values: input({ type: 'msg', value: 'payload', parse: asIs }),
    timeField: fixed('time'),
  },
  run: async ({ uplink, eventId, values, timeField }, { signal, arrivalMs }) => {
    const entries = await readEntries(values, { native: 'events', timeField, arrivalMs })
    const sending = { kind: 'event', entries, eventId, nowMs: arrivalMs } as const
    const { receipt, statusCode, headers } = await sendNow(uplink, sending, signal)
    return { set: { payload: receipt, statusCode, headers }, summary: `${receipt.entries} events` }
  },
})
