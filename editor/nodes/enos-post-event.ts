import { settings } from '../../nodes/settings/enos-post-event'
import { enosDialog } from '../dialog'
import { ofDevice } from '../shared'
import { enosTargetPicks, enosTargetRows, enosValueRows, timesSentRows } from '../targets'

export const dialog = enosDialog(settings, {
  rows: [...enosTargetRows, 'eventId', 'values', 'timeField', timesSentRows, ...enosValueRows],
  picks: { ...enosTargetPicks, eventId: { list: 'enos-events', request: ofDevice } },
})
