import { settings } from '../../nodes/settings/cloud-outbox-control'
import { outboxDialog } from '../dialog'
import { lanesOf } from '../shared'
import { showLeftBehind } from './left-behind'

export const dialog = outboxDialog(settings, {
  rows: ['outbox', 'command', 'lane', { place: 'edgecourier-left', fill: showLeftBehind }],
  picks: {
    lane: {
      load: (node) => lanesOf(node, { noOutbox: node._('left.noOutbox'), noAnswer: node._('left.noAnswer') }),
    },
  },
})
