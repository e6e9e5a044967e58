import type { Pick } from './choices'
import type { PointsPlan, Way } from './set-up'
import { ofDevice, offerSimulator, ofGateway, showPreview, showSetUp, testConnection } from './shared'

// Rows, and lists to pick from, that several dialogs have alike.

export const connectionTest = {
  place: 'edgecourier-test',
  fill: (node: EditorNode) => {
    testConnection(node)
    offerSimulator(node)
  },
}

/** What would be sent with the dialog as it stands. */
export const preview = { place: 'edgecourier-preview', fill: showPreview }

/** Which device of EnOS values are for. */
export const enosTargetRows = ['channel', 'device', 'app', 'assetId', 'productKey', 'deviceKey'] as const
export const enosTargetPicks = {
  assetId: { list: 'enos-devices', from: 'app', take: 'assetId' },
  productKey: { list: 'enos-products', from: 'app' },
  deviceKey: { list: 'enos-devices', from: 'app', within: ['productKey'], fill: { productKey: 'productKey' } },
} as const
/** From nothing to a first value in EnOS. */
function setUpOf(more: Way['targets'], points?: PointsPlan) {
  const device = { name: 'deviceKey', pick: enosTargetPicks.deviceKey }
  const ways: readonly [Way, Way] = [
    { field: 'app', type: 'enos-app', sets: { channel: 'integration' }, targets: [device, ...more] },
    { field: 'device', type: 'enos-device', sets: { channel: 'device' }, targets: more },
  ]
  const fill = (node: EditorNode) => showSetUp(node, { ways, ...(points ? { points } : {}) })
  return { place: 'edgecourier-set-up', fill }
}

export const pointsSetUp = setUpOf([], {
  list: 'enos-measurepoints',
  request: (node) => ofDevice(node),
  one: 'point',
  table: 'points',
  trialFields: ['assetId', 'productKey', 'deviceKey'],
})
export const attributesSetUp = setUpOf([])
export const eventPick: Pick = { list: 'enos-events', request: (node) => ofDevice(node) }
export const eventSetUp = setUpOf([{ name: 'eventId', pick: eventPick }])

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
export const sensorsSetUp = {
  place: 'edgecourier-set-up',
  fill: (node: EditorNode) =>
    showSetUp(node, {
      ways: [
        { field: 'client', type: 'thingplus-client', sets: {}, targets: [{ name: 'gatewayId', pick: gatewayPick }] },
      ],
      points: {
        list: 'thingplus-sensors',
        request: ofGateway,
        one: 'sensorId',
        table: 'sensors',
        trialFields: ['gatewayId'],
      },
    }),
}
