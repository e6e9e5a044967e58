import { settings } from '../../nodes/settings/thingplus-register-sensor'
import { thingplusDialog } from '../dialog'
import { devicePick, gatewayPick } from '../targets'

export const dialog = thingplusDialog(settings, {
  rows: ['client', 'gatewayId', 'deviceId', 'sensorName', 'sensorType', 'sensorId'],
  picks: {
    gatewayId: gatewayPick,
    deviceId: devicePick,
    sensorType: { list: 'thingplus-sensor-types', from: 'client', within: ['gatewayId', 'deviceId'] },
  },
})
