import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import should from 'should'
import { HttpClient } from '../../lib/http'
import { ThingPlus } from '../../lib/thingplus'
import { patienceMs } from '../patience'
import { startTestCloud, type TestCloud } from './cloud'
import {
  enveloped,
  type ReceivedRequest,
  refused,
  type ScriptedReply,
  startScriptedCloud,
  tokenWith,
} from './scripted-cloud'

const gatewayId = '87cd2a6e407511e7922eb724f8803770'
const foreignGatewayId = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
const startMs = Date.parse('2026-11-21T00:00:00Z')

const seed = {
  sites: [
    { id: '1', service: '1' },
    { id: '2', service: '2' },
  ],
  gateways: [
    { id: gatewayId, site: '1' },
    { id: foreignGatewayId, site: '2' },
  ],
  devices: [{ id: 'device', owner: gatewayId }],
  sensors: ['temperature', 'door', 'location', 'string'].map((type) => ({
    id: type,
    owner: gatewayId,
    deviceId: 'device',
    type,
  })),
}

const readings = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ value: index / 10, time: startMs + index * 1000 }))

describe('Sending values', () => {
  let cloud: TestCloud
  const start = async (...more: [options?: object, settings?: object]) => {
    cloud = await startTestCloud(seed, { checkValueKind: true, ...more[0] }, more[1])
    return cloud.client()
  }
  const received = (sensorId: string) =>
    cloud.simulator
      .points(`${gatewayId}/${sensorId}`)
      ?.map(({ timeMs, values }) => ({ time: timeMs, value: values['value'] }))
  const writes = () => cloud.requests.filter((request) => request.startsWith('PUT'))
  afterEach(() => cloud.close())

  it('sends each sensor type what it takes, several sensors in one message', async () => {
    const client = await start()
    const receipts = await client.sendValues(gatewayId, {
      temperature: { value: 36.5, time: startMs },
      door: { value: true, time: startMs },
      location: { value: { latitude: 37.4, longitude: 127.1 }, time: startMs },
      string: { value: 42, time: startMs },
    })
    should(receipts[0]).deepEqual({ sensorId: 'temperature', accepted: 1, firstTimeMs: startMs, lastTimeMs: startMs })
    should(received('temperature')).deepEqual([{ time: startMs, value: '36.5' }])
    should(received('door')).deepEqual([{ time: startMs, value: '1' }])
    should(received('location')).deepEqual([{ time: startMs, value: { lat: 37.4, lng: 127.1 } }])
    should(received('string')).deepEqual([{ time: startMs, value: '42' }])
  })

  it('asks what a sensor takes once, not for every message', async () => {
    const client = await start()
    for (const reading of readings(5)) await client.sendValues(gatewayId, { temperature: reading })
    cloud.requests
      .filter((request) => request.startsWith('GET'))
      .should.deepEqual([`GET /v2/gateways/${gatewayId}/sensors/temperature`, 'GET /v2/sensorTypes/temperature'])
  })

  it('sends 10,000 unsorted values of one message in one request, complete and oldest first', async () => {
    const client = await start()
    const sorted = readings(10_000)
    const [receipt] = await client.sendValues(gatewayId, { temperature: sorted.toReversed() })
    should(receipt?.accepted).equal(10_000)
    writes().length.should.equal(1)
    should(received('temperature')).deepEqual(sorted.map(({ value, time }) => ({ value: String(value), time })))
  }).timeout(patienceMs)

  it('splits what would be too large for one request, and what the cloud finds too large, in order', async () => {
    const client = await start({}, { maxBodyBytes: 60_000 })
    await client.sendValues(gatewayId, { temperature: readings(5_000) })
    should(received('temperature')?.map(({ time }) => time)).deepEqual(readings(5_000).map(({ time }) => time))
    should(received('temperature')?.length).equal(5_000)
    writes().length.should.be.above(1)
  })

  it('brings real measurements over complete and in order', async () => {
    const client = await start()
    const file = resolve(__dirname, '../../demo/machine_temperature.csv')
    const rows = readFileSync(file, 'utf8').trim().split('\n').slice(1)
    const values = rows.map((row) => {
      const [time = '', value = ''] = row.split(',')
      return { value, time: `${time.replace(' ', 'T')}Z` }
    })
    await client.sendValues(gatewayId, { temperature: values })
    should(received('temperature')).deepEqual(values.map(({ value, time }) => ({ value, time: Date.parse(time) })))
  })

  it('takes the moment of the call as the time of a value that has none', async () => {
    const client = await start()
    const beforeMs = Date.now()
    await client.sendValues(gatewayId, { temperature: 20 })
    const [point] = received('temperature') ?? []
    should(point?.time).be.within(beforeMs, Date.now())
  })

  it('sends nothing for a sensor whose message holds one bad entry, and names it', async () => {
    const client = await start()
    const times = [
      { value: 1, time: startMs },
      { value: 2, time: 'yesterday' },
    ]
    await client
      .sendValues(gatewayId, { temperature: times })
      .should.be.rejectedWith(/value 2 of 2/, { code: 'INPUT_TIME_INVALID' })
    await client.sendValues(gatewayId, { temperature: [1, 'warm'] }).should.be.rejectedWith({ code: 'INPUT_INVALID' })
    await client.sendValues(gatewayId, {}).should.be.rejectedWith({ code: 'INPUT_EMPTY' })
    writes().should.deepEqual([])
  })

  it('names the sensors that failed, and sends the others all the same', async () => {
    const client = await start()
    const failure: unknown = await client
      .sendValues(gatewayId, { temperature: 20, unknown: 1, door: 'ajar' })
      .catch((error: unknown) => error)
    should(failure).have.property('code', 'PARTIAL_FAILURE')
    String(failure)
      .should.match(/2 of 3 sensors/)
      .and.match(/unknown: NOT_FOUND/)
      .and.match(/door: INPUT_INVALID/)
    should(received('temperature')?.length).equal(1)

    const outcomes = await client.sendValuesEach(gatewayId, { temperature: 21, unknown: 1 })
    outcomes
      .map((outcome) => ('error' in outcome ? outcome.error.code : outcome.receipt.accepted))
      .should.deepEqual([1, 'NOT_FOUND'])
  })

  it('keeps the code where all sensors failed alike', async () => {
    const client = await start()
    await client
      .sendValues(gatewayId, { unknown: 1, missing: 1 })
      .should.be.rejectedWith(/2 of 2 sensors/, { code: 'NOT_FOUND', statusCode: 404 })
  })

  it('hands on what the cloud says about an unknown sensor, a foreign gateway and a time in the past', async () => {
    const client = await start()
    await client.sendValues(gatewayId, { unknown: 1 }).should.be.rejectedWith({ code: 'NOT_FOUND', statusCode: 404 })
    await client
      .sendValues(foreignGatewayId, { temperature: 1 })
      .should.be.rejectedWith({ code: 'PERMISSION_DENIED', cloudCode: 'ACCESSGROUP_DENY' })
    const [older, newer] = readings(2)
    await client.sendValues(gatewayId, { temperature: newer })
    await client
      .sendValues(gatewayId, { temperature: older })
      .should.be.rejectedWith({ code: 'VALIDATION_REFUSED', cloudCode: 'INVALID_INPUT', statusCode: 400 })
  })
})

