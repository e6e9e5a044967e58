import { settings } from '../../nodes/settings/cloud-outbox-control'
import { outboxDialog } from '../dialog'
import { showLeftBehind } from './left-behind'

export const dialog = outboxDialog(settings, {
  rows: ['outbox', 'command', 'lane', { place: 'edgecourier-left', fill: showLeftBehind }],
})
