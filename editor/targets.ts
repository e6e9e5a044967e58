import type { Way } from './set-up'
import { ofDevice, ofGateway, showPreview, showSetUp, testConnection } from './shared'

// Rows, and lists to pick from, that several dialogs have alike.

export const connectionTest = { place: 'edgecourier-test', fill: testConnection }

/** What would be sent with the dialog as it stands. */
export const preview = { place: 'edgecourier-preview', fill: showPreview }

/** Which device of EnOS values are for. */
export const enosTargetRows = ['channel', 'device', 'app', 'assetId', 'productKey', 'deviceKey'] as const
export const enosTargetPicks = {
  assetId: { list: 'enos-devices', from: 'app', take: 'assetId' },
  productKey: { list: 'enos-products', from: 'app' },
  deviceKey: { list: 'enos-devices', from: 'app', within: ['productKey'], fill: { productKey: 'productKey' } },
} as const
const enosWays: readonly [Way, ...Way[]] = [
  {
    field: 'app',
    type: 'enos-app',
    sets: { channel: 'integration' },
    targets: [{ name: 'deviceKey', pick: enosTargetPicks.deviceKey }],
  },
  { field: 'device', type: 'enos-device', sets: { channel: 'device' }, targets: [] },
]
/** From nothing to a first point in EnOS. */
export const enosSetUp = {
  place: 'edgecourier-set-up',
  fill: (node: EditorNode) =>
    showSetUp(node, {
      ways: enosWays,
      trialFields: ['assetId', 'productKey', 'deviceKey'],
      points: { list: 'enos-measurepoints', request: ofDevice, one: 'point', table: 'points' },
    }),
}

/** How values are taken to EnOS. */
export const enosValueRows = ['decimalSign', 'modelCheck', 'unsendable', 'outbox'] as const

/** How times are read, and, where they are sent, how far ahead they may lie. */
export const timesReadRows = { rows: ['timeFormat', 'timePattern', 'timeZone'] } as const
export const timesSentRows = { rows: [...timesReadRows.rows, 'aheadHours'] } as const

export const gatewayPick = { list: 'thingplus-gateways', from: 'client' } as const
export const gatewayModelPick = { list: 'thingplus-gateway-models', from: 'client' } as const
export const devicePick = { list: 'thingplus-devices', from: 'client', within: ['gatewayId'] } as const
export const sensorPick = { list: 'thingplus-sensors', from: 'client', within: ['gatewayId'] } as const

/** From nothing to a first value at Thing+. */
export const thingplusSetUp = {
  place: 'edgecourier-set-up',
  fill: (node: EditorNode) =>
    showSetUp(node, {
      ways: [
        {
          field: 'client',
          type: 'thingplus-client',
          sets: {},
          targets: [{ name: 'gatewayId', pick: gatewayPick }],
        },
      ],
      trialFields: ['gatewayId'],
      points: { list: 'thingplus-sensors', request: ofGateway, one: 'sensorId', table: 'sensors' },
    }),
}