describe('Sending values to a slow or failing cloud', () => {
  let putReply: (request: ReceivedRequest) => ScriptedReply | Promise<ScriptedReply>
  let cloud: Awaited<ReturnType<typeof startScriptedCloud>>
  let client: ThingPlus
  beforeEach(async () => {
    cloud = await startScriptedCloud((request) => {
      const { method, target } = request
      if (target.endsWith('/token')) return { status: 200, body: { access_token: tokenWith({}), token_type: 'Bearer' } }
      if (method === 'PUT') return putReply(request)
      return target.includes('/sensorTypes/') ? refused(404, 'NOT_FOUND') : enveloped({ id: 's', type: 'temperature' })
    })
    const account = { clientId: 'c', clientSecret: 's', userName: 'u', password: 'p' }
    client = new ThingPlus({ ...account, baseUrl: cloud.baseUrl, http: new HttpClient() })
  })
  afterEach(async () => {
    client.close()
    await cloud.close()
  })

  /**
   * Answers late, and keeps the largest number of writes under way at the same time.
   * @param together how many are waited for before the first is answered
   */
  function countingReply(together = 1) {
    const writes = { underWay: 0, most: 0 }
    putReply = async () => {
      writes.most = Math.max(writes.most, ++writes.underWay)
      for (let waited = 0; writes.most < together && waited < 500; waited++) await delay(20)
      await delay(20)
      writes.underWay--
      return enveloped({})
    }
    return writes
  }

  it('sends the next message of a sensor only when the one before is answered', async () => {
    const writes = countingReply()
    const messages = readings(5).map((temperature) => client.sendValues('gateway', { temperature }))
    await Promise.all(messages)
    writes.most.should.equal(1)
    const sent = cloud.requests.filter(({ method }) => method === 'PUT').map(({ body }) => body)
    should(sent).deepEqual(readings(5).map(({ value, time }) => ({ value: String(value), time })))
  })

  it('writes to eight sensors at the same time and no more', async () => {
    const writes = countingReply(8)
    const sensors = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`sensor-${index}`, 1]))
    should(await client.sendValues('gateway', sensors)).have.length(20)
    writes.most.should.equal(8)
  })

  it('says how many values were accepted and from which time on to send again', async () => {
    const accepted: unknown[] = []
    putReply = ({ body }) => {
      if (Array.isArray(body) && body.length > 2) return { status: 413, body: '' }
      if (accepted.length === 2) return refused(500, 'INTERNAL_ERROR')
      accepted.push(body)
      return enveloped({})
    }
    await client
      .sendValues('gateway', { temperature: readings(8) })
      .should.be.rejectedWith(/Accepted: 4 of 8 values, up to 2026-11-21T00:00:03.000Z/, {
        code: 'CLOUD_ERROR',
        statusCode: 500,
        cloudCode: 'INTERNAL_ERROR',
      })
    should(accepted.flat()).have.length(4)
  })
})
