import { mock } from 'node:test'
import should from 'should'
import type { Simulator } from '../../lib/simulator'
import { startSimulator } from '../ports'
import { type FlowUnderTest, startFlow, startRuntime, stopFlow, stopRuntime } from './flow'
import { configuration, demoCredentials, gatewayId, seed, type ThingPlusState, thingplusTypes } from './thingplus'

describe('The Thing+ nodes', () => {
  let simulator: Simulator
  let flow: FlowUnderTest
  before(startRuntime)
  after(stopRuntime)
  beforeEach(async () => {
    simulator = await startSimulator({ port: 0, seed: { thingplus: seed } })
  })
  afterEach(async () => {
    await stopFlow()
    await simulator.close()
  })

  const state = () => simulator.state()['thingplus'] as ThingPlusState
  const start = async (
    node: Record<string, unknown> & { type: string },
    changes: Record<string, unknown> = {},
    credentials = demoCredentials,
  ) => {
    flow = await startFlow(
      thingplusTypes,
      [
        { ...configuration(simulator.url), ...changes },
        { id: 'node', client: 'client', wires: [['out']], ...node },
      ],
      credentials,
    )
  }
  const send = (msg: Record<string, unknown>) => flow.run('node', msg)

  describe('thingplus-auth', () => {
    it('gives an access token that the API accepts', async () => {
      await start({ type: 'thingplus-auth' })
      const { payload, topic } = await send({ payload: 'now', topic: 'kept' })
      const answer = await fetch(`${simulator.url}/v2/sites`, { headers: { authorization: `Bearer ${payload}` } })
      should(await answer.json()).containDeep({ statusCode: 200, data: [{ id: '1' }] })
      should(topic).equal('kept')
    })
  })

  describe('thingplus-create-client', () => {
    const newClient = { clientId: 'plantClient' }
    const credentials = { client: { clientSecret: 'plant-secret', password: 'demo-password' } }

    it('creates the very client that the configuration names, and adopts it the second time', async () => {
      await start({ type: 'thingplus-create-client', clientName: 'Plant' }, newClient, credentials)
      const first = await send({})
      should(first).containEql({ created: true, statusCode: 201 })
      should(first.payload).containEql({ id: 'plantClient', name: 'Plant', scopes: ['gateway', 'site-read'] })
      should(await send({})).containEql({ created: false, statusCode: 200, payload: first.payload })
      state().clients.should.matchAny({ id: 'plantClient' })
      JSON.stringify(first).should.not.containEql('plant-secret')
    })

    it('creates another client with the id, secret and scopes of the message', async () => {
      await start({ type: 'thingplus-create-client', clientName: 'Plant' })
      await send({ clientId: 'other', clientSecret: 'other-secret', scopes: ['gateway-read'] })
      state().clients.should.matchAny({ id: 'other', scopes: ['gateway-read'] })
    })
  })

  describe('thingplus-get', () => {
    const choices: [resource: string, found: unknown][] = [
      ['sites', [{ id: '1', name: 'default', serviceId: '1' }]],
      ['gatewayModels', [{ id: '52' }]],
      ['gatewayModel', { id: '52', idFormat: 'uuid' }],
      ['gateways', [{ id: gatewayId, name: 'GW A' }]],
      ['gateway', { id: gatewayId, siteId: '1', reportIntervalMs: 300_000 }],
      ['devices', [{ id: 'device', gatewayId }]],
      ['device', { id: 'device', name: 'Device A' }],
      ['sensors', [{ id: 'temperature' }, { id: 'door' }]],
      ['sensor', { id: 'temperature', type: 'temperature', deviceId: 'device' }],
    ]
    for (const [resource, found] of choices) {
      it(`reads ${resource}, with the ids of the message and the dialog as it comes`, async () => {
        await start({ type: 'thingplus-get', resource, gatewayModelId: '52' })
        const { payload } = await send({ gatewayId, deviceId: 'device', sensorId: 'temperature' })
        should(payload).containDeep(found)
      })
    }

    it('reads the status of a gateway and of a sensor', async () => {
      await start({ type: 'thingplus-send-status' })
      await send({ gatewayId })
      for (const resource of ['gatewayStatus', 'sensorStatus']) {
        await stopFlow()
        await start({ type: 'thingplus-get', resource })
        const { payload } = await send({ gatewayId, sensorId: 'door' })
        should(payload).have.properties(['timeMs', 'expiresAtMs']).and.containEql({ value: 'on' })
      }
    })

    it('reads a list page by page to its end, and one page where the message asks for one', async () => {
      await start({ type: 'thingplus-get', resource: 'sensors' })
      const { payload: all } = await send({ gatewayId })
      const { payload: second } = await send({ gatewayId, page: 1, count: 3 })
      should(all).have.length(4)
      should(second).deepEqual((all as unknown[]).slice(3))
    })

    it('filters a list by the fields of the message', async () => {
      await start({ type: 'thingplus-get', resource: 'sensors' })
      const { payload } = await send({ gatewayId, filter: { type: 'door' } })
      should(payload).have.length(1)
    })

    it('reads a series: the latest value, a raw range with times as people write them, and none at all', async () => {
      await start({ type: 'thingplus-send-value' })
      const payload = ['08:00', '09:00', '10:00'].map((time, index) => ({ value: index, time: `2026-01-31T${time}Z` }))
      await send({ gatewayId, sensorId: 'temperature', payload })
      await stopFlow()
      await start({ type: 'thingplus-get', resource: 'series' })
      const ids = { gatewayId, sensorId: 'temperature' }
      should((await send(ids)).payload).containEql({
        latest: { value: '2', timeMs: Date.parse('2026-01-31T10:00Z') },
      })
      const range = { dataStart: '2026-01-31T08:30Z', dataEnd: Date.parse('2026-01-31T10:00Z'), interval: '0' }
      should((await send({ ...ids, ...range })).payload).containEql({
        points: [{ value: '1', timeMs: Date.parse('2026-01-31T09:00Z') }],
      })
      should((await send({ gatewayId, sensorId: 'door' })).payload).deepEqual({ points: [] })
    })
  })

  describe('thingplus-register-gateway', () => {
    it('makes an id of 32 hexadecimal digits, takes the only site, and adopts the gateway the second time', async () => {
      await start({ type: 'thingplus-register-gateway', gatewayName: 'GW B' })
      const first = await send({ topic: 'kept' })
      should(first).containEql({ created: true, statusCode: 201, topic: 'kept' })
      should(first.gatewayId).match(/^[0-9a-f]{32}$/)
      should(first.payload).containEql({ id: first.gatewayId, name: 'GW B', model: '52', siteId: '1' })
      const second = await send({})
      should(second).containEql({ created: false, statusCode: 200, gatewayId: first.gatewayId, payload: first.payload })
      state().gateways.length.should.equal(2)
    })

    it('takes name, site and report interval from the message, and an id with dashes from the dialog', async () => {
      const id = '36A7B0D2-41F5-4B31-9E3C-0A6F5C1D2E3F'
      await start({ type: 'thingplus-register-gateway', gatewayName: 'overridden', gatewayId: id })
      const written = { gatewayName: 'GW C', siteId: '1', reportIntervalMs: 60_000 }
      should((await send(written)).gatewayId).equal('36a7b0d241f54b319e3c0a6f5c1d2e3f')
      state().gateways.should.matchAny({ name: 'GW C', reportIntervalMs: 60_000 })
    })
  })

  describe('thingplus-register-device', () => {
    it('registers a device at the gateway of the message, and adopts it the second time', async () => {
      await start({ type: 'thingplus-register-device', deviceName: 'Device B' })
      const first = await send({ gatewayId })
      should(first).containEql({ created: true, gatewayId })
      should(first.payload).containEql({
        id: first.deviceId,
        name: 'Device B',
        model: 'open-api-device-v1.0',
        gatewayId,
      })
      should(await send({ gatewayId })).containEql({ created: false, deviceId: first.deviceId })
      state().devices.length.should.equal(2)
    })
  })

  describe('thingplus-register-sensor', () => {
    it('finds model and driver by the name of the type, and adopts the sensor the second time', async () => {
      await start({ type: 'thingplus-register-sensor', sensorName: 'Humidity', sensorType: 'humidity' })
      const first = await send({ gatewayId, deviceId: 'device' })
      should(first).containEql({ created: true, gatewayId, deviceId: 'device' })
      should(first.payload).containEql({ id: first.sensorId, model: 'openApiHumi', driverName: 'openApiSensor' })
      should(await send({ gatewayId, deviceId: 'device' })).containEql({ created: false, sensorId: first.sensorId })
      state().sensors.length.should.equal(5)
    })

    it('waits until a new sensor can be used', async () => {
      simulator.setOptions({ thingplus: { sensorDelayMs: 300, sensorDelayStatus: 403 } })
      await start({ type: 'thingplus-register-sensor', sensorName: 'Humidity', sensorType: 'humidity' })
      should(await send({ gatewayId, deviceId: 'device' })).containEql({ created: true })
    })
  })

  describe('thingplus-send-status', () => {
    const shown = () => state().statuses.map(({ target, value, time, expireAt }) => [target, value, expireAt - time])
    const sensor = (id: string) => `${gatewayId}/${id}`

    it('says that a gateway and all its sensors are on, for 1.5 times the report interval', async () => {
      await start({ type: 'thingplus-send-status' })
      const { payload, statusCode } = await send({ gatewayId })
      should(payload).have.length(5)
      should(statusCode).equal(200)
      const targets = [gatewayId, ...seed.sensors.map(({ id }) => sensor(id))]
      shown().should.deepEqual(targets.map((target) => [target, 'on', 450_000]))
    })

    it('says it for the gateway alone, or for one sensor, as the message says', async () => {
      await start({ type: 'thingplus-send-status', target: 'gateway' })
      await send({ gatewayId, status: 'off', sensorId: 'door' })
      await stopFlow()
      await start({ type: 'thingplus-send-status', target: 'sensor' })
      await send({ gatewayId, sensorId: 'door', status: 'err', validDurationSeconds: 90 })
      shown().should.deepEqual([
        [gatewayId, 'off', 450_000],
        [sensor('door'), 'err', 90_000],
      ])
    })

    describe('that repeats it', () => {
      beforeEach(() => mock.timers.enable({ apis: ['setInterval'] }))
      afterEach(() => mock.timers.reset())
      const reports = () => simulator.state()['requests'] as number
      const untilReported = async (count: number) => {
        while (reports() < count) await new Promise((resolve) => setImmediate(resolve))
      }
      const settled = () => new Promise((resolve) => setTimeout(resolve, 50))

      it('keeps the gateway alive every report interval, until the flow is closed', async () => {
        await start({ type: 'thingplus-send-status', target: 'gateway', keepAlive: true })
        await send({ gatewayId })
        const once = reports()
        mock.timers.tick(299_999)
        await settled()
        reports().should.equal(once)
        mock.timers.tick(1)
        await untilReported(once + 1)
        await stopFlow()
        mock.timers.tick(3_000_000)
        await settled()
        reports().should.equal(once + 1)
      })

      it('repeats the last message only, whatever other ids lie about in it', async () => {
        await start({ type: 'thingplus-send-status', target: 'gateway', keepAlive: true })
        await send({ gatewayId, sensorId: 'door', status: 'on' })
        await send({ gatewayId, sensorId: 'temperature', status: 'off' })
        const before = reports()
        mock.timers.tick(300_000)
        await untilReported(before + 1)
        await settled()
        reports().should.equal(before + 1)
        shown().should.deepEqual([[gatewayId, 'off', 450_000]])
      })

      it('hands a failed repetition to Catch nodes, and tries again the next time', async () => {
        await start({ type: 'thingplus-send-status', target: 'gateway', keepAlive: true })
        await send({ gatewayId })
        simulator.setFaults([{ kind: 'server-error', path: '/status', times: 1 }])
        const caught = flow.next('caught')
        mock.timers.tick(300_000)
        should((await caught).error).have.property('code', 'CLOUD_ERROR')
        const before = reports()
        mock.timers.tick(300_000)
        await untilReported(before + 1)
        should(await flow.status('node', 'green')).containEql({ text: 'on' })
      })
    })
  })

  describe('thingplus-send-value', () => {
    const values = (sensorId: string) =>
      simulator.points(`${gatewayId}/${sensorId}`)?.map((point) => point.values.value)
    const first = Date.parse('2026-01-31T08:00:00Z')

    it('sends a plain value with the time when it came in, a number as text', async () => {
      const before = Date.now()
      await start({ type: 'thingplus-send-value' })
      const { payload, statusCode } = await send({ gatewayId, sensorId: 'temperature', payload: 36.5 })
      const [receipt] = payload as { accepted: number; firstTimeMs: number; lastTimeMs: number }[]
      should(receipt).containEql({ sensorId: 'temperature', accepted: 1 })
      should(receipt?.lastTimeMs).be.within(before, Date.now())
      should(statusCode).equal(200)
      should(values('temperature')).deepEqual(['36.5'])
    })

    it('sends an array in one request, oldest first, its time in the column that the dialog names', async () => {
      await start({ type: 'thingplus-send-value', timeField: 'timestamp' })
      const payload = [
        { value: 2, timestamp: '2026-01-31T08:00:02Z', line: 7 },
        { value: 1, timestamp: String(first + 1000) },
        { value: 0, timestamp: first },
      ]
      const before = simulator.state()['requests'] as number
      const receipt = await send({ gatewayId, sensorId: 'temperature', payload })
      should(receipt.payload).deepEqual([
        { sensorId: 'temperature', accepted: 3, firstTimeMs: first, lastTimeMs: first + 2000 },
      ])
      should(values('temperature')).deepEqual(['0', '1', '2'])
      should(simulator.state()['requests']).equal(before + 4) // token, sensor, sensor type, values
    })

    it('sends the values of several sensors in one message, each as its type wants it', async () => {
      await start({ type: 'thingplus-send-value' })
      const { payload } = await send({
        gatewayId,
        payload: {
          temperature: [21.5, { value: '22', time: Date.now() + 1_000 }],
          door: true,
          string: 42,
          location: { latitude: '37.5', lng: 127 },
        },
      })
      should(payload).have.length(4)
      should(values('temperature')).deepEqual(['21.5', '22'])
      should(values('door')).deepEqual(['1'])
      should(values('string')).deepEqual(['42'])
      should(values('location')).deepEqual([{ lat: 37.5, lng: 127 }])
    })

    it('sends to the sensor of the dialog, whatever sensor id a node before has left in the message', async () => {
      await start({ type: 'thingplus-send-value', sensorId: 'temperature', sensorIdType: 'str' })
      await send({ gatewayId, sensorId: 'string', payload: 1 })
      should(values('temperature')).deepEqual(['1'])
      state().valuesAccepted.should.equal(1)
    })

    it('sends a member for each sensor where the dialog’s sensor is left empty, likewise', async () => {
      await start({ type: 'thingplus-send-value', sensorId: '', sensorIdType: 'str' })
      await send({ gatewayId, sensorId: 'string', payload: { temperature: 1, door: false } })
      state().valuesAccepted.should.equal(2)
    })

    it('sends a value to the sensor and the gateway of the message where the dialog’s fields are empty', async () => {
      const empty = { gatewayId: '', gatewayIdType: 'str', sensorId: '', sensorIdType: 'str' }
      await start({ type: 'thingplus-send-value', ...empty })
      await send({ gatewayId, sensorId: 'temperature', payload: 21.5 })
      should(values('temperature')).deepEqual(['21.5'])
    })
  })
})
