import should from 'should'
import { startRuntime, stopRuntime } from '../nodes/flow'
import { gatewayId } from '../nodes/thingplus'
import { FieldNode } from './field-node'

const device = (name: { productKey?: string; deviceKey: string; assetId: string; gateway?: string }) => ({
  productKey: 'pK11111',
  deviceSecret: 'ds54321',
  gateway: null,
  ...name,
})
const enos = {
  devices: [
    device({ deviceKey: 'dK987654', assetId: 'asset-1' }),
    device({ productKey: '777', deviceKey: '888', assetId: '12345', gateway: 'asset-1' }),
  ],
}
const own = 'pK11111/dK987654'
const nodes = [
  { type: 'enos-post-measurepoint', payload: { temperature: 77 } },
  { type: 'enos-update-attribute', payload: { serial: 'S-1' } },
  { type: 'enos-post-event', payload: { temperature: 77 } },
]
const tableOf = (source: string) => ({
  valuesFrom: 'table',
  points: [{ id: 'temperature', source, sourceType: 'msg' }],
})

describe('A value that names a target of its own', () => {
  let node: FieldNode
  before(startRuntime)
  after(stopRuntime)
  beforeEach(async () => {
    node = await FieldNode.open(enos)
  })
  afterEach(() => node.close())

  const acceptedByEnos = () => {
    const { pointsAccepted, attributesAccepted, eventsAccepted } = node.simulator.state().enos as Record<string, number>
    return Number(pointsAccepted) + Number(attributesAccepted) + Number(eventsAccepted)
  }

  for (const outbox of ['', 'outbox']) {
    for (const { type, payload } of nodes) {
      it(`is refused through a device by its asset id, by ${type}${outbox && ' with an outbox'}`, async () => {
        await node.start(type, { outbox })
        for (const assetId of [12345, 'asset-1'])
          should(await node.refusal(payload, { assetId })).match({
            code: 'INPUT_INVALID',
            message: /msg\.assetId.*integration channel/,
          })
        for (const assetId of ['', null, 1.5])
          should((await node.refusal(payload, { assetId }))?.message).match(/^msg\.assetId is /)
        should(acceptedByEnos()).equal(0)
      })
    }

    for (const { type, payload } of nodes.slice(1)) {
      it(`is refused through a device where that is not the device, by ${type}${outbox && ' with an outbox'}`, async () => {
        await node.start(type, { outbox })
        const error = await node.refusal(payload, { productKey: 777, deviceKey: 888 })
        should(error).match({ code: 'INPUT_INVALID', message: /attributes and events of its own device only/ })
        should(acceptedByEnos()).equal(0)
      })
    }
  }

  it('goes to the sub-device that the message names, and to the device itself where that is named', async () => {
    await node.start('enos-post-measurepoint')
    await node.send({ temperature: 1 }, { productKey: 777, deviceKey: 888 })
    await node.send([{ temperature: 2 }, { productKey: 'pK11111', deviceKey: 'dK987654', temperature: 3 }], {
      productKey: '777',
      deviceKey: '888',
    })
    await node.send({ temperature: 4 }, { productKey: 'pK11111', deviceKey: 'dK987654' })
    should(node.values('777/888')).deepEqual([{ temperature: 1 }, { temperature: 2 }])
    should(node.values(own)).deepEqual([{ temperature: 3 }, { temperature: 4 }])
    for (const half of [{ productKey: '777' }, { deviceKey: '888' }])
      should((await node.refusal({ temperature: 5 }, half))?.message).match(/by productKey and deviceKey together/)
  })

  it('goes there from a table too, where the payload names it and no row of the table takes it as a value', async () => {
    await node.start('enos-post-measurepoint', { ...tableOf('payload.t'), channel: 'integration' })
    await node.send({ assetId: 12345, t: 1 })
    await node.send({ productKey: 777, deviceKey: 888, t: 2 })
    should(node.values('12345')).deepEqual([{ temperature: 1 }, { temperature: 2 }])
    should((await node.refusal({ assetId: '', t: 3 }))?.message).match(/"assetId" is present but empty/)
    await node.start('enos-post-measurepoint', tableOf('payload.t'))
    should((await node.refusal({ assetId: 12345, t: 4 }))?.message).match(/integration channel/)
    await node.start('enos-post-measurepoint', tableOf('payload.assetId'))
    await node.send({ assetId: 12345 })
    should(node.values(own)).deepEqual([{ temperature: 12345 }])
  })

  it('goes there with the metrics of Sparkplug B', async () => {
    await node.start('enos-post-measurepoint', { channel: 'integration' })
    const metrics = [{ name: 'temperature', type: 'Double', value: 1 }]
    await node.send({ metrics, assetId: 12345 })
    should(node.values('12345')).deepEqual([{ temperature: 1 }])
    should((await node.refusal({ metrics, assetId: false }))?.message).match(/"assetId" is a value of type boolean/)
  })

  it('is refused where its row names another event, which is no parameter', async () => {
    await node.start('enos-post-event', { channel: 'integration', eventId: '4711' })
    for (const row of [{ level: 1 }, { events: { level: 1 } }]) {
      await node.send([{ ...row, eventId: 4711 }])
      should(await node.refusal([{ ...row, eventId: 'other' }])).match({
        code: 'INPUT_INVALID',
        message: /Entry 0 names the event "other".*"4711"/,
      })
      should((await node.refusal([{ ...row, eventId: {} }]))?.message).match(/"eventId" is an object/)
    }
    should(node.simulator.state().enos).match({ eventsAccepted: 2 })
  })

  for (const outbox of ['', 'outbox']) {
    const accepted = async () =>
      outbox
        ? ((await node.lane())?.accepted ?? 0)
        : (node.simulator.state().thingplus as { valuesAccepted: number }).valuesAccepted

    it(`is refused where an entry names another sensor or gateway of Thing+${outbox && ', with an outbox'}`, async () => {
      await node.start('thingplus-send-value', { sensorId: 'temperature', sensorIdType: 'str', outbox })
      for (const name of ['sensorId', 'gatewayId'])
        for (const payload of [
          { value: 1, [name]: 4711 },
          [{ value: 1, [name]: 'door', time: Date.now() }],
          { value: 1, [name]: '' },
        ])
          should((await node.refusal(payload))?.message).match(new RegExp(name.replace('Id', '')))
      should(await accepted()).equal(0)
      const done = node.flow.completed('node')
      node.flow.send('node', { payload: [{ value: 1, sensorId: 'temperature', gatewayId }] })
      await done
      should(await accepted()).equal(1)
    })

    it(`is refused where a row names another gateway of Thing+, or one sensor${outbox && ', with an outbox'}`, async () => {
      await node.start('thingplus-send-value', { sensorId: '', sensorIdType: 'str', outbox })
      const metrics = [{ name: 'temperature', type: 'Double', value: 1 }]
      for (const named of [{ gatewayId: 4711 }, { gatewayId: null }, { sensorId: 'door' }])
        for (const row of [{ temperature: 1 }, { temperature: [{ value: 1 }] }, { metrics }])
          should((await node.refusal({ ...row, ...named }))?.message).match(new RegExp(Object.keys(named)[0] ?? ''))
      should(await accepted()).equal(0)
      for (const row of [{ temperature: 1 }, { metrics }]) {
        const done = node.flow.completed('node')
        node.flow.send('node', { payload: { ...row, gatewayId } })
        await done
      }
      should(await accepted()).equal(2)
      const sensors = [{ id: 'temperature', source: 'payload.t', sourceType: 'msg' }]
      await node.start('thingplus-send-value', { valuesFrom: 'table', sensors, outbox })
      should((await node.refusal({ gatewayId: 4711, t: 1 }))?.message).match(/gatewayId/)
      should(await accepted()).equal(2)
    })
  }
})
