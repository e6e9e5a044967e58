import should from 'should'
import type { Simulator } from '../../lib/simulator'
import { startSimulator } from '../ports'
import { type FlowUnderTest, startFlow, startRuntime, stopFlow, stopRuntime } from './flow'
import { configuration, demoCredentials, seed, type ThingPlusState, thingplusTypes } from './thingplus'

describe('thingplus-register-gateway with devices', () => {
  let simulator: Simulator
  let flow: FlowUnderTest
  before(startRuntime)
  after(stopRuntime)
  beforeEach(async () => {
    simulator = await startSimulator({ port: 0, seed: { thingplus: seed } })
    flow = await startFlow(
      thingplusTypes,
      [
        configuration(simulator.url),
        {
          id: 'node',
          type: 'thingplus-register-gateway',
          client: 'client',
          gatewayName: 'Hall 2',
          gatewayId: 'ffffffffffff4fffbfffffffffffffff',
          wires: [['out']],
        },
      ],
      demoCredentials,
    )
  })
  afterEach(async () => {
    await stopFlow()
    await simulator.close()
  })

  const press = (sensorId: string) => [
    { id: 'press', name: 'Press', sensors: [{ id: sensorId, name: 'Oil', type: 'temperature' }] },
  ]

  it('registers the whole tree, and nothing twice', async () => {
    const first = await flow.run('node', { devices: press('oil') })
    should(first).have.property('created', true)
    should(first.payload).containDeep({ devices: [{ id: 'press' }], sensors: [{ id: 'oil', type: 'temperature' }] })
    should(await flow.run('node', { devices: press('oil') })).containEql({ created: false, payload: first.payload })
    const { devices, sensors } = simulator.state()['thingplus'] as ThingPlusState
    should([devices.length, sensors.length]).deepEqual([seed.devices.length + 1, seed.sensors.length + 1])
  })

  it('names the children that failed', async () => {
    const caught = flow.next('caught')
    flow.send('node', { devices: press('door') })
    const { error } = await caught
    should(error).have.property('code', 'PARTIAL_FAILURE')
    should(error?.message).match(/"Oil" \(door\)/)
  })

  it('refuses a list that is none', async () => {
    const caught = flow.next('caught')
    flow.send('node', { devices: 'Press' })
    should((await caught).error).containEql({ code: 'INPUT_INVALID' })
  })
})
