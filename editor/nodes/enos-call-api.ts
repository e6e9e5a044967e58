import { settings } from '../../nodes/settings/enos-call-api'
import { enosDialog } from '../dialog'

export const dialog = enosDialog(settings, {
  rows: ['app', 'method', 'path', 'query', 'body', 'allPages'],
})
