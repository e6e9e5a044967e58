import { settings } from '../../nodes/settings/thingplus-auth'
import { thingplusDialog } from '../dialog'

export const dialog = thingplusDialog(settings, { rows: ['client'] })
