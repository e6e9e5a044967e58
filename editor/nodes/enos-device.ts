import { settings } from '../../nodes/settings/enos-device'
import { configurationDialog } from '../dialog'
import { connectionTest } from '../targets'

export const dialog = configurationDialog(settings, {
  rows: [
    'brokerUrl',
    'productKey',
    'deviceKey',
    'deviceSecret',
    'lifetimeMs',
    'signCase',
    'tls',
    'proxy',
    connectionTest,
  ],
  picks: {
    productKey: { list: 'enos-products', ofEvery: 'enos-app' },
    deviceKey: {
      list: 'enos-devices',
      ofEvery: 'enos-app',
      within: ['productKey'],
      fill: { productKey: 'productKey' },
    },
  },
  label: ({ deviceKey }) => String(deviceKey || 'EnOS'),
})
