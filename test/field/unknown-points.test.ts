import should from 'should'
import type { DeviceModels } from '../../lib/enos/device-models'
import { nearestName } from '../../lib/message'
import { startRuntime, stopRuntime } from '../nodes/flow'
import { FieldNode } from './field-node'

const model = {
  modelId: 'Boiler',
  allowAdditionalMeasurepoint: true,
  allowAdditionalAttribute: true,
  allowAdditionalEvent: true,
  measurepoints: {
    temperature: { dataType: 'DOUBLE' },
    running: { dataType: 'BOOL' },
    mode: { dataType: 'ENUM', dataDefinition: JSON.stringify({ enumType: 'INT', enumDesc: { 0: 'off', 1: 'on' } }) },
  },
  attributes: { ratedPower: { dataType: 'DOUBLE' } },
}
const enos = {
  devices: [
    { productKey: 'pK11111', deviceKey: 'dK987654', deviceSecret: 'ds54321', assetId: 'asset-1', modelId: 'Boiler' },
  ],
  models: [model],
}

describe('A point that the thing model of its device lacks', () => {
  let node: FieldNode
  before(startRuntime)
  after(stopRuntime)
  beforeEach(async () => {
    node = await FieldNode.open(enos)
  })
  afterEach(() => node.close())

  const modelsOf = () => (node.flow.node('app') as unknown as { client(): { models: DeviceModels } }).client().models
  /** The first message asks for the model; from then on it is known. */
  const start = async (more: object, type = 'enos-post-measurepoint') => {
    await node.start(type, { modelCheck: 'warn', ...more })
    await node.send({ first: 1 })
    // The device's model id, and then the model.
    for (let question = 0; question < 2; question++) {
      await modelsOf().settled()
      modelsOf().known({ assetId: 'asset-1' }, 'measurepoint')
      modelsOf().known({ productKey: 'pK11111', deviceKey: 'dK987654' }, 'measurepoint')
    }
    await modelsOf().settled()
  }

  for (const channel of ['device', 'integration']) {
    it(`is sent with a warning that names the nearest point (${channel})`, async () => {
      await start({ channel })
      const receipt = await node.send({ temprature: 1, 'temp erature': 2, temperature: 3, zzz: 4 })
      should(receipt.points).equal(4)
      should(receipt.warnings.map(({ point }) => point)).deepEqual(['temprature', 'temp erature', 'zzz'])
      should(receipt.warnings[0]?.reason).match(/Did you mean "temperature"\?.*EnOS may store it or drop it/)
      should(receipt.warnings[2]?.reason).not.match(/Did you mean/)
      should((await node.flow.status('node', 'yellow')).text).equal('4 · 3 doubtful')
      should(node.flow.received('caught')).be.empty()
    })
  }

  it('is left out where the node is set to refuse it, or refuses the message', async () => {
    await start({ modelCheck: 'refuse' })
    const { receipt } = await node.partly({ temprature: 1, temperature: 2 })
    should(receipt.rejected[0]).containEql({ point: 'temprature' })
    should(node.values().at(-1)).deepEqual({ temperature: 2 })
    await start({ modelCheck: 'refuse', unsendable: 'refuse' })
    should((await node.refusal({ temprature: 1, temperature: 2 }))?.message).match(/"temprature".*temperature/)
  })

  it('is told to have come in as a number where it did', async () => {
    await start({})
    const receipt = await node.send(21.5, { topic: 4712 })
    should(receipt.warnings[0]?.reason).match(/The id 4712 came in as a number, so any leading zeros are lost/)
    should((await node.send(21.5, { topic: '4712' })).warnings[0]?.reason).not.match(/as a number/)
  })

  it('is not looked for where the node is set so, or no application is chosen', async () => {
    for (const more of [{ modelCheck: 'off' }, { app: '' }]) {
      await node.start('enos-post-measurepoint', { modelCheck: 'warn', ...more })
      for (let time = 0; time < 3; time++) should(await node.send({ temprature: 1 })).not.have.property('warnings')
    }
  })

  it('delays and fails no message while the model cannot be had', async () => {
    node.simulator.setFaults([{ kind: 'reset', path: '/connect-service/v2.1/devices' }])
    await node.start('enos-post-measurepoint', { modelCheck: 'refuse' })
    for (let time = 0; time < 3; time++) should(await node.send({ temprature: time })).containEql({ points: 1 })
  })

  it('has company: values of known points are checked against their types', async () => {
    await start({})
    await node.send({ temperature: '21.5', running: 'off', mode: '1' })
    should(node.values().at(-1)).deepEqual({ temperature: 21.5, running: false, mode: 1 })
    const { receipt } = await node.partly({ temperature: 'warm', running: true })
    should(receipt.rejected[0]?.reason).match(/"warm" is not a number, and the type is DOUBLE/)
  })

  it('may be an attribute', async () => {
    await start({ channel: 'integration' }, 'enos-update-attribute')
    const receipt = await node.send({ ratedPwer: 1 })
    should(receipt.warnings[0]?.reason).match(/"ratedPower"/)
  })

  it('is asked about once, however many messages there are', async () => {
    await start({})
    const before = node.simulator.state()['requests'] as number
    for (let time = 0; time < 5; time++) await node.send({ temprature: time })
    should((node.simulator.state()['requests'] as number) - before).equal(5)
  })

  it('has no nearest name where none is near', () => {
    should(nearestName(['temperature', 'pressure'], 'presure')).equal('pressure')
    should(nearestName(['temperature'], 'x')).be.undefined()
    should(
      nearestName(
        Array.from({ length: 10_000 }, (_, n) => `point ${n}`),
        'y'.repeat(100_000),
      ),
    ).be.undefined()
  })
})
