import { settings } from '../../nodes/settings/enos-post-measurepoint'
import { enosDialog } from '../dialog'
import { fromEnos, fromModelFile, ofDevice } from '../shared'
import { enosTargetPicks, enosTargetRows, enosValueRows, pointsSetUp, preview, timesSentRows } from '../targets'

export const dialog = enosDialog(settings, {
  rows: [
    pointsSetUp,
    ...enosTargetRows,
    'valuesFrom',
    'values',
    'point',
    'timeField',
    'points',
    'time',
    timesSentRows,
    'timeliness',
    ...enosValueRows,
    preview,
  ],
  picks: { ...enosTargetPicks, point: { list: 'enos-measurepoints', request: ofDevice } },
  imports: {
    points: (node) => [fromEnos(() => ofDevice(node)), fromModelFile()],
  },
})
