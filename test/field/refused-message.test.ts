import should from 'should'
import { startRuntime, stopRuntime } from '../nodes/flow'
import { gatewayId } from '../nodes/thingplus'
import { FieldNode } from './field-node'

const device = {
  productKey: 'pK11111',
  deviceKey: 'dK987654',
  deviceSecret: 'ds54321',
  assetId: 'asset-1',
  modelId: 'Demo',
}
const circular: { value?: unknown } = {}
circular.value = circular

const bad: Record<string, [value: unknown, code: string]> = {
  'a time that cannot be read': [{ value: 1, time: 'soon' }, 'INPUT_TIME_INVALID'],
  'an object that holds itself': [circular, 'INPUT_CIRCULAR'],
  'bytes that are no text': [new Float64Array(2), 'INPUT_INVALID'],
  'the sensor of another one': [{ value: 1, sensorId: 'door' }, 'INPUT_INVALID'],
}

describe('A message with one value that can’t be sent, by a node that refuses it as a whole', () => {
  let node: FieldNode
  before(startRuntime)
  after(stopRuntime)
  afterEach(() => node?.close())

  const refuses = { unsendable: 'refuse' }
  const ofSensor = (sensorId: string) => node.values(`${gatewayId}/${sensorId}`)

  for (const outbox of ['', 'outbox']) {
    const how = outbox ? 'through an outbox' : 'at once'
    const start = async (type: string, settings: object = {}) => {
      node = await FieldNode.open({ devices: [device] })
      await node.start(type, { ...settings, ...(outbox && { outbox }) }, refuses)
    }
    /** What follows is sent, and nothing else was. */
    const sendGood = async (payload: object) => {
      if (!outbox) return void (await node.send(payload))
      const done = node.flow.completed('node')
      node.flow.send('node', { payload })
      await done
      await node.untilDelivered(1)
    }

    for (const [what, [value, code]] of Object.entries(bad))
      it(`is not sent to its other sensors either: ${what}, ${how}`, async () => {
        await start('thingplus-send-value', { sensorId: '', sensorIdType: 'str' })
        const error = await node.refusal({ temperature: 20, string: value, door: 1 })
        should(error).containEql({ code })
        await sendGood({ temperature: 21 })
        should(ofSensor('temperature')).deepEqual([{ value: '21' }])
        should(ofSensor('door')).be.empty()
      })

    it(`is not sent to its other devices either: ${how}`, async () => {
      await start('enos-post-measurepoint', { channel: 'device' })
      const rows = [{ temperature: 20 }, { temperature: 21, time: 'soon' }]
      should(await node.refusal(rows)).containEql({ code: 'INPUT_TIME_INVALID' })
      await sendGood({ temperature: 22 })
      should(node.values()).deepEqual([{ temperature: 22 }])
    })

    it(`is sent to the others where the cloud alone can tell that it does not fit: ${how}`, async () => {
      await start('thingplus-send-value', { sensorId: '', sensorIdType: 'str' })
      node.simulator.setOptions({ thingplus: { checkValueKind: true } })
      const payload = { temperature: 20, door: { value: { lat: 1 } } }
      if (outbox) {
        node.flow.send('node', { payload })
        while ((await node.lane())?.dead !== 1) await new Promise((resolve) => setTimeout(resolve, 20))
        should((await node.lane())?.delivered).equal(1)
      } else should(await node.refusal(payload)).containEql({ code: 'PARTIAL_FAILURE' })
      should(ofSensor('temperature')).deepEqual([{ value: '20' }])
      should(ofSensor('door')).be.empty()
    })
  }
})
