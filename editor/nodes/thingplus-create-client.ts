import { settings } from '../../nodes/settings/thingplus-create-client'
import { thingplusDialog } from '../dialog'

export const dialog = thingplusDialog(settings, {
  rows: ['client', 'clientName', 'clientId', 'clientSecret', 'scopes'],
})
