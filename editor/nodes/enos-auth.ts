import { settings } from '../../nodes/settings/enos-auth'
import { enosDialog } from '../dialog'

export const dialog = enosDialog(settings, {
  rows: ['mode', 'app', 'device', 'method', 'url', 'headers', 'body'],
})
