import {
  choice,
  cloudCodes,
  enosTarget,
  messageOrTable,
  outboxCodes,
  requestCodes,
  settingCodes,
  settingsOf,
  table,
  text,
  timesSent,
} from '../../lib/settings'

export const settings = settingsOf('enos-post-measurepoint', {
  ...enosTarget,
  valuesFrom: messageOrTable.valuesFrom,
  values: messageOrTable.values,
  point: text('', { icon: 'dot-circle-o', hint: 'label.pointPlaceholder', when: { valuesFrom: ['message'] } }),
  timeField: messageOrTable.timeField,
  points: table({ when: { valuesFrom: ['table'] } }),
  time: messageOrTable.time,
  timeliness: choice(
    'by-age',
    { post: 'timelinessPost', resume: 'timelinessResume', 'by-age': 'timelinessByAge' },
    { icon: 'history' },
  ),
  ...timesSent,
})

/** Errors that the node can raise. */
export const codes = [
  ...settingCodes,
  ...cloudCodes,
  ...requestCodes,
  ...outboxCodes,
  'INPUT_EMPTY',
  'INPUT_INVALID',
  'INPUT_TIME_INVALID',
  'INPUT_CIRCULAR',
  'INPUT_TOO_LARGE',
  'CLOCK_NOT_SET',
  'AUTH_LOGIN_LIMIT',
  'AUTH_EXPIRED',
  'PERMISSION_DENIED',
  'VALIDATION_REFUSED',
  'TOO_LARGE',
  'PARTIAL_FAILURE',
]
