import { settings } from '../../nodes/settings/enos-post-event'
import { enosDialog } from '../dialog'
import { enosTargetPicks, enosTargetRows, enosValueRows, eventPick, eventSetUp, timesSentRows } from '../targets'

export const dialog = enosDialog(settings, {
  rows: [eventSetUp, ...enosTargetRows, 'eventId', 'values', 'timeField', timesSentRows, ...enosValueRows],
  picks: { ...enosTargetPicks, eventId: eventPick },
})
