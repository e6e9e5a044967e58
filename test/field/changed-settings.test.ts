import { existsSync } from 'node:fs'
import { join } from 'node:path'
import should from 'should'
import { type OutboxFigures, openOutbox } from '../../lib/outbox'
import type { Simulator } from '../../lib/simulator'
import { newFolder, removeFolder } from '../folder'
import { configurations, demoCredentials, enosTypes } from '../nodes/enos'
import { type FlowUnderTest, startFlow, startRuntime, stopFlow, stopRuntime } from '../nodes/flow'
import { outboxTypes } from '../nodes/outbox'
import {
  configuration,
  gatewayId,
  seed,
  demoCredentials as thingplusCredentials,
  thingplusTypes,
} from '../nodes/thingplus'
import { patienceMs } from '../patience'
import { startSimulator } from '../ports'

const ownDevice = {
  productKey: 'pK11111',
  deviceKey: 'dK987654',
  deviceSecret: 'ds54321',
  assetId: 'asset of dK987654',
  modelId: 'Demo',
}
const streamOf = (deviceKey: string) => `pK11111/${deviceKey}`
/** Nobody listens there. */
const deadUrl = 'http://127.0.0.1:9'

interface Settings {
  channel?: 'device' | 'integration'
  timeliness?: 'by-age' | 'post' | 'resume'
  url?: string
  deviceKey?: string
  secret?: string
}

