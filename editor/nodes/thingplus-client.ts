import { settings } from '../../nodes/settings/thingplus-client'
import { configurationDialog } from '../dialog'
import { connectionTest } from '../targets'

export const dialog = configurationDialog(settings, {
  rows: [
    'baseUrl',
    'clientId',
    'clientSecret',
    'userName',
    'password',
    'passwordForm',
    'dialect',
    'tokenBodyFormat',
    'tls',
    'proxy',
    connectionTest,
  ],
  label: ({ clientId }) => String(clientId || 'Thing+'),
})
