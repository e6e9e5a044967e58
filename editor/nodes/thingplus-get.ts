import { settings } from '../../nodes/settings/thingplus-get'
import { thingplusDialog } from '../dialog'
import { devicePick, gatewayModelPick, gatewayPick, sensorPick, timesReadRows } from '../targets'

export const dialog = thingplusDialog(settings, {
  rows: [
    'client',
    'resource',
    'gatewayModelId',
    'gatewayId',
    'deviceId',
    'sensorId',
    'filter',
    'page',
    'count',
    'dataStart',
    'dataEnd',
    'interval',
    { when: { resource: ['series'] }, rows: [timesReadRows] },
  ],
  picks: { gatewayModelId: gatewayModelPick, gatewayId: gatewayPick, deviceId: devicePick, sensorId: sensorPick },
})