describe('What waits in an outbox while settings are changed', function () {
  this.timeout(patienceMs)
  let simulator: Simulator
  let flow: FlowUnderTest
  let place: string
  let folder: string
  before(startRuntime)
  after(stopRuntime)
  beforeEach(async () => {
    simulator = await startSimulator({ port: 0, seed: { enos: { devices: [ownDevice] }, thingplus: seed } })
    place = await newFolder('changed-settings')
    folder = join(place, 'outbox')
  })
  afterEach(async () => {
    await stopFlow()
    await simulator.close()
    await removeFolder(place)
  })

  /** A whole deployment with these settings. */
  const deploy = async (type: string, settings: Settings = {}) => {
    await stopFlow()
    const { channel = 'device', timeliness = 'by-age', url = simulator.url, deviceKey = 'dK987654', secret } = settings
    const [app, device] = configurations(url)
    const node = { channel, timeliness, productKey: 'pK11111', deviceKey, eventId: 'alarm' }
    flow = await startFlow(
      [...enosTypes, ...outboxTypes],
      [
        app as { id: string; type: string },
        { ...(device as { id: string; type: string }), deviceKey },
        { id: 'outbox', type: 'cloud-outbox', folder },
        { id: 'node', type, ...node, device: 'device', app: 'app', outbox: 'outbox', wires: [['out']] },
        { id: 'control', type: 'cloud-outbox-control', outbox: 'outbox', wires: [['out']] },
      ],
      { ...demoCredentials, ...(secret !== undefined && { device: { deviceSecret: secret } }) },
    )
  }
  const accept = async (payload: unknown) => {
    const isDone = flow.completed('node')
    flow.send('node', { payload })
    await isDone
  }
  const figures = async () => (await flow.run('control', { payload: 'figures' })).payload as OutboxFigures
  const until = async (expected: (figures: OutboxFigures) => boolean) => {
    for (const since = Date.now(); ; await new Promise((resolve) => setTimeout(resolve, 20))) {
      const now = await figures()
      if (expected(now)) return now
      if (Date.now() - since > 50_000) throw new Error(`The outbox stays at ${JSON.stringify(now)}`)
    }
  }
  const nothingWaits = ({ lanes }: OutboxFigures) => lanes.every(({ pending }) => pending === 0)
  const values = (deviceKey = 'dK987654') => simulator.points(streamOf(deviceKey))?.map(({ values: { n } }) => n)

  const corrections: [string, Settings, Settings][] = [
    ['the broker’s URL is corrected', { url: deadUrl }, {}],
    ['the secret is corrected', { secret: 'wrong' }, {}],
    ['“send as” is changed to late', { url: deadUrl }, { timeliness: 'resume' }],
    ['“send as” is changed back from late', { url: deadUrl, timeliness: 'resume' }, { timeliness: 'by-age' }],
    ['the channel is changed to integration', { url: deadUrl }, { channel: 'integration' }],
    ['the channel is changed to the device', { url: deadUrl, channel: 'integration' }, { channel: 'device' }],
    [
      'URL, channel and “send as” are changed at once',
      { url: deadUrl, timeliness: 'resume' },
      { channel: 'integration' },
    ],
  ]
  for (const [title, before, after] of corrections)
    it(`goes to its device, in order and before anything newer, when ${title}`, async () => {
      await deploy('enos-post-measurepoint', before)
      for (let n = 0; n < 10; n++) await accept({ n })
      await deploy('enos-post-measurepoint', after)
      await accept({ n: 10 })
      await until(nothingWaits)
      should(values()).eql([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
      await flow.statusText('node', /delivered 11$/)
    })

  for (const [type, count] of [
    ['enos-post-event', 'eventsAccepted'],
    ['enos-update-attribute', 'attributesAccepted'],
  ] as const)
    it(`goes by the other channel, too, where it is of ${type}`, async () => {
      await deploy(type, { url: deadUrl })
      for (let n = 0; n < 3; n++) await accept({ n })
      await deploy(type, { url: deadUrl, channel: 'integration' })
      await accept({ n: 3 })
      await deploy(type)
      await until(nothingWaits)
      should((simulator.state() as { enos: Record<string, number> }).enos[count]).equal(4)
    })

  it('stays, and is shown on the node, when the device is another one now', async () => {
    await deploy('enos-post-measurepoint', { url: deadUrl, deviceKey: 'd1x' })
    for (let n = 0; n < 10; n++) await accept({ n })
    await deploy('enos-post-measurepoint')
    await accept({ n: 10 })
    const badge = await flow.statusText('node', /^10 .*d1x$/)
    should(badge.fill).equal('yellow')
    should(values()).eql([10])
  })

  it('is listed, by lane and device, once nothing sends to it any more', async () => {
    await deploy('enos-post-measurepoint', { url: deadUrl, deviceKey: 'd1x' })
    const time = Date.now() - 3_600_000
    await accept([
      { n: 1, time },
      { n: 2, time: time + 1 },
    ])
    await deploy('enos-post-measurepoint')
    const { payload } = await flow.run('control', { payload: 'left-behind' })
    should(payload).match([
      {
        lane: 'enos-device pK11111/d1x at 127.0.0.1:9, measurepoint',
        pending: 2,
        streams: [{ stream: 'pK11111/d1x', count: 2, firstEventMs: time, lastEventMs: time + 1 }],
      },
    ])
  })

  for (const channel of ['device', 'integration'] as const)
    it(`is given to another device by command, and arrives there in order: ${channel}`, async () => {
      await deploy('enos-post-measurepoint', { url: deadUrl, deviceKey: 'd1x' })
      for (let n = 0; n < 5; n++) await accept({ n })
      await deploy('enos-post-measurepoint', { channel })
      const to = (await figures()).lanes.find(({ lane, pending }) => pending === 0 && !lane.includes('d1x'))?.lane
      await flow.run('control', { payload: 'give-left-behind', to })
      const { lanes } = await until(nothingWaits)
      should(values()).eql([0, 1, 2, 3, 4])
      should(lanes.reduce((sum, { dropped }) => sum + dropped, 0)).equal(5)
    })

  it('is thrown away by command, and counted as dropped', async () => {
    await deploy('enos-post-measurepoint', { url: deadUrl, deviceKey: 'd1x' })
    for (let n = 0; n < 5; n++) await accept({ n })
    await deploy('enos-post-measurepoint')
    await flow.run('control', { payload: 'drop-left-behind' })
    const { lanes } = await figures()
    should(lanes.map(({ pending, dropped }) => [pending, dropped])).matchAny([0, 5])
    should(lanes.every(({ pending }) => pending === 0)).be.true()
    should(values()).eql([])
  })

  describe('of another folder', () => {
    const offline = async () => {
      await deploy('enos-post-measurepoint', { url: deadUrl })
      for (let n = 0; n < 10; n++) await accept({ n })
    }
    const errors = () => flow.errors('outbox').join()

    it('is taken along into that one, and arrives in order', async () => {
      await offline()
      folder = join(place, 'elsewhere', 'outbox')
      await deploy('enos-post-measurepoint')
      await accept({ n: 10 })
      await until(nothingWaits)
      should(values()).eql([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
      should(existsSync(join(place, 'outbox'))).be.false()
      should(errors()).equal('')
    })

    it('is taken along where the outbox is in an instance of a subflow', async () => {
      const deployInside = async (url: string, more: { id: string; type: string }[] = []) => {
        await stopFlow()
        flow = await startFlow(
          [...enosTypes, ...outboxTypes],
          [
            ...(configurations(url) as { id: string; type: string }[]),
            {
              id: 'subflow',
              type: 'subflow',
              name: 'posting',
              in: [{ x: 0, y: 0, wires: [{ id: 'inner' }] }],
              out: [],
            },
            { id: 'outbox', type: 'cloud-outbox', z: 'subflow', folder },
            {
              z: 'subflow',
              wires: [],
              id: 'inner',
              type: 'enos-post-measurepoint',
              device: 'device',
              outbox: 'outbox',
            },
            { id: 'instance', type: 'subflow:subflow', wires: [] },
            { id: 'into', type: 'helper', wires: [['instance']] },
            ...more,
          ],
          demoCredentials,
        )
      }
      // Another configuration of the same folder looks on.
      const beside = { id: 'beside', type: 'cloud-outbox', folder }
      const control = { id: 'control', type: 'cloud-outbox-control', outbox: 'beside', wires: [['out']] }
      await deployInside(deadUrl, [beside, control])
      for (let n = 0; n < 3; n++) flow.node('into').send({ payload: { n } })
      await until(({ lanes }) => lanes[0]?.accepted === 3)
      folder = join(place, 'elsewhere')
      await deployInside(simulator.url)
      while (values()?.length !== 3) await new Promise((resolve) => setTimeout(resolve, 20))
      should(values()).eql([0, 1, 2])
      should(existsSync(join(place, 'outbox'))).be.false()
    })

    it('is shown on the node, and as an error with what to do, where that one has an outbox already', async () => {
      const former = folder
      await offline()
      folder = join(place, 'elsewhere')
      const other = await openOutbox({ folder })
      await other.close()
      await deploy('enos-post-measurepoint')
      await accept({ n: 10 })
      should((await flow.statusText('node', /former 10$/)).fill).equal('yellow')
      should(errors()).match(
        /^Records are waiting in .*outbox, .*\(number: 10\).*elsewhere is not empty\. Set the folder back/,
      )
      folder = former
      await deploy('enos-post-measurepoint')
      await flow.statusText('node', /delivered 10$/)
      folder = join(place, 'elsewhere')
      await deploy('enos-post-measurepoint')
      await accept({ n: 11 })
      await flow.statusText('node', /delivered 2$/)
      should(values()).eql([10, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11])
    })
  })

  describe('at Thing+', () => {
    const deployThingPlus = async (client: Record<string, unknown>, credentials = thingplusCredentials) => {
      await stopFlow()
      flow = await startFlow(
        [...thingplusTypes, ...outboxTypes],
        [
          { ...configuration(simulator.url), ...client },
          { id: 'outbox', type: 'cloud-outbox', folder },
          { id: 'node', type: 'thingplus-send-value', client: 'client', outbox: 'outbox', wires: [['out']] },
          { id: 'control', type: 'cloud-outbox-control', outbox: 'outbox', wires: [['out']] },
        ],
        credentials,
      )
    }
    const send = async (value: number) => {
      const isDone = flow.completed('node')
      flow.send('node', { gatewayId, sensorId: 'string', payload: { value, time: Date.now() - 60_000 + value } })
      await isDone
    }

    for (const [title, before] of [
      ['the URL', { baseUrl: `${deadUrl}/v2` }],
      ['URL and client id', { baseUrl: `${deadUrl}/v2`, clientId: 'typo' }],
    ] as const)
      it(`goes to its sensor, in order and before anything newer, when ${title} are corrected`, async () => {
        await deployThingPlus(before)
        for (let value = 0; value < 5; value++) await send(value)
        await deployThingPlus({})
        await send(5)
        await until(nothingWaits)
        const arrived = simulator.points(`${gatewayId}/string`)?.map(({ values: { value } }) => value)
        should(arrived).eql(['0', '1', '2', '3', '4', '5'])
      })
  })
})
