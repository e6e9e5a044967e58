import { settings } from '../../nodes/settings/enos-upload-model'
import { enosDialog } from '../dialog'

export const dialog = enosDialog(settings, {
  rows: ['app', 'model', 'method', 'patch', 'authorisation'],
})
