import should from 'should'
import type { OutboxFigures } from '../../lib/outbox'
import type { Simulator } from '../../lib/simulator'
import { newFolder, removeFolder } from '../folder'
import { patienceMs } from '../patience'
import { startSimulator } from '../ports'
import { type FlowUnderTest, startFlow, startRuntime, stopFlow, stopRuntime } from './flow'
import { outboxTypes } from './outbox'
import { configuration, demoCredentials, gatewayId, seed, thingplusTypes } from './thingplus'

describe('A Thing+ node with an outbox', function () {
  this.timeout(patienceMs)
  let simulator: Simulator
  let flow: FlowUnderTest
  let folder: string
  before(startRuntime)
  after(stopRuntime)
  beforeEach(async () => {
    simulator = await startSimulator({ port: 0, seed: { thingplus: seed } })
    folder = await newFolder('thingplus-outbox')
  })
  afterEach(async () => {
    await stopFlow()
    await simulator.close()
    await removeFolder(folder)
  })

  const start = async (node: Record<string, unknown>) => {
    flow = await startFlow(
      [...thingplusTypes, ...outboxTypes],
      [
        configuration(simulator.url),
        { id: 'outbox', type: 'cloud-outbox', folder },
        { id: 'node', type: '', client: 'client', outbox: 'outbox', wires: [['out']], ...node },
        { id: 'control', type: 'cloud-outbox-control', outbox: 'outbox', wires: [['out']] },
      ],
      demoCredentials,
    )
  }
  const accept = async (msg: object) => {
    const isDone = flow.completed('node')
    flow.send('node', msg)
    await isDone
  }
  const until = async (expected: (lane: OutboxFigures['lanes'][number]) => boolean) => {
    for (const since = Date.now(); ; await new Promise((resolve) => setTimeout(resolve, 20))) {
      const { lanes } = (await flow.run('control', { payload: 'figures' })).payload as OutboxFigures
      if (lanes[0] && expected(lanes[0])) return lanes[0]
      if (Date.now() - since > 50_000) throw new Error(`The outbox stays at ${JSON.stringify(lanes)}`)
    }
  }
  const values = (sensorId: string) =>
    simulator.points(`${gatewayId}/${sensorId}`)?.map(({ values: { value } }) => value)

  it('takes values without a line, and delivers them in order within each sensor', async () => {
    await start({ type: 'thingplus-send-value' })
    simulator.setFaults([{ kind: 'reset' }])
    const time = Date.now() - 60_000
    for (let n = 0; n < 10; n++) {
      await accept({
        gatewayId,
        payload: { temperature: { value: n, time: time + n }, door: { value: n % 2 === 0, time: time + n } },
      })
    }
    simulator.setFaults([])
    await flow.run('control', { payload: 'flush' })
    await until(({ delivered }) => delivered === 20)
    should(values('temperature')).deepEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
    should(values('door')).deepEqual(['1', '0', '1', '0', '1', '0', '1', '0', '1', '0'])
  })

  it('refuses a message without values instead of taking in nothing', async () => {
    await start({ type: 'thingplus-send-value' })
    for (const payload of [{}, Buffer.from('21')]) {
      const caught = flow.next('caught')
      flow.send('node', { gatewayId, payload })
      should((await caught).error?.code).match(/INPUT_(EMPTY|INVALID)/)
    }
  })

  it('makes a dead letter of a value that the sensor type does not take, and delivers the others', async () => {
    await start({ type: 'thingplus-send-value' })
    const time = Date.now() - 60_000
    const entries = [1, 2, { lat: 1 }, 4].map((value, n) => ({ value, time: time + n }))
    simulator.setOptions({ thingplus: { checkValueKind: true } })
    await accept({ gatewayId, sensorId: 'temperature', payload: entries })
    await until(({ delivered, dead }) => delivered === 3 && dead === 1)
  })

  it('sends only the latest of the statuses that waited', async () => {
    await start({ type: 'thingplus-send-status', target: 'gateway' })
    simulator.setFaults([{ kind: 'reset' }])
    for (const status of ['on', 'off', 'err']) await accept({ gatewayId, status })
    const { requests } = simulator.state()
    simulator.setFaults([])
    await flow.run('control', { payload: 'flush' })
    await until(({ delivered }) => delivered === 3)
    const { statuses } = simulator.state().thingplus as { statuses: { value: string }[] }
    statuses.should.matchEach({ value: 'err' })
    should(requests).be.a.Number()
  })
})
