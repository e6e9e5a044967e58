import should from 'should'
import { startRuntime, stopRuntime } from '../nodes/flow'
import { gatewayId, seed } from '../nodes/thingplus'
import { FieldNode } from './field-node'

type Given = string | number
interface Case {
  /** Which id, as the title says it. */
  id: string
  type: string
  settings?: (id: Given) => object
  payload?: (id: Given) => unknown
  msg?: (id: Given) => object
  /** Whether the node may send through an outbox. */
  outboxes?: boolean
  /** Whether something else has this id. */
  isTaken?: boolean
}

/** Its model takes only what it names. */
const strict = { modelId: 'Strict', measurepoints: { temperature: { dataType: 'DOUBLE' } } }
const enos = {
  devices: [
    { productKey: 'pK11111', deviceKey: 'dK987654', deviceSecret: 'ds54321', assetId: 'asset-1', modelId: 'Strict' },
  ],
  models: [strict],
}
/** Here 4712 is a device, and a sensor, of other kinds. */
const taken = {
  ...seed,
  devices: [...seed.devices, { ...seed.devices[0], id: '4712', model: 'another' }],
  sensors: [...seed.sensors, { ...seed.sensors[0], id: '4712', type: 'humidity' }],
}

const value = { temperature: 1 }
const rows = (id: Given) => [{ id, source: 'payload.v', sourceType: 'msg' }]
const enosNodes = ['enos-post-measurepoint', 'enos-update-attribute', 'enos-post-event']

