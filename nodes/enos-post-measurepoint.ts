import { readEntries, type Timeliness } from '../lib'
import { asIs, enosSender, fixed, flowNode, input } from '../lib/runtime'

export = flowNode('enos-post-measurepoint', {
  settings: {
    sender: enosSender('measurepoint'),
    values: input({ type: 'msg', value: 'payload', parse: asIs }),
    timeField: fixed('time'),
    timeliness: fixed<Timeliness>('post'),
  },
  run: async ({ sender, values, timeField, timeliness }, { signal, arrivalMs }) => {
    const entries = await readEntries(values, { native: 'measurepoints', timeField, arrivalMs })
    return sender.send({ entries, timeliness, nowMs: arrivalMs }, signal)
  },
})
