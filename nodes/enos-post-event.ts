import { readEntries } from '../lib'
import {
  asIs,
  asRequiredId,
  enosSender,
  fixed,
  flowNode,
  input,
  timeFieldOf,
  timeSettings,
  valueReport,
} from '../lib/runtime'
import { settings } from './settings/enos-post-event'

const { fields } = settings

export = flowNode('enos-post-event', {
  settings: {
    sender: enosSender('event'),
    eventId: input(fields.eventId, asRequiredId),
    values: input(fields.values, asIs),
    timeField: { evaluate: ({ stored }) => timeFieldOf(stored) },
    times: timeSettings(),
    report: valueReport(),
    decimalSign: fixed(fields.decimalSign),
  },
  run: ({ sender, eventId, values, timeField, times, report, decimalSign }, { signal, arrivalMs }) => {
    const entries = readEntries(values, {
      native: 'events',
      timeField,
      times,
      arrivalMs,
      report,
      decimalSign,
      eventId,
      ...sender.check({ eventId }),
    })
    return sender.send({ entries, eventId, nowMs: arrivalMs }, report, signal)
  },
})
