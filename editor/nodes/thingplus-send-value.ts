import { settings } from '../../nodes/settings/thingplus-send-value'
import { thingplusDialog } from '../dialog'
import { fromThingPlus, ofGateway } from '../shared'
import { gatewayPick, preview, sensorPick, sensorsSetUp, timesSentRows } from '../targets'

export const dialog = thingplusDialog(settings, {
  rows: [
    sensorsSetUp,
    'client',
    'gatewayId',
    'valuesFrom',
    'sensorId',
    'values',
    'timeField',
    'sensors',
    'time',
    timesSentRows,
    'decimalSign',
    'unsendable',
    'outbox',
    preview,
  ],
  picks: { gatewayId: gatewayPick, sensorId: sensorPick },
  imports: { sensors: (node) => [fromThingPlus(() => ofGateway(node))] },
})
