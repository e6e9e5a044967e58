import { readEntries, sendNow, type Timeliness } from '../lib'
import { asIs, enosUplink, fixed, flowNode, input } from '../lib/runtime'

export = flowNode('enos-post-measurepoint', {
  settings: {
    uplink: enosUplink(),
    values: input({ type: 'msg', value: 'payload', parse: asIs }),
    timeField: fixed('time'),
    timeliness: fixed<Timeliness>('post'),
  },
  run: async ({ uplink, values, timeField, timeliness }, { signal, arrivalMs }) => {
    const entries = await readEntries(values, { native: 'measurepoints', timeField, arrivalMs })
    const sending = { kind: 'measurepoint', entries, timeliness, nowMs: arrivalMs } as const
    const { receipt, statusCode, headers } = await sendNow(uplink, sending, signal)
    return { set: { payload: receipt, statusCode, headers }, summary: `${receipt.points} points` }
  },
})
