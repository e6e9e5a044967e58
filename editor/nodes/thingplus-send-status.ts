import { settings } from '../../nodes/settings/thingplus-send-status'
import { thingplusDialog } from '../dialog'
import { gatewayPick, sensorPick } from '../targets'

export const dialog = thingplusDialog(settings, {
  rows: ['client', 'target', 'gatewayId', 'sensorId', 'statusValue', 'validDurationSeconds', 'keepAlive', 'outbox'],
  picks: { gatewayId: gatewayPick, sensorId: sensorPick },
})
