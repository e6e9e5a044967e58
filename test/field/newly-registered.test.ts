import { EventEmitter, once } from 'node:events'
import should from 'should'
import { ConnectorError, say } from '../../lib/core'
import { type LaneFigures, openOutbox } from '../../lib/outbox'
import { thingplusDestinations } from '../../lib/runtime/thingplus-way'
import type { Simulator } from '../../lib/simulator'
import { PerhapsNew, type ThingPlus } from '../../lib/thingplus'
import { newFolder, removeFolder } from '../folder'
import { startFlow, startRuntime, stopFlow, stopRuntime } from '../nodes/flow'
import { configuration, demoCredentials, gatewayId, seed, thingplusTypes } from '../nodes/thingplus'
import { patienceMs } from '../patience'
import { startSimulator } from '../ports'
import { startTestCloud, steppingClock, type TestCloud } from '../thingplus/cloud'
import { startScriptedCloud, tokenWith } from '../thingplus/scripted-cloud'

const startMs = Date.now() - 3_600_000
const entryAt = (at: number, value: unknown = String(at)) => ({ value: value as string, time: startMs + at })

describe('Values that were kept for a Thing+ sensor', function () {
  this.timeout(patienceMs)
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
    should(String(letter?.reason.text)).match(/^The sensor already has a value of this time or later/)
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

describe('Values and statuses that are sent at once to what Thing+ does not know yet', function () {
  this.timeout(patienceMs)
  let cloud: TestCloud
  const open: AbortController[] = []
  afterEach(async () => {
    for (const controller of open.splice(0)) controller.abort()
    await cloud.close()
  })

  const ignore = () => undefined
  const value = (client: ThingPlus, sensorId: string, at: number, signal?: AbortSignal, waiting: () => void = ignore) =>
    client.sendValues(gatewayId, { [sensorId]: entryAt(at) }, {}, signal, waiting)
  const status = (client: ThingPlus, sensorId: string, signal?: AbortSignal, waiting: () => void = ignore) => {
    const report = { value: 'on', validDurationSeconds: 60 } as const
    return client.sendStatusTo('sensor', { gatewayId, sensorId }, report, signal, waiting)
  }
  const sendings = { values: value, statuses: (client: ThingPlus, id: string, _at: number) => status(client, id) }
  const requestsTo = (sensorId: string) => cloud.requests.filter((request) => request.includes(`/${sensorId}`)).length
  /** A client whose pauses last until they are aborted; they can be awaited. */
  const patientClient = () => {
    const pausing = new EventEmitter()
    const wait = (_ms: number, signal: AbortSignal | undefined) =>
      new Promise<void>((_resolve, reject) => {
        const stop = () => reject(new ConnectorError('ABORTED', say`Stopped.`))
        if (signal?.aborted) stop()
        signal?.addEventListener('abort', stop)
        pausing.emit('pause')
      })
    const controller = new AbortController()
    open.push(controller)
    return { client: cloud.client({ wait }), pausing, controller }
  }

  for (const sensorDelayStatus of [404, 403] as const)
    it(`arrive once and in order where a new registration answers ${sensorDelayStatus} for some time`, async () => {
      cloud = await startTestCloud(seed, { sensorDelayMs: 1_500, sensorDelayStatus })
      const registered = cloud
        .client()
        .registerSensor(gatewayId, { id: 'new', name: 'New', type: 'temperature', deviceId: 'device' })
      while (!cloud.state().sensors.some(({ id }) => id === 'new')) await new Promise(setImmediate)
      const client = cloud.client()
      let pauses = 0
      const waiting = () => void pauses++
      const sent = Array.from({ length: 20 }, (_, at) => value(client, 'new', at, undefined, waiting))
      await Promise.all([...sent, status(client, 'new'), status(client, 'new'), registered])
      const times = cloud.simulator.points(`${gatewayId}/new`)?.map(({ timeMs }) => timeMs - startMs)
      should(times).deepEqual(Array.from({ length: 20 }, (_, at) => at))
      should(cloud.state().statuses.filter(({ target }) => target.includes('new'))).not.be.empty()
      should(pauses).be.within(1, 10)
    })

  for (const [name, send] of Object.entries(sendings))
    it(`fail after a minute, and from then on at once until it is there: ${name}`, async () => {
      cloud = await startTestCloud(seed)
      const { clock, wait } = steppingClock()
      const client = cloud.client({ clock, wait })
      const together = [1, 2, 3].map((at) => send(client, 'late', at))
      for (const one of together) await one.should.be.rejectedWith({ code: 'NOT_FOUND', statusCode: 404 })
      should(clock.monotonicMs()).equal(60_000)
      should(requestsTo('late')).be.within(10, 45)
      await send(client, 'late', 4).should.be.rejectedWith({ code: 'NOT_FOUND', statusCode: 404 })
      should(clock.monotonicMs()).equal(60_000)
      await cloud
        .client()
        .registerSensor(gatewayId, { id: 'late', name: 'Late', type: 'temperature', deviceId: 'device' })
      await send(client, 'late', 5)
      should(clock.monotonicMs()).equal(60_000)
    })

  it('fail at once where nobody waits for it, and where the answer does not bear the mark of the cloud', async () => {
    cloud = await startTestCloud(seed)
    const { client } = patientClient()
    await client.sendValues(gatewayId, { nobody: entryAt(0) }).should.be.rejectedWith({ code: 'NOT_FOUND' })
    await client
      .sendStatusTo('sensor', { gatewayId, sensorId: 'nobody' }, { value: 'on' })
      .should.be.rejectedWith({ code: 'NOT_FOUND' })
    const somebody = await startScriptedCloud(({ target }) =>
      target.endsWith('/token')
        ? { status: 200, body: { access_token: tokenWith({}), token_type: 'Bearer' } }
        : { status: 404, body: '<h1>Not Found</h1>', headers: { 'content-type': 'text/html' } },
    )
    const astray = cloud.client({ baseUrl: somebody.baseUrl })
    await value(astray, 'temperature', 0).should.be.rejectedWith({ statusCode: 404 })
    await status(astray, 'temperature').should.be.rejectedWith({ statusCode: 404 })
    await somebody.close()
  })

  for (const [name, send] of [
    ['values', value],
    ['statuses', (client: ThingPlus, id: string, _at: number, signal: AbortSignal) => status(client, id, signal)],
  ] as const)
    it(`do not pile up: some hundred wait, with one request at a time, and all of them end with their node: ${name}`, async () => {
      cloud = await startTestCloud(seed)
      const { client, pausing, controller } = patientClient()
      const paused = once(pausing, 'pause')
      const first = send(client, 'wrong', 0, controller.signal)
      await paused
      const before = requestsTo('wrong')
      const failures = new Map<string, number>()
      const count = ({ code }: { code: string }) => void failures.set(code, (failures.get(code) ?? 0) + 1)
      const later = Array.from({ length: 3_000 }, (_, at) => send(client, 'wrong', at, controller.signal).catch(count))
      await new Promise(setImmediate)
      should([...failures]).deepEqual([['NOT_FOUND', 2_501]])
      should(requestsTo('wrong')).equal(before)
      controller.abort()
      await first.should.be.rejectedWith({ code: 'ABORTED' })
      await Promise.all(later)
      should(failures.get('ABORTED')).equal(499)
      await value(client, 'temperature', 0)
    })

  it('hold up no other sensor of their message', async () => {
    cloud = await startTestCloud(seed)
    const { client, controller } = patientClient()
    const wrong = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`wrong${at}`, entryAt(0)]))
    const values = { ...wrong, temperature: entryAt(0) }
    const sent = client.sendValues(gatewayId, values, {}, controller.signal, ignore)
    sent.catch(ignore)
    while (cloud.state().valuesAccepted === 0) await new Promise(setImmediate)
    controller.abort()
    await sent.should.be.rejectedWith(/wrong0: ABORTED/)
  })
})

describe('A node that sends at once to what Thing+ does not know yet', function () {
  this.timeout(patienceMs)
  let simulator: Simulator
  before(startRuntime)
  after(stopRuntime)
  beforeEach(async () => {
    simulator = await startSimulator({ port: 0, seed: { thingplus: seed } })
  })
  afterEach(async () => {
    await stopFlow()
    await simulator.close()
  })

  for (const type of ['thingplus-send-value', 'thingplus-send-status'])
    it(`says so while it tries again, and ends its message when it is closed: ${type}`, async () => {
      const node = { id: 'node', type, target: 'sensor', client: 'client', wires: [['out']] }
      const flow = await startFlow(thingplusTypes, [configuration(simulator.url), node], demoCredentials)
      flow.send('node', { gatewayId, sensorId: 'nobody', payload: 1 })
      should((await flow.statusText('node', /^not known yet$/)).fill).equal('blue')
      const ended = once(flow.node('node') as unknown as EventEmitter, 'close')
      await stopFlow()
      await ended
    })
})
