import should from 'should'
import { type LaneFigures, openOutbox } from '../../lib/outbox'
import { thingplusDestinations } from '../../lib/runtime/thingplus-way'
import { PerhapsNew } from '../../lib/thingplus'
import { newFolder, removeFolder } from '../folder'
import { gatewayId, seed } from '../nodes/thingplus'
import { startTestCloud, steppingClock, type TestCloud } from '../thingplus/cloud'

const startMs = Date.now() - 3_600_000
const entryAt = (at: number, value: unknown = String(at)) => ({ value: value as string, time: startMs + at })

describe('Values that were kept for a Thing+ sensor', () => {
  let cloud: TestCloud
  let folder: string
  let outbox: Awaited<ReturnType<typeof openOutbox>>
  beforeEach(async () => {
    folder = await newFolder('newly-registered')
    outbox = await openOutbox({ folder })
  })
  afterEach(async () => {
    await outbox.close()
    await cloud.close()
    await removeFolder(folder)
  })

  const lane = () => outbox.lane('lane')
  const accept = (sensorId: string, entries: readonly object[]) =>
    outbox.acceptAll(
      'lane',
      entries.map((entry, at) => ({
        stream: `${gatewayId}/${sensorId}`,
        payload: JSON.stringify({ gatewayId, sensorId, entry }),
        eventTimeMs: startMs + at,
      })),
    )
  const until = async (isReached: (figures: LaneFigures) => boolean) => {
    for (;;) {
      const figures = await lane().figures()
      should(figures.state).not.equal('parked')
      if (isReached(figures)) return figures
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  for (const sensorDelayStatus of [404, 403] as const)
    it(`all arrive where the cloud answers ${sensorDelayStatus} for some seconds after somebody has registered it`, async () => {
      cloud = await startTestCloud(seed, { sensorDelayMs: 4_000, sensorDelayStatus })
      const somebody = cloud.client()
      const sensor = { id: 'new', name: 'New', type: 'temperature', deviceId: 'device' }
      const registered = somebody.registerSensor(gatewayId, sensor)
      while (!cloud.state().sensors.some(({ id }) => id === 'new')) await new Promise(setImmediate)
      await lane().attach(thingplusDestinations.values(cloud.client()), { liveLimitMs: 0 })
      await accept(
        'new',
        Array.from({ length: 100 }, (_, at) => entryAt(at)),
      )
      await accept('temperature', [entryAt(0)])
      await until(({ delivered, dead }) => delivered + dead === 101)
      should(await lane().figures()).match({ delivered: 101, dead: 0 })
      await registered
    })

  it('are final after a minute, and say then that nobody knows it', async () => {
    cloud = await startTestCloud(seed)
    const { clock, wait } = steppingClock()
    const client = cloud.client({ clock, wait })
    const deliver = () => client.deliverValues(gatewayId, 'nobody', [entryAt(0)])
    await deliver().should.be.rejectedWith(PerhapsNew)
    await wait(59_000)
    await deliver().should.be.rejectedWith(PerhapsNew)
    await wait(1_000)
    await deliver().should.be.rejectedWith({ code: 'VALIDATION_REFUSED', statusCode: 404 })
    const report = () => client.deliverStatus('sensor', { gatewayId, sensorId: 'nobody' }, { value: 'on' })
    await report().should.be.rejectedWith(PerhapsNew)
    await wait(60_000)
    await report().should.be.rejectedWith({ code: 'NOT_FOUND' })
  })

  it('and died become dead letters again where the cloud has newer ones, and hold nothing up', async () => {
    cloud = await startTestCloud(seed, { checkValueKind: true })
    await lane().attach(thingplusDestinations.values(cloud.client()), { liveLimitMs: 0 })
    const bad = Array.from({ length: 6 }, (_, at) => entryAt(at, { lat: at }))
    await accept('temperature', [...bad, entryAt(1_000)])
    await until(({ dead, delivered }) => dead === 6 && delivered === 1)
    await lane().deadLetters.retry()
    await accept('door', [entryAt(0, '1')])
    await until(({ dead, delivered, pending }) => dead === 6 && delivered === 2 && pending === 0)
    const [letter] = await lane().deadLetters.list()
    should(String(letter?.reason.text)).match(/^The sensor has a value of this time or a later one already/)
  })

  it('and died are delivered by another try where the cloud has none after them', async () => {
    cloud = await startTestCloud(seed, { checkValueKind: true })
    await lane().attach(thingplusDestinations.values(cloud.client()), { liveLimitMs: 0 })
    await accept('temperature', [entryAt(0), entryAt(1, { lat: 1 })])
    await until(({ dead, delivered }) => dead === 1 && delivered === 1)
    cloud.simulator.setOptions({ thingplus: { checkValueKind: false } })
    await lane().deadLetters.retry()
    await until(({ dead, delivered, pending }) => dead === 0 && delivered === 2 && pending === 0)
  })

  it('are taken as far as they are newer than what the cloud has, and each of the others is told', async () => {
    cloud = await startTestCloud(seed)
    const client = cloud.client()
    await client.deliverValues(gatewayId, 'temperature', [entryAt(5)])
    await lane().attach(thingplusDestinations.values(client), { liveLimitMs: 0 })
    await accept(
      'temperature',
      [3, 4, 5, 6, 7].map((at) => entryAt(at)),
    )
    await until(({ dead, delivered }) => dead === 2 && delivered === 3)
    const times = cloud.simulator.points(`${gatewayId}/temperature`)?.map(({ timeMs }) => timeMs - startMs)
    should(times).deepEqual([5, 6, 7])
  })
})
