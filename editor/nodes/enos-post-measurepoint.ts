import { settings } from '../../nodes/settings/enos-post-measurepoint'
import { enosDialog } from '../dialog'
import { fromCloud, fromModel, fromModelFile, ofDevice } from '../shared'
import { enosSetUp, enosTargetPicks, enosTargetRows, enosValueRows, preview, timesSentRows } from '../targets'

export const dialog = enosDialog(settings, {
  rows: [
    enosSetUp,
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
    points: (node) => [
      fromModelFile(),
      fromCloud('enos', 'enos-measurepoints', () => ofDevice(node)),
      fromModel(() => [ofDevice(node).configurations].flat().filter(Boolean)),
    ],
  },
})
