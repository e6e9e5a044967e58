import { readEntries, type Timeliness } from '../lib'
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
    const { receipt, statusCode, headers } = await uplink.postMeasurepoints(entries, timeliness, signal)
    return { set: { payload: receipt, statusCode, headers }, summary: `${receipt.points} points` }
  },
})
