import type { NodeInitializer } from 'node-red'
import should from 'should'
import type { OutboxFigures } from '../../lib/outbox'
import type { Simulator } from '../../lib/simulator'
import { newFolder, removeFolder } from '../folder'
import { configurations, demoCredentials, enosTypes } from '../nodes/enos'
import { type FlowUnderTest, startFlow, startRuntime, stopFlow, stopRuntime } from '../nodes/flow'
import { outboxTypes } from '../nodes/outbox'
import * as thingplus from '../nodes/thingplus'
import { patienceMs } from '../patience'
import { startSimulator } from '../ports'
import { PcClock } from './pc-clock'

const device = 'pK11111/dK987654'
const boot = '11111111-1111-4111-8111-111111111111'
const nextBoot = '22222222-2222-4222-8222-222222222222'

describe('A PC whose clock is not set', () => {
  const clock = new PcClock()
  let simulator: Simulator
  let flow: FlowUnderTest
  let folder: string
  before(startRuntime)
  after(async () => {
    clock.end()
    await stopRuntime()
  })
  beforeEach(async () => {
    clock.start(boot)
    simulator = await startSimulator({ port: 0, seed: { thingplus: thingplus.seed } })
    folder = await newFolder('clock')
  })
  afterEach(async () => {
    await stopFlow()
    await simulator.close()
    await removeFolder(folder)
  })

  let opened = 0
  const start = async (node: Record<string, unknown> & { type: string }) => {
    flow = await startFlow(
      [clock.installed as unknown as NodeInitializer, ...enosTypes, ...thingplus.thingplusTypes, ...outboxTypes],
      [
        ...configurations(simulator.url),
        thingplus.configuration(simulator.url),
        // Other limits each time: a deployment would take over what the one before has open.
        { id: 'outbox', type: 'cloud-outbox', folder, maxMegabytes: String(100 + ++opened) },
        { id: 'node', channel: 'device', device: 'device', app: 'app', client: 'client', wires: [['out']], ...node },
        { id: 'control', type: 'cloud-outbox-control', outbox: 'outbox', wires: [['out']] },
      ],
      { ...demoCredentials, ...thingplus.demoCredentials },
    )
  }
  const post = (node: Record<string, unknown> = {}) =>
    start({ type: 'enos-post-measurepoint', outbox: 'outbox', ...node })
  const accept = async (msg: object) => {
    const isDone = flow.completed('node')
    flow.send('node', msg)
    await isDone
  }
  const until = async (expected: (lane: OutboxFigures['lanes'][number]) => boolean) => {
    for (const since = Date.now(); ; await new Promise((resolve) => setTimeout(resolve, 20))) {
      const { lanes } = (await flow.run('control', { payload: 'figures' })).payload as OutboxFigures
      const lane = lanes.find(expected)
      if (lane) return lane
      if (Date.now() - since > 50_000) throw new Error(`The outbox stays at ${JSON.stringify(lanes)}`)
    }
  }
  const delivered = (count: number) => until((lane) => lane.delivered === count)
  const points = (stream = device) => simulator.points(stream) ?? []
  /** Accepts a message, and tells between which two moments that was. */
  const timed = async (msg: object) => {
    const sinceMs = Date.now()
    await accept(msg)
    return { sinceMs, untilMs: Date.now() }
  }
  const shouldLie = (timeMs: number | undefined, { sinceMs, untilMs }: { sinceMs: number; untilMs: number }) =>
    should(timeMs).be.within(sinceMs - 2, untilMs + 2)

  describe('without an outbox', () => {
    it('sends no value by the time of its arrival, which would be of 1970', async () => {
      await post({ outbox: '' })
      flow.send('node', { payload: { temp: 1 } })
      const { error } = await flow.next('caught')
      should(error).match({ code: 'CLOCK_NOT_SET', message: /clock is not set.*choose an outbox/ })
      should((await flow.status('node', 'red')).text).match(/CLOCK_NOT_SET/)
      should(points()).be.empty()
    })

    it('sends values with times of their own, and attributes, which have none', async () => {
      await post({ outbox: '' })
      const time = Date.now()
      await flow.run('node', { payload: [{ temp: 1, time }] })
      should(points().map(({ timeMs }) => timeMs)).deepEqual([time])
      await stopFlow()
      await start({ type: 'enos-update-attribute', outbox: '' })
      await flow.run('node', { payload: { serialNumber: 'A-17' } })
    })

    it('sends no event and no value of Thing+ either', async () => {
      await start({ type: 'enos-post-event', outbox: '', eventId: 'overheat' })
      flow.send('node', { payload: { temperature: 99 } })
      should((await flow.next('caught')).error).match({ code: 'CLOCK_NOT_SET' })
      await stopFlow()
      await start({ type: 'thingplus-send-value', outbox: '' })
      flow.send('node', { gatewayId: thingplus.gatewayId, sensorId: 'temperature', payload: 21 })
      should((await flow.next('caught')).error).match({ code: 'CLOCK_NOT_SET' })
    })

    it('sends as ever once the clock is set', async () => {
      await post({ outbox: '' })
      clock.set()
      const sinceMs = Date.now()
      await flow.run('node', { payload: { temp: 1 } })
      shouldLie(points()[0]?.timeMs, { sinceMs, untilMs: Date.now() })
    })
  })

  describe('with an outbox', function () {
    this.timeout(patienceMs)
    it('keeps values until the clock is set, says so, and then dates each to when it came', async () => {
      await post()
      const first = await timed({ payload: { temp: 1 } })
      await new Promise((resolve) => setTimeout(resolve, 150))
      const second = await timed({ payload: [{ temp: 2 }, { temp: 3 }] })
      should((await flow.status('node', 'red')).text).match(/CLOCK_NOT_SET \d$/)
      should(points()).be.empty()
      clock.set()
      await delivered(3)
      should(points().map(({ values }) => values)).deepEqual([{ temp: 1 }, { temp: 2 }, { temp: 3 }])
      shouldLie(points()[0]?.timeMs, first)
      shouldLie(points()[1]?.timeMs, second)
      shouldLie(points()[2]?.timeMs, second)
      await flow.status('node', 'green')
    })

    it('sends values with times of their own meanwhile, but for those that follow in the same stream', async () => {
      await post({ channel: 'integration', assetId: 'asset-1' })
      await accept({ payload: { a: 1 } })
      const time = Date.now()
      await accept({ payload: { a: 2, time } })
      await accept({ payload: { b: 1, time, productKey: 'pK11111', deviceKey: 'dK987654' } })
      await delivered(1)
      should(points('asset-1').map(({ values }) => values)).deepEqual([{ b: 1 }])
      clock.set()
      await delivered(3)
      should(points('asset-1').map(({ values }) => values)).deepEqual([{ b: 1 }, { a: 1 }, { a: 2 }])
      should(points('asset-1').at(-1)?.timeMs).equal(time)
    })

    it('does the same for events', async () => {
      await start({ type: 'enos-post-event', outbox: 'outbox', eventId: 'overheat' })
      await accept({ payload: { temperature: 99 } })
      await flow.status('node', 'red')
      should(simulator.state().enos).match({ eventsAccepted: 0 })
      clock.set()
      await delivered(1)
      should(simulator.state().enos).match({ eventsAccepted: 1 })
    })

    it('does the same for values of Thing+', async () => {
      await start({ type: 'thingplus-send-value', outbox: 'outbox' })
      const msg = { gatewayId: thingplus.gatewayId, sensorId: 'temperature' }
      const first = await timed({ ...msg, payload: 21 })
      const second = await timed({ ...msg, payload: 22 })
      await flow.status('node', 'red')
      clock.set()
      await delivered(2)
      const sent = points(`${thingplus.gatewayId}/temperature`)
      should(sent.map(({ values }) => values.value)).deepEqual(['21', '22'])
      shouldLie(sent[0]?.timeMs, first)
      shouldLie(sent[1]?.timeMs, second)
    })

    it('sends attributes and statuses at once: they bear no time', async () => {
      await start({ type: 'enos-update-attribute', outbox: 'outbox' })
      await accept({ payload: { serialNumber: 'A-17' } })
      await delivered(1)
    })

    it('dates values to when they came through a restart of Node-RED', async () => {
      await post()
      const came = await timed({ payload: { temp: 1 } })
      await flow.status('node', 'red')
      await stopFlow()
      await post()
      await until((lane) => lane.waitsForClock === true)
      clock.set()
      await delivered(1)
      shouldLie(points()[0]?.timeMs, came)
    })

    it('gives up values of before a restart of the PC, with the reason, instead of inventing a time', async () => {
      await post()
      await accept({ payload: [{ temp: 1 }, { temp: 2 }] })
      await accept({ payload: { temp: 3, time: Date.now() } })
      await flow.status('node', 'red')
      await stopFlow()
      clock.start(nextBoot)
      clock.set()
      await post()
      const { dead } = await until((lane) => lane.dead + lane.delivered === 3)
      should(dead).equal(2)
      should(points().map(({ values }) => values)).deepEqual([{ temp: 3 }])
      const { payload } = await flow.run('control', { payload: 'dead-letters' })
      should(JSON.stringify(payload)).match(/CLOCK_NOT_SET.*nobody knows when it was measured/)
    })

    it('dates values anew where the clock was set by more than a minute since they came', async () => {
      clock.set(Date.now() - 3 * 3_600_000)
      await post()
      simulator.setFaults([{ kind: 'reset' }])
      const came = await timed({ payload: { temp: 1 } })
      await until((lane) => lane.state === 'offline')
      const own = Date.now() - 5_000
      await accept({ payload: { temp: 2, time: own } })
      clock.set()
      simulator.setFaults([])
      await flow.run('control', { payload: 'flush' })
      await delivered(2)
      shouldLie(points()[0]?.timeMs, came)
      should(points()[1]?.timeMs).equal(own)
    })

    it('leaves times alone where the clock was only corrected by some seconds', async () => {
      clock.set(Date.now() - 20_000)
      await post()
      simulator.setFaults([{ kind: 'reset' }])
      const { sinceMs, untilMs } = await timed({ payload: { temp: 1 } })
      await until((lane) => lane.state === 'offline')
      clock.set()
      simulator.setFaults([])
      await flow.run('control', { payload: 'flush' })
      await delivered(1)
      shouldLie(points()[0]?.timeMs, { sinceMs: sinceMs - 20_000, untilMs: untilMs - 20_000 })
    })
  })
})
