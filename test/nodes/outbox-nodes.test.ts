import { rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import should from 'should'
import type { OutboxFigures } from '../../lib/outbox'
import type { Simulator } from '../../lib/simulator'
import { newFolder, removeFolder } from '../folder'
import { patienceMs } from '../patience'
import { startSimulator } from '../ports'
import { isWindows, itWhere } from '../skipping'
import { configurations, demoCredentials, enosTypes } from './enos'
import { type FlowUnderTest, startFlow, startRuntime, stopFlow, stopRuntime } from './flow'
import { outboxTypes } from './outbox'

const device = 'pK11111/dK987654'

describe('An EnOS node with an outbox', function () {
  this.timeout(patienceMs)
  let simulator: Simulator
  let flow: FlowUnderTest
  let folder: string
  before(startRuntime)
  after(stopRuntime)
  beforeEach(async () => {
    simulator = await startSimulator({ port: 0 })
    folder = await newFolder('outbox-nodes')
  })
  afterEach(async () => {
    await stopFlow()
    await simulator.close()
    await removeFolder(folder)
  })

  const start = async (node: Record<string, unknown> = {}, options: Record<string, unknown> = {}) => {
    flow = await startFlow(
      [...enosTypes, ...outboxTypes],
      [
        ...configurations(simulator.url),
        { id: 'outbox', type: 'cloud-outbox', folder, ...options },
        {
          id: 'node',
          type: 'enos-post-measurepoint',
          channel: 'device',
          device: 'device',
          app: 'app',
          outbox: 'outbox',
          assetId: 'asset-1',
          wires: [['out']],
          ...node,
        },
        { id: 'control', type: 'cloud-outbox-control', outbox: 'outbox', wires: [['out']] },
      ],
      demoCredentials,
    )
  }
  const accept = async (payload: unknown) => {
    const isDone = flow.completed('node')
    flow.send('node', { payload })
    await isDone
  }
  const figures = async () => (await flow.run('control', { payload: 'figures' })).payload as OutboxFigures
  /** Waits until the figures say what is expected; each look is a message through the control node. */
  const until = async (expected: (figures: OutboxFigures) => boolean) => {
    let now = await figures()
    for (const since = Date.now(); !expected(now); now = await figures()) {
      if (Date.now() - since > 50_000) throw new Error(`The outbox stays at ${JSON.stringify(now)}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    return now
  }
  const delivered = (count: number) =>
    until(({ lanes }) => lanes.reduce((sum, lane) => sum + lane.delivered, 0) === count)
  const values = (stream = device) => simulator.points(stream)?.map((point) => point.values)

  it('completes a message once it is on disk, sends nothing on, and delivers it', async () => {
    await start()
    await accept({ temp: 1 })
    await delivered(1)
    should(values()).deepEqual([{ temp: 1 }])
    flow.received('caught').length.should.equal(0)
    flow
      .received('out')
      .every(({ payload }) => typeof payload === 'object')
      .should.be.true()
    const badge = await flow.statusText('node', /delivered 1$/)
    should(badge).have.property('fill', 'green')
  })

  it('keeps messages while the line is dead, shows how many, and delivers all of them in order afterwards', async () => {
    await start()
    await accept({ n: 0 })
    await delivered(1)
    simulator.setFaults([{ kind: 'reset', path: '/topic' }])
    for (let n = 1; n < 20; n++) await accept({ n })
    const badge = await flow.status('node', 'yellow')
    should(badge.text).match(/offline \d+/)
    simulator.setFaults([])
    await delivered(20)
    should(values()?.map(({ n }) => n)).deepEqual(Array.from({ length: 20 }, (_, n) => n))
  })

  it('delivers what was accepted before Node-RED was stopped', async () => {
    await start()
    simulator.setFaults([{ kind: 'reset', path: '/topic' }])
    await accept([{ a: 1 }, { a: 2 }])
    await stopFlow()
    simulator.setFaults([])
    await start()
    await delivered(2)
    should(values()).deepEqual([{ a: 1 }, { a: 2 }])
  })

  it('sends old values to the resume topic and new ones to the live topic', async () => {
    await start()
    await accept([{ a: 1, time: Date.now() - 3_600_000 }, { a: 2 }])
    await delivered(2)
    const channels = simulator.points(device)?.map(({ channel, values: { a } }) => `${a} ${channel.split('/')[0]}`)
    should(channels?.sort()).deepEqual(['1 resume', '2 post'])
  })

  it('puts the one value that the cloud refuses aside and delivers all others', async () => {
    await simulator.close()
    const models = [
      { modelId: 'Strict', allowAdditionalMeasurepoint: false, measurepoints: { n: { dataType: 'INT' } } },
    ]
    const demo = { productKey: 'pK11111', deviceKey: 'dK987654', deviceSecret: 'ds54321', assetId: 'asset-1' }
    const devices = [{ ...demo, modelId: 'Strict', gateway: null }]
    simulator = await startSimulator({ port: 0, seed: { enos: { devices, models } } })
    await start()
    await accept(Array.from({ length: 100 }, (_, n) => (n === 37 ? { typo: n } : { n })))
    await delivered(99)
    const { lanes } = await until(({ lanes: [lane] }) => lane?.dead === 1)
    should(lanes[0]).containEql({ accepted: 100, delivered: 99, pending: 0, dead: 1 })
    const { payload } = await flow.run('control', { payload: 'dead-letters' })
    should(payload).matchEach({
      stream: device,
      reason: {
        code: 'VALIDATION_REFUSED',
        cloudCode: '1204',
        text: /^Posting measurement points: The data does not fit the device's thing model; .* EnOS answered "/,
      },
    })
    should((payload as { payload: object }[])[0]?.payload).have.property('measurepoints', { typo: 37 })
    await flow.run('control', { payload: 'drop-dead-letters' })
    should((await figures()).lanes[0]).containEql({ dead: 0, dropped: 1 })
  })

  it('keeps everything while the secret is wrong, and says so', async () => {
    await start()
    await stopFlow()
    const wrong = { ...demoCredentials, device: { deviceSecret: 'MARK' } }
    flow = await startFlow(
      [...enosTypes, ...outboxTypes],
      [
        ...configurations(simulator.url),
        { id: 'outbox', type: 'cloud-outbox', folder },
        { id: 'node', type: 'enos-post-measurepoint', device: 'device', outbox: 'outbox', wires: [['out']] },
        { id: 'control', type: 'cloud-outbox-control', outbox: 'outbox', wires: [['out']] },
      ],
      wrong,
    )
    await accept({ a: 1 })
    const { lanes } = await until(({ lanes: [lane] }) => lane?.state === 'auth-blocked')
    await flow.status('node', 'red')
    should(lanes[0]).containEql({ state: 'auth-blocked', pending: 1, dead: 0 })
    should(lanes[0]?.lastError?.code).equal('AUTH_REFUSED')
    JSON.stringify(lanes).should.not.containEql('MARK')
  })

  it('sends attributes and events through it, too', async () => {
    await start({ type: 'enos-update-attribute' })
    await accept({ serialNumber: 'A-17' })
    await delivered(1)
    await stopFlow()
    await start({ type: 'enos-post-event', eventId: 'overheat' })
    await accept({ level: 3 })
    await delivered(2)
    should(simulator.state().enos).containEql({ attributesAccepted: 1, eventsAccepted: 1 })
  })

  it('delivers by the integration channel', async () => {
    await start({ channel: 'integration', assetId: 'asset-1', assetIdType: 'str' })
    await accept([{ a: 1 }, { a: 2 }])
    await delivered(2)
    should(values('asset-1')).deepEqual([{ a: 1 }, { a: 2 }])
  })

  it('refuses a wrong message as without an outbox', async () => {
    await start()
    const caught = flow.next('caught')
    flow.send('node', { payload: { temp: Number.NaN } })
    should((await caught).error).have.property('code', 'INPUT_INVALID')
  })

  it('takes nothing in of an array with an entry that is wrong', async () => {
    await start()
    const rows = Array.from({ length: 1_000 }, (_, at) => ({ temp: at === 900 ? Number.NaN : at }))
    const caught = flow.next('caught')
    flow.send('node', { payload: rows })
    should((await caught).error)
      .have.property('message')
      .which.match(/entry 900/i)
    const { lanes } = await figures()
    should(lanes.reduce((sum, lane) => sum + lane.accepted, 0)).equal(0)
  })

  it('refuses what does not fit with OUTBOX_FULL, and the message stays with the flow', async () => {
    await start({}, { maxMegabytes: 0.001 })
    simulator.setFaults([{ kind: 'reset', path: '/topic' }])
    const caught = flow.next('caught')
    const payload = { text: 'x'.repeat(2_000) }
    flow.send('node', { payload })
    const msg = await caught
    should(msg.error).have.property('code', 'OUTBOX_FULL')
    should(msg.payload).deepEqual(payload)
  })

  itWhere(!isWindows, 'Windows knows no modes of folders')('keeps its folder to the owner', async () => {
    await start()
    await accept({ temp: 1 })
    ;((await stat(folder)).mode & 0o777).should.equal(0o700)
  })

  it('stops while requests hang, and delivers after the next deployment', async () => {
    await start()
    await accept({ a: 0 })
    await delivered(1)
    simulator.setFaults([{ kind: 'slow', delayMs: 60_000 }])
    for (let a = 1; a < 5; a++) await accept({ a })
    await until(({ lanes: [lane] }) => (lane?.inFlight ?? 0) > 0)
    const since = performance.now()
    await stopFlow()
    // Node-RED itself gives up after 15 s.
    ;(performance.now() - since).should.be.below(12_000)
    simulator.setFaults([])
    await start()
    await delivered(5)
  })

  it('says why its folder cannot be opened, keeps refusing, and heals once it can', async () => {
    const blocked = join(folder, 'blocked')
    await writeFile(blocked, 'a file where a folder should be')
    await start({}, { folder: blocked })
    const caught = flow.next('caught')
    flow.send('node', { payload: { a: 1 } })
    should((await caught).error).have.property('code', 'OUTBOX_UNAVAILABLE')
    await flow.status('node', 'red')
    await rm(blocked)
    await accept({ a: 2 })
    await delivered(1)
    should(values()).deepEqual([{ a: 2 }])
  })

  it('loses nothing in 30 deployments under load', async () => {
    let sent = 0
    for (let deployment = 0; deployment < 30; deployment++) {
      await start()
      await Promise.all([1, 2, 3, 4, 5].map(() => accept({ n: sent++ })))
      await stopFlow()
    }
    await start()
    await until(({ lanes: [lane] }) => lane?.pending === 0)
    const arrived = new Set(values()?.map(({ n }) => n))
    arrived.size.should.equal(sent)
  })

  it('is not passed by when its configuration is disabled: the message is refused', async () => {
    await start({ outbox: 'gone' })
    const caught = flow.next('caught')
    flow.send('node', { payload: { a: 1 } })
    should((await caught).error).have.property('code', 'CONFIG_INCOMPLETE')
    should(simulator.state().enos).containEql({ pointsAccepted: 0 })
  })

  it('lists what was evicted to make room, a page at a time', async () => {
    await start({}, { maxMegabytes: 0.01, whenFull: 'evict-oldest' })
    await flow.run('control', { payload: 'pause' })
    simulator.setFaults([{ kind: 'reset', path: '/topic' }])
    for (let n = 0; n < 20; n++) await accept({ text: `${n} ${'x'.repeat(1_000)}` })
    const { evicted } = (await figures()).lanes[0] ?? { evicted: 0 }
    should(evicted).be.above(5)
    type Entry = { number: number; count: number; cause: string; streams: object[] }
    const list = async (msg: object) => (await flow.run('control', { payload: 'evictions', ...msg })).payload as Entry[]
    const all = await list({})
    should(all.reduce((sum, { count }) => sum + count, 0)).equal(evicted)
    should(all).matchEach({ cause: 'full', streams: [{ stream: device }] })
    should(await list({ before: all[1]?.number })).deepEqual(all.slice(2))
  })

  it('pauses and resumes by command', async () => {
    await start()
    await flow.run('control', { payload: 'pause' })
    await accept({ a: 1 })
    should((await figures()).lanes[0]).containEql({ state: 'paused', pending: 1 })
    await flow.run('control', { payload: 'resume' })
    await delivered(1)
  })

  it('refuses an unknown command and names the known ones', async () => {
    await start()
    const caught = flow.next('caught')
    flow.send('control', { payload: 'explode' })
    should((await caught).error?.message).match(/flush, pause, resume/)
  })
})
