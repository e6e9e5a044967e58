import { settings } from '../../nodes/settings/thingplus-send-value'
import { thingplusDialog } from '../dialog'
import { fromCloud, ofGateway } from '../shared'
import { gatewayPick, preview, sensorPick, thingplusSetUp, timesSentRows } from '../targets'

export const dialog = thingplusDialog(settings, {
  rows: [
    thingplusSetUp,
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
  imports: { sensors: (node) => [fromCloud('thingplus', 'thingplus-sensors', () => ofGateway(node))] },
})
