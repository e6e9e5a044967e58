import { settings } from '../../nodes/settings/enos-update-attribute'
import { enosDialog } from '../dialog'
import { enosTargetPicks, enosTargetRows, enosValueRows } from '../targets'

export const dialog = enosDialog(settings, {
  rows: [...enosTargetRows, 'values', ...enosValueRows],
  picks: enosTargetPicks,
})
