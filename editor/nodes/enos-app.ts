import { settings } from '../../nodes/settings/enos-app'
import { configurationDialog } from '../dialog'
import { connectionTest } from '../targets'

export const dialog = configurationDialog(settings, {
  rows: [
    'gatewayUrl',
    'orgId',
    'appKey',
    'appSecret',
    'integrationUrl',
    'modelUploadUrl',
    'tls',
    'proxy',
    connectionTest,
  ],
  label: ({ gatewayUrl }) => String(gatewayUrl ?? '').replace(/^https?:\/\//, '') || 'EnOS',
})
