import { readEntries, sendNow } from '../lib'
import { asIs, enosUplink, flowNode, input } from '../lib/runtime'

export = flowNode('enos-update-attribute', {
  settings: {
    uplink: enosUplink(),
    values: input({ type: 'msg', value: 'payload', parse: asIs }),
  },
  run: async ({ uplink, values }, { signal, arrivalMs }) => {
    const entries = await readEntries(values, { native: 'attributes', timeField: 'time', arrivalMs })
    const sending = { kind: 'attribute', entries, nowMs: arrivalMs } as const
    const { receipt, statusCode, headers } = await sendNow(uplink, sending, signal)
    return { set: { payload: receipt, statusCode, headers }, summary: `${receipt.points} attributes` }
  },
})
