import { settings } from '../../nodes/settings/cloud-outbox'
import { configurationDialog } from '../dialog'
import { showOutlook } from '../shared'

/** What folder and limits come to on this disk. */
const outlook = {
  place: 'edgecourier-outlook',
  fill: (node: EditorNode) => showOutlook(node, ['folder', 'maxMegabytes', 'freeFloorMegabytes']),
}

export const dialog = configurationDialog(settings, {
  rows: ['folder', 'maxMegabytes', 'freeFloorMegabytes', outlook, 'maxAgeHours', 'whenFull', 'whenDeadFull'],
  label: ({ folder }) => String(folder || 'cloud-outbox'),
})
