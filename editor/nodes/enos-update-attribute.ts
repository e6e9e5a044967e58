import { settings } from '../../nodes/settings/enos-update-attribute'
import { enosDialog } from '../dialog'
import { attributesSetUp, enosTargetPicks, enosTargetRows, enosValueRows } from '../targets'

export const dialog = enosDialog(settings, {
  rows: [attributesSetUp, ...enosTargetRows, 'values', ...enosValueRows],
  picks: enosTargetPicks,
})
