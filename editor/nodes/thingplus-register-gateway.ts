import { settings } from '../../nodes/settings/thingplus-register-gateway'
import { thingplusDialog } from '../dialog'
import { gatewayModelPick } from '../targets'

export const dialog = thingplusDialog(settings, {
  rows: ['client', 'gatewayName', 'siteId', 'gatewayId', 'gatewayModelId', 'reportIntervalMs', 'devices'],
  picks: { siteId: { list: 'thingplus-sites', from: 'client' }, gatewayModelId: gatewayModelPick },
})
