import { isNumberType, readEntries, type Timeliness } from '../lib'
import { enosSender, fixed, flowNode, serveModelPoints, valuesOrTable } from '../lib/runtime'

export = flowNode('enos-post-measurepoint', {
  settings: {
    sender: enosSender('measurepoint'),
    incoming: valuesOrTable({
      rows: 'points',
      isNumberType,
      payload: (measurepoints, time) => ({ measurepoints, time }),
    }),
    timeliness: fixed<Timeliness>('post'),
  },
  run: async ({ sender, incoming, timeliness }, { signal, arrivalMs }) => {
    const { payload, timeField } = incoming
    const entries = await readEntries(payload, { native: 'measurepoints', timeField, arrivalMs })
    return sender.send({ entries, timeliness, nowMs: arrivalMs }, signal)
  },
  serve: serveModelPoints,
})
