import {
  choice,
  datedValueCodes,
  enosTarget,
  enosValueCodes,
  messageOrTable,
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
export const codes = [...enosValueCodes, ...datedValueCodes]
