import { settings } from '../../nodes/settings/thingplus-register-device'
import { thingplusDialog } from '../dialog'
import { gatewayPick } from '../targets'

export const dialog = thingplusDialog(settings, {
  rows: ['client', 'gatewayId', 'deviceName', 'deviceId', 'deviceModelId'],
  picks: {
    gatewayId: gatewayPick,
    deviceModelId: { list: 'thingplus-device-models', from: 'client', within: ['gatewayId'] },
  },
})
