import { bareValueOf, deviceNames, isTextType, numberedPoint, readEntries, unpacked } from '../lib'
import {
  asOptionalId,
  enosSender,
  fixed,
  flowNode,
  input,
  serveModelPoints,
  timeSettings,
  valuesOrTable,
} from '../lib/runtime'
import { settings } from './settings/enos-post-measurepoint'

const { fields } = settings

export = flowNode('enos-post-measurepoint', {
  hasPreview: true,
  settings: {
    sender: enosSender('measurepoint', fields.timeliness),
    incoming: valuesOrTable({
      rows: 'points',
      isTextType,
      names: deviceNames,
      payload: (measurepoints, time, device) => ({ ...device, measurepoints, time }),
    }),
    point: input(fields.point, asOptionalId),
    times: timeSettings(),
    timeliness: fixed(fields.timeliness),
    decimalSign: fixed(fields.decimalSign),
  },
  run: ({ sender, incoming, point, times, timeliness, decimalSign }, { msg, signal, arrivalMs }) => {
    const { report } = incoming
    const given = unpacked(incoming.payload)
    const payload = bareValueOf(point, msg.topic, given)
    // A single value has no place for a time.
    const isBare = payload !== given
    const timeField = isBare ? 'time' : incoming.timeField
    const entries = readEntries(payload, {
      native: 'measurepoints',
      timeField,
      times,
      arrivalMs,
      report,
      decimalSign,
      numbered: isBare ? numberedPoint(point, msg.topic) : incoming.numbered,
      ...sender.check(incoming),
    })
    return sender.send({ entries, timeliness, nowMs: arrivalMs }, report, signal)
  },
  serve: serveModelPoints,
})
