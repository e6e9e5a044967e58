import should from 'should'
import type { Simulator } from '../../lib/simulator'
import { newFolder, removeFolder } from '../folder'
import { patienceMs } from '../patience'
import { startSimulator } from '../ports'
import { configurations, demoCredentials, enosTypes } from './enos'
import { type FlowUnderTest, startFlow, startRuntime, stopFlow, stopRuntime } from './flow'
import { outboxTypes } from './outbox'

const strictSeed = {
  enos: {
    devices: [
      {
        productKey: 'pK11111',
        deviceKey: 'dK987654',
        deviceSecret: 'ds54321',
        assetId: 'asset-1',
        modelId: 'Strict',
        gateway: null,
      },
    ],
    models: [{ modelId: 'Strict', allowAdditionalMeasurepoint: false, measurepoints: { n: { dataType: 'INT' } } }],
  },
}

describe('The badge of a node with an outbox', function () {
  this.timeout(patienceMs)
  let simulator: Simulator
  let flow: FlowUnderTest
  let folder: string
  before(startRuntime)
  after(stopRuntime)
  beforeEach(async () => {
    simulator = await startSimulator({ port: 0, seed: strictSeed })
    folder = await newFolder('badges')
  })
  afterEach(async () => {
    await stopFlow()
    await simulator.close()
    await removeFolder(folder)
  })

  const sender = { type: 'enos-post-measurepoint', channel: 'device', device: 'device', outbox: 'outbox', wires: [[]] }
  const start = async () => {
    flow = await startFlow(
      [...enosTypes, ...outboxTypes],
      [
        ...configurations(simulator.url),
        { id: 'outbox', type: 'cloud-outbox', folder },
        { ...sender, id: 'node' },
        { ...sender, id: 'neighbour' },
        { id: 'control', type: 'cloud-outbox-control', outbox: 'outbox', wires: [['out'], ['completed']] },
      ],
      demoCredentials,
    )
  }
  const accept = async (id: string, payload: unknown) => {
    const isDone = flow.completed(id)
    flow.send(id, { payload })
    await isDone
  }

  const secondsIn = (text = '') => Number(/lane\.login (\d+) s/.exec(text)?.[1])
  const countsDown = async (id: string) => {
    const first = secondsIn((await flow.statusText(id, /lane\.login \d+ s/)).text)
    should(first).be.within(60, 120)
    const later = Array.from({ length: 30 }, (_, at) => first - 2 - at)
    await flow.statusText(id, new RegExp(`lane.login (${later.join('|')}) s`))
  }

  it('counts down the seconds until the next login, where a further one would make EnOS block the device', async () => {
    flow = await startFlow(
      [...enosTypes, ...outboxTypes],
      [
        ...configurations(simulator.url),
        { id: 'outbox', type: 'cloud-outbox', folder },
        { ...sender, id: 'node' },
        { ...sender, id: 'neighbour', outbox: '' },
      ],
      { ...demoCredentials, device: { deviceSecret: 'wrong' } },
    )
    for (let count = 0; count < 4; count++) {
      const caught = flow.next('caught')
      flow.send('neighbour', { payload: { n: 1 } })
      await caught
    }
    await countsDown('neighbour')
    await accept('node', { n: 1 })
    await countsDown('node')
  })

  it('stays at what went wrong until a message is accepted, whatever the lane does meanwhile', async () => {
    await start()
    await accept('node', { n: 1 })
    await flow.statusText('node', /delivered 1$/)
    const caught = flow.next('caught')
    flow.send('node', { payload: { n: Number.NaN } })
    await caught
    should((await flow.status('node', 'red')).text).match(/INPUT_INVALID$/)
    const before = flow.statuses('node').length
    await accept('neighbour', { n: 2 })
    await flow.statusText('neighbour', /delivered 2$/)
    await flow.run('control', { payload: 'pause' })
    await flow.statusText('neighbour', /paused/)
    await flow.run('control', { payload: 'resume' })
    await flow.statusText('neighbour', /delivered 2$/)
    should(flow.statuses('node')).have.length(before)
    await accept('node', { n: 3 })
    await flow.statusText('node', /delivered 3$/)
  })

  it('shows dead letters in yellow, writes the first of them into the log, and is green without them', async () => {
    await start()
    await accept('node', [{ n: 1 }, { wrong: 1 }, { n: 2 }, { wrong: 2 }, { n: 3 }])
    const badge = await flow.statusText('node', /2 \S*dead$/)
    should(badge).containEql({ fill: 'yellow', shape: 'dot' })
    should(badge.text).match(/delivered 3 · 2 /)
    should(flow.warnings('outbox')).have.length(1)
    should(flow.warnings('outbox')[0]).match(/pK11111\/dK987654.*kept as a dead letter.*thing model.*outbox control/s)
    await flow.run('control', { payload: 'drop-dead-letters' })
    should(await flow.statusText('node', /delivered 3$/)).containEql({ fill: 'green' })
  })

  it('needs no look at the dead letters: outbox control sends each of them on as it comes', async () => {
    await start()
    const letter = flow.next('completed')
    flow.send('node', { payload: [{ n: 1 }, { wrong: 7 }, { n: 2 }] })
    let msg = await letter
    while (msg.complete) msg = await flow.next('completed')
    const [listed] = (await flow.run('control', { payload: 'dead-letters' })).payload as unknown[]
    should(msg).containEql({ topic: 'pK11111/dK987654', payload: listed })
    should(msg.payload).have.property('payload').with.property('measurepoints', { wrong: 7 })
    should(msg.payload).have.property('reason').with.property('code', 'VALIDATION_REFUSED')
  })
})
