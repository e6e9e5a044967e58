import {
  datedValueCodes,
  enosTarget,
  enosValueCodes,
  settingsOf,
  timeField,
  timesSent,
  typed,
} from '../../lib/settings'

export const settings = settingsOf('enos-post-event', {
  ...enosTarget,
  values: typed(['msg', 'json'], 'payload', { icon: 'table', required: true }),
  eventId: typed(['str', 'msg'], '', { icon: 'bell-o', override: 'eventId', isId: true, required: true }),
  ...timeField,
  ...timesSent,
})

/** Errors that the node can raise. */
export const codes = [...enosValueCodes, ...datedValueCodes]
