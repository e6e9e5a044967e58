import should from 'should'
import { HttpClient } from '../../lib/http'
import { ThingPlus } from '../../lib/thingplus'
import { startTestCloud, type TestCloud } from './cloud'
import { enveloped, refused, type ScriptedReply, startScriptedCloud, tokenWith } from './scripted-cloud'

const gatewayId = '87cd2a6e407511e7922eb724f8803770'
const seed = {
  clients: [
    {
      id: 'testClientId',
      clientSecret: 'demo-client-secret',
      scopes: ['gateway', 'site-read', 'user-profile-read'],
      user: '1',
    },
  ],
  gateways: [{ id: gatewayId, name: 'GW' }],
  devices: [{ id: 'device', owner: gatewayId, name: 'Device' }],
  sensors: Array.from({ length: 2_100 }, (_, index) => ({
    id: `sensor-${index}`,
    name: `Sensor ${index % 2}`,
    owner: gatewayId,
    deviceId: 'device',
    type: 'temperature',
  })),
}

describe('Reading resources', () => {
  let cloud: TestCloud
  let client: ThingPlus
  before(async () => {
    cloud = await startTestCloud(seed)
    client = cloud.client()
  })
  after(() => cloud.close())

  it('yields each of them typed, one by its id or all of them', async () => {
    should(await client.get('sites')).containDeep([{ id: '1', name: 'default' }])
    should(await client.get('me')).containDeep({ id: '1', loginId: 'serviceadmin' })
    const model = await client.get('gatewayModels', { gatewayModelId: '52' })
    should(model).containDeep({ id: '52', idFormat: 'uuid', reportIntervalMs: 300_000 })
    should(await client.get('gatewayModels')).containDeep([{ id: '52' }])
    should(await client.get('gateways')).containDeep([{ id: gatewayId, name: 'GW' }])
    should(await client.get('gateways', { gatewayId })).containDeep({ id: gatewayId, model: '52' })
    should(await client.get('devices', { gatewayId })).containDeep([{ id: 'device', gatewayId }])
    should(await client.get('devices', { gatewayId, deviceId: 'device' })).containDeep({ name: 'Device' })
    should(await client.get('sensors', { gatewayId, sensorId: 'sensor-7' })).containDeep({
      type: 'temperature',
      gatewayId,
    })
    should(await client.get('status', { gatewayId })).deepEqual({})
    should(await client.get('series', { gatewayId, sensorId: 'sensor-7' })).deepEqual({ points: [] })
  })

  it('collects a list over all of its pages, and keeps to one page or a filter where asked', async () => {
    const all = await client.get('sensors', { gatewayId })
    should(all).have.length(2_100)
    should(await client.get('sensors', { gatewayId }, { page: 1, count: 100 })).have.length(100)
    should(await client.get('sensors', { gatewayId }, { filter: { name: 'Sensor 1' } })).have.length(1_050)
  })

  it('asks for the id that is missing', async () => {
    await client.get('devices').should.be.rejectedWith(/id of the gateway/, { code: 'INPUT_EMPTY' })
    await client.get('series', { gatewayId }).should.be.rejectedWith(/id of the sensor/, { code: 'INPUT_EMPTY' })
  })

  it('hands on that an item does not exist', async () => {
    await client
      .get('gateways', { gatewayId: 'unknown' })
      .should.be.rejectedWith({ code: 'NOT_FOUND', cloudCode: 'NOT_FOUND' })
  })
})

describe('Reading from a cloud with ways of its own', () => {
  let answer: (target: string) => ScriptedReply
  let cloud: Awaited<ReturnType<typeof startScriptedCloud>>
  let client: ThingPlus
  beforeEach(async () => {
    cloud = await startScriptedCloud(({ target }) =>
      target.endsWith('/token') ? { status: 200, body: { access_token: tokenWith({}) } } : answer(target),
    )
    const account = { clientId: 'c', clientSecret: 's', userName: 'u', password: 'p' }
    client = new ThingPlus({ ...account, baseUrl: cloud.baseUrl, http: new HttpClient() })
  })
  afterEach(async () => {
    client.close()
    await cloud.close()
  })
  const page = (length: number) => Array.from({ length }, (_, index) => ({ id: `${index}` }))

  it('ends a list when a page is not full, where the cloud names no total', async () => {
    answer = () => ({ status: 200, body: page(3) })
    should(await client.get('gateways')).have.length(3)
  })

  it('ends a list when the cloud ignores paging and sends the same again', async () => {
    answer = () => enveloped(page(1000))
    should(await client.get('gateways')).have.length(1000)
    cloud.requests.length.should.equal(3)
  })

  it('takes a series without values as empty where the cloud calls that an error', async () => {
    answer = () => refused(500, 'QUERY_RESULT_EMPTY')
    should(await client.get('series', { gatewayId, sensorId: 's' })).deepEqual({ points: [] })
  })

  it('writes times of a range as ISO text, and encodes them', async () => {
    answer = () => enveloped({ data: [] })
    const range = { dataStart: '2026-11-21T00:00:00+09:00', dataEnd: 1_795_000_000_000, interval: '15m' }
    await client.get('series', { gatewayId, sensorId: 'a(1)' }, { range })
    should(cloud.requests.at(-1)?.target).equal(
      `/v2/gateways/${gatewayId}/sensors/a(1)/series?dataStart=2026-11-20T15%3A00%3A00.000Z&dataEnd=2026-11-18T11%3A06%3A40.000Z&interval=15m`,
    )
    await client
      .get('series', { gatewayId, sensorId: 's' }, { range: { dataStart: 1_495_715_734 } })
      .should.be.rejectedWith({ code: 'INPUT_TIME_INVALID' })
  })

  it('defaults a status to 1.5 × the interval of the gateway, else of its model, else 5 minutes', async () => {
    const intervals: [gateway: object, model: object, seconds: number][] = [
      [{ reportInterval: '60000' }, {}, 90],
      [{ reportInterval: 5 }, {}, 90],
      [{ reportInterval: -1 }, {}, 90],
      [{ reportInterval: 1e15 }, {}, 907_200],
      [{}, { reportInterval: 90_001 }, 136],
      [{}, {}, 450],
    ]
    for (const [index, [gateway, model, seconds]] of intervals.entries()) {
      answer = (target) => {
        if (target.includes('/gatewayModels/')) return enveloped({ id: `model-${index}`, ...model })
        return enveloped({ id: `gateway-${index}`, model: `model-${index}`, ...gateway })
      }
      await client.sendStatus({ gatewayId: `gateway-${index}` }, { value: 'on' })
      should(cloud.requests.at(-1)?.body).deepEqual({ value: 'on', validDuration: seconds })
    }
  })

  it('refuses a status or a life that is none before anything is sent', async () => {
    const target = { gatewayId }
    await client.sendStatus(target, { value: 'ON' as 'on' }).should.be.rejectedWith({ code: 'INPUT_INVALID' })
    for (const validDurationSeconds of [0, -1, 1.5, Number.NaN]) {
      await client
        .sendStatus(target, { value: 'on', validDurationSeconds })
        .should.be.rejectedWith({ code: 'INPUT_INVALID' })
    }
    cloud.requests.should.deepEqual([])
  })
})
