import should from 'should'
import type { Simulator } from '../../lib/simulator'
import { workbook } from '../enos/archive'
import { exportedModel } from '../enos/models'
import { patienceMs } from '../patience'
import { startSimulator } from '../ports'
import { configurations, demoCredentials, enosTypes } from './enos'
import { type FlowUnderTest, startFlow, startRuntime, stopFlow, stopRuntime } from './flow'

interface EnosState {
  pointsAccepted: number
  attributesAccepted: number
  eventsAccepted: number
  models: { modelId: string }[]
}

describe('The EnOS nodes', () => {
  let simulator: Simulator
  let flow: FlowUnderTest
  before(startRuntime)
  after(stopRuntime)
  beforeEach(async () => {
    simulator = await startSimulator({ port: 0 })
  })
  afterEach(async () => {
    await stopFlow()
    await simulator.close()
  })

  const state = () => simulator.state().enos as unknown as EnosState
  const start = async (node: Record<string, unknown> & { type: string }) => {
    flow = await startFlow(
      enosTypes,
      [...configurations(simulator.url), { id: 'node', app: 'app', device: 'device', wires: [['out']], ...node }],
      demoCredentials,
    )
  }
  const send = (msg: Record<string, unknown>) => flow.run('node', msg)

  describe('enos-auth', () => {
    it('gives an access token that the gateway accepts', async () => {
      await start({ type: 'enos-auth', mode: 'token' })
      const { payload, topic } = await send({ payload: 'now', topic: 'kept' })
      should(payload)
        .be.a.String()
        .and.match(/^\S{20,}$/)
      should(topic).equal('kept')
    })

    it('gives the session of the device', async () => {
      await start({ type: 'enos-auth', mode: 'session' })
      should((await send({})).payload).match(/^[0-9a-f-]{36}$/)
    })

    it('signs a request so that a bare HTTP client can send it', async () => {
      await start({ type: 'enos-auth', mode: 'sign' })
      const { method, url, headers, payload } = await send({
        method: 'POST',
        url: '/connect-service/v2.1/devices?action=search&orgId=o-demo',
        payload: { pagination: { pageNo: 1, pageSize: 10 } },
      })
      const answer = await fetch(url as string, {
        method: method as string,
        headers: headers as Record<string, string>,
        body: payload as string,
      })
      should(await answer.json()).have.property('code', 0)
    })
  })

  describe('enos-call-api', () => {
    it('calls a signed API and puts data, status and the whole answer into the message', async () => {
      await start({ type: 'enos-call-api', method: 'POST', path: '/connect-service/v2.1/devices?action=search' })
      const { payload, statusCode, response } = await send({ payload: { pagination: { pageNo: 1, pageSize: 10 } } })
      should(payload).be.an.Array().and.matchAny({ deviceKey: 'dK987654' })
      should(statusCode).equal(200)
      should(response).have.property('code', 0)
    })

    it('lets the message name the path and the query', async () => {
      await start({ type: 'enos-call-api', method: 'GET', path: '/wrong' })
      const { payload } = await send({
        path: '/model-service/v2.1/thing-models',
        query: { action: 'get', modelId: 'Demo' },
      })
      should(payload).have.property('modelId', 'Demo')
    })

    it('fetches every page of a search', async () => {
      await simulator.close()
      const devices = Array.from({ length: 25 }, (_, index) => ({
        productKey: 'pK11111',
        deviceKey: `device-${index}`,
        deviceSecret: 's',
        assetId: `asset-${index}`,
        modelId: 'Demo',
        gateway: null,
      }))
      simulator = await startSimulator({ port: 0, seed: { enos: { devices } } })
      await start({
        type: 'enos-call-api',
        method: 'POST',
        path: '/connect-service/v2.1/devices?action=search',
        allPages: true,
      })
      const { payload } = await send({ payload: { pagination: { pageSize: 10 } } })
      should(payload).be.an.Array().with.length(25)
    })
  })

  describe('enos-upload-model', () => {
    it('imports a model that the console exported', async () => {
      await start({ type: 'enos-upload-model' })
      const { payload } = await send({ payload: exportedModel })
      should(payload).containEql({ method: 'import', modelId: 'Pump' })
      state().models.should.matchAny({ modelId: 'Pump' })
    })

    it('imports with a bearer token where that is chosen', async () => {
      await start({ type: 'enos-upload-model', authorisation: 'bearer' })
      await send({ payload: Buffer.from(`\uFEFF${JSON.stringify(exportedModel)}`) })
      state().models.should.matchAny({ modelId: 'Pump' })
    })

    it('pushes a model by the update API', async () => {
      await start({ type: 'enos-upload-model', method: 'update' })
      const { payload } = await send({
        payload: { ...exportedModel, thingModelId: 'Demo' },
      })
      should(payload).containEql({ method: 'update', modelId: 'Demo' })
    })

    it('sends an .xlsx file as bytes', async () => {
      await start({ type: 'enos-upload-model' })
      const { payload } = await send({ payload: workbook })
      should(payload).containEql({ method: 'import' })
    })
  })

  describe('enos-post-measurepoint', () => {
    const points = (stream: string) => simulator.points(stream)?.map(({ values, channel }) => ({ values, channel }))

    it('posts a plain object through the device', async () => {
      await start({ type: 'enos-post-measurepoint', channel: 'device' })
      const { payload, statusCode } = await send({ payload: { temperature: 21.5 } })
      should(payload).deepEqual({ points: 1, entries: 1, requests: 1 })
      should(statusCode).equal(200)
      should(points('pK11111/dK987654')).deepEqual([{ values: { temperature: 21.5 }, channel: 'post' }])
    })

    it('posts an array as one batch', async () => {
      await start({ type: 'enos-post-measurepoint', channel: 'device' })
      await send({ payload: [{ a: 1 }, { measurepoints: { b: { value: 2, quality: 0 } }, time: Date.now() }] })
      should(points('pK11111/dK987654')?.map(({ channel }) => channel)).deepEqual(['post/batch', 'post/batch'])
    })

    it('sends late values to the resume topic, and tells late from live by age', async () => {
      await start({ type: 'enos-post-measurepoint', channel: 'device', timeliness: 'by-age' })
      const { payload } = await send({ payload: [{ a: 1, time: Date.now() - 3_600_000 }, { a: 2 }] })
      should(payload).have.property('requests', 2)
      should(
        points('pK11111/dK987654')
          ?.map(({ channel }) => channel)
          .sort(),
      ).deepEqual(['post', 'resume'])
    })

    it('posts for the set asset and for others in one message on the integration channel', async () => {
      await start({ type: 'enos-post-measurepoint', channel: 'integration', assetId: 'asset-1', assetIdType: 'str' })
      const { payload } = await send({ payload: [{ a: 1 }, { a: 2, productKey: 'pK11111', deviceKey: 'dK987654' }] })
      should(payload).deepEqual({ points: 2, entries: 2, requests: 1 })
      should(points('asset-1')?.map(({ values }) => values)).deepEqual([{ a: 1 }, { a: 2 }])
    })

    it('packs a large array into requests under 512 KB, complete and in order', async () => {
      await start({ type: 'enos-post-measurepoint', channel: 'device' })
      const time = Date.now()
      const rows = Array.from({ length: 15_000 }, (_, index) => ({
        n: index,
        text: 'x'.repeat(60),
        time: time + index,
      }))
      const { payload } = await send({ payload: rows })
      should(payload).containEql({ points: 30_000, entries: 15_000 })
      should((payload as { requests: number }).requests).be.within(4, 8)
      should(simulator.points('pK11111/dK987654')?.map(({ values }) => values.n)).deepEqual(rows.map(({ n }) => n))
    }).timeout(patienceMs)
  })

  describe('enos-update-attribute', () => {
    it('sets attributes through the device session and the integration channel', async () => {
      for (const channel of ['device', 'integration']) {
        await start({ type: 'enos-update-attribute', channel, assetId: 'asset-1', assetIdType: 'str' })
        should((await send({ payload: { serialNumber: 'A-17' } })).payload).have.property('attributes', 1)
        await stopFlow()
      }
      state().attributesAccepted.should.equal(2)
    })

    it('splits more than 200 attributes', async () => {
      await start({ type: 'enos-update-attribute', channel: 'device' })
      const payload = Object.fromEntries(Array.from({ length: 450 }, (_, index) => [`a${index}`, index]))
      should((await send({ payload })).payload).containEql({ attributes: 450, requests: 3 })
      state().attributesAccepted.should.equal(450)
    })
  })

  describe('enos-post-event', () => {
    it('posts an event through the device session and the integration channel, its id from dialog or message', async () => {
      for (const channel of ['device', 'integration']) {
        await start({ type: 'enos-post-event', channel, eventId: 'overheat', assetId: 'asset-1', assetIdType: 'str' })
        should((await send({ payload: { level: 3 } })).payload).containEql({ parameters: 1, entries: 1 })
        await send({ payload: { level: 4 }, eventId: 'stopped' })
        await stopFlow()
      }
      state().eventsAccepted.should.equal(4)
    })
  })
})
