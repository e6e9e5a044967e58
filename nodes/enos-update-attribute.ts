import { readEntries } from '../lib'
import { asIs, enosUplink, flowNode, input } from '../lib/runtime'

export = flowNode('enos-update-attribute', {
  settings: {
    uplink: enosUplink(),
    values: input({ type: 'msg', value: 'payload', parse: asIs }),
  },
  run: async ({ uplink, values }, { signal, arrivalMs }) => {
    const entries = await readEntries(values, { native: 'attributes', timeField: 'time', arrivalMs })
    const { receipt, statusCode, headers } = await uplink.updateAttributes(entries, signal)
    return { set: { payload: receipt, statusCode, headers }, summary: `${receipt.points} attributes` }
  },
})