const cases: Case[] = [
  ...enosNodes.flatMap((type): Case[] => [
    {
      id: 'asset id of a row',
      type,
      settings: () => ({ channel: 'integration' }),
      payload: (assetId) => [{ assetId, ...value }],
      outboxes: true,
    },
    {
      id: 'asset id of the message',
      type,
      settings: () => ({ channel: 'integration' }),
      msg: (assetId) => ({ assetId }),
      outboxes: true,
    },
    {
      id: 'product key of a row',
      type,
      settings: () => ({ channel: 'integration' }),
      payload: (productKey) => [{ productKey, deviceKey: 'dK987654', ...value }],
    },
    {
      id: 'device key of the message',
      type,
      settings: () => ({ channel: 'integration' }),
      msg: (deviceKey) => ({ productKey: 'pK11111', deviceKey }),
    },
  ]),
  ...['device', 'integration'].flatMap((channel): Case[] => [
    {
      id: `event, ${channel} channel`,
      type: 'enos-post-event',
      settings: () => ({ channel }),
      msg: (eventId) => ({ eventId }),
      outboxes: true,
    },
    {
      id: `point of the topic, ${channel} channel`,
      type: 'enos-post-measurepoint',
      settings: () => ({ channel }),
      payload: () => 21.5,
      msg: (topic) => ({ topic }),
      outboxes: true,
    },
    {
      id: `point of the node, ${channel} channel`,
      type: 'enos-post-measurepoint',
      settings: () => ({ channel, point: 'p', pointType: 'msg' }),
      payload: () => 21.5,
      msg: (p) => ({ p }),
    },
    {
      id: `point of a table, ${channel} channel`,
      type: 'enos-post-measurepoint',
      settings: (id) => ({ channel, valuesFrom: 'table', points: rows(id) }),
      payload: () => ({ v: 1 }),
      outboxes: true,
    },
  ]),
  {
    id: 'sub-device of a row',
    type: 'enos-post-measurepoint',
    payload: (deviceKey) => [{ productKey: 'pK11111', deviceKey, ...value }],
    outboxes: true,
  },
  {
    id: 'model of a query',
    type: 'enos-call-api',
    settings: () => ({ method: 'GET', path: '/model-service/v2.1/thing-models' }),
    msg: (modelId) => ({ query: { action: 'get', modelId } }),
  },
  {
    id: 'model of an update',
    type: 'enos-upload-model',
    settings: () => ({ method: 'update' }),
    payload: (modelId) => ({ modelId, measurepoints: {} }),
  },
  {
    id: 'gateway',
    type: 'thingplus-send-value',
    settings: () => ({ gatewayId: '' }),
    msg: (id) => ({ gatewayId: id }),
    outboxes: true,
  },
  {
    id: 'sensor of the message',
    type: 'thingplus-send-value',
    settings: () => ({ sensorId: '' }),
    payload: () => 1,
    msg: (sensorId) => ({ sensorId }),
    outboxes: true,
  },
  {
    id: 'sensor of a table',
    type: 'thingplus-send-value',
    settings: (id) => ({ valuesFrom: 'table', sensors: rows(id) }),
    payload: () => ({ v: 1 }),
    outboxes: true,
  },
  {
    id: 'sensor of a table beside a good one',
    type: 'thingplus-send-value',
    settings: (id) => ({
      valuesFrom: 'table',
      sensors: [...rows(id), { id: 'temperature', source: 'payload.v', sourceType: 'msg' }],
    }),
    payload: () => ({ v: 1 }),
  },
  ...['gateway', 'gatewayWithSensors', 'sensor'].map((target): Case => {
    const name = target === 'sensor' ? 'sensorId' : 'gatewayId'
    return {
      id: `${name} of a status (${target})`,
      type: 'thingplus-send-status',
      settings: () => ({ target, [name]: '' }),
      msg: (id) => ({ [name]: id }),
      outboxes: true,
    }
  }),
  ...[
    ['gatewayModel', 'gatewayModelId'],
    ['gateway', 'gatewayId'],
    ['devices', 'gatewayId'],
    ['device', 'deviceId'],
    ['sensor', 'sensorId'],
    ['gatewayStatus', 'gatewayId'],
    ['sensorStatus', 'sensorId'],
    ['series', 'sensorId'],
  ].map(
    ([resource, name = '']): Case => ({
      id: `${name} of what is asked for (${resource})`,
      type: 'thingplus-get',
      settings: () => ({ resource, [name]: '' }),
      msg: (id) => ({ [name]: id }),
    }),
  ),
  ...['siteId', 'gatewayModelId'].map(
    (name): Case => ({
      id: `${name} of a gateway`,
      type: 'thingplus-register-gateway',
      settings: () => ({ gatewayName: 'G', gatewayId: '' }),
      msg: (id) => ({ siteId: '1', [name]: id }),
    }),
  ),
  ...(
    [
      ['device', true, (id: Given) => ({ id, name: 'D' })],
      ['model of a device', false, (model: Given) => ({ name: 'D', model })],
      ['sensor', true, (id: Given) => ({ name: 'D', sensors: [{ id, name: 'S', type: 'temperature' }] })],
    ] as const
  ).flatMap(([what, isTaken, child]): Case[] => [
    {
      id: `${what} in the list of a new gateway`,
      isTaken,
      type: 'thingplus-register-gateway',
      settings: (id) => ({ gatewayName: `Of the ${typeof id}`, gatewayId: '' }),
      msg: (id) => ({ siteId: '1', devices: [child(id)] }),
    },
    {
      id: `${what} in the list of a gateway that is there`,
      isTaken,
      type: 'thingplus-register-gateway',
      settings: () => ({ gatewayName: 'GW A', gatewayId: '' }),
      msg: (id) => ({ siteId: '1', devices: [child(id)] }),
    },
  ]),
  ...['gatewayId', 'deviceModelId'].map(
    (name): Case => ({
      id: `${name} of a device`,
      type: 'thingplus-register-device',
      settings: () => ({ deviceName: 'D', deviceId: '', ...(name === 'gatewayId' ? { gatewayId: '' } : {}) }),
      msg: (id) => ({ [name]: id }),
    }),
  ),
  {
    id: 'device that is taken',
    isTaken: true,
    type: 'thingplus-register-device',
    settings: () => ({ deviceName: 'D', deviceId: 'd', deviceIdType: 'msg' }),
    msg: (d) => ({ d }),
  },
  ...['gatewayId', 'sensorId'].map(
    (name): Case => ({
      id: `${name} of a sensor`,
      isTaken: name === 'sensorId',
      type: 'thingplus-register-sensor',
      settings: () => ({
        sensorName: 'S',
        sensorType: 'temperature',
        sensorId: 'sensorId',
        sensorIdType: 'msg',
        gatewayId: '',
      }),
      msg: (id) => ({ gatewayId, deviceId: 'device', sensorId: 'new', [name]: id }),
    }),
  ),
]

describe('An id that the cloud does not know', () => {
  let node: FieldNode
  before(startRuntime)
  after(stopRuntime)
  afterEach(() => node?.close())

  const lost = /The id 4712 came in as a number, so any leading zeros are lost/

  for (const { id, type, isTaken, outboxes, ...given } of cases) {
    const { settings = () => ({}), payload = () => value, msg = () => ({}) } = given
    it(`is told to have come in as a number where it did, and only there: ${id}, by ${type}`, async () => {
      node = await FieldNode.open(enos, isTaken ? taken : seed)
      for (const given of [4712, '4712']) {
        await node.start(type, settings(given))
        const error = await node.refusal(payload(given), msg(given))
        if (typeof given === 'number') should(error?.message).match(lost)
        else should(error?.message).not.match(/as a number/)
      }
    })

    if (!outboxes) continue
    it(`is told so by the outbox too: ${id}, by ${type}`, async () => {
      node = await FieldNode.open(enos)
      await node.start(type, { ...settings(4712), outbox: 'outbox' })
      node.flow.send('node', { payload: payload(4712), ...msg(4712) })
      should(await node.untilTold()).match(lost)
    })
  }
})
