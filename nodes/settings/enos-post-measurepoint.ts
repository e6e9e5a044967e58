import {
  choice,
  enosTarget,
  messageTimeField,
  messageValues,
  settingsOf,
  table,
  tableTime,
  text,
  timesSent,
  valuesFrom,
} from '../../lib/settings'

export const settings = settingsOf('enos-post-measurepoint', {
  ...enosTarget,
  valuesFrom,
  values: messageValues,
  point: text('', { icon: 'dot-circle-o', hint: 'label.pointPlaceholder', when: { valuesFrom: ['message'] } }),
  timeField: messageTimeField,
  points: table({ when: { valuesFrom: ['table'] } }),
  time: tableTime,
  timeliness: choice(
    'by-age',
    { post: 'timelinessPost', resume: 'timelinessResume', 'by-age': 'timelinessByAge' },
    { icon: 'history' },
  ),
  ...timesSent,
})
