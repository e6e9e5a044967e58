import { settings } from '../../nodes/settings/cloud-simulator'
import { simulatorDialog } from '../dialog'

export const dialog = simulatorDialog(settings, { rows: ['port', 'seed'] })
