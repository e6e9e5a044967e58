import should from 'should'
import { passwordDigest } from '../../lib/signing'
import type { DialectName, ThingPlus } from '../../lib/thingplus'
import { startTestCloud, type TestCloud } from './cloud'

const gatewayId = '87cd2a6e407511e7922eb724f8803770'
const deviceId = '366d685f93f5477a8d29e8c45bae0a31'
const sensorId = 'd815ba2f84eb490b8e68d9dd744da397'
const firstMs = Date.parse('2017-05-25T12:35:34.508Z')

/** Every step of the vendor's guide, by the client's own calls; what it yields. */
async function walkTheGuide(
  portal: ThingPlus,
  client: ThingPlus,
  ids: { gateway?: string; device?: string; sensor?: string },
) {
  const authClient = await portal.createClient({
    id: 'guideClientId',
    name: 'Test Client for Daliworks',
    clientSecret: 'testClientPwd12!@',
    scopes: ['gateway', 'site-read'],
  })
  const token = await client.token()
  const [site] = await client.get('sites')
  const model = await client.get('gatewayModels', { gatewayModelId: '52' })
  const gateway = await client.registerGateway({ id: ids.gateway, siteId: site?.id ?? '', name: 'Open Gateway 1' })
  const device = await client.registerDevice(gateway.item.id, { id: ids.device, name: 'Open Gateway Device 1' })
  const sensor = await client.registerSensor(gateway.item.id, {
    id: ids.sensor,
    name: 'Temperature sensor',
    type: 'temperature',
    deviceId: device.item.id,
  })
  const target = { gatewayId: gateway.item.id }
  const gatewayStatus = await client.sendStatus(target, { value: 'on' })
  const sensorStatus = await client.sendStatus({ ...target, sensorId: sensor.item.id }, { value: 'on' })
  return { authClient, token, site, model, gateway, device, sensor, gatewayStatus, sensorStatus }
}

describe('The whole guide', () => {
  let cloud: TestCloud
  afterEach(() => cloud.close())

  const guideClient = { clientId: 'guideClientId', clientSecret: 'testClientPwd12!@' }
  const givenIds = { gateway: gatewayId, device: deviceId, sensor: sensorId }

  for (const [title, ids] of [
    ['given ids', givenIds],
    ['ids made here', {}],
  ] as const) {
    it(`walked twice from an empty account with ${title} ends in the same state and the same outputs`, async () => {
      cloud = await startTestCloud()
      const first = await walkTheGuide(cloud.client(), cloud.client(guideClient), ids)
      const stateAfterFirst = cloud.state()
      const second = await walkTheGuide(cloud.client(), cloud.client(guideClient), ids)

      for (const step of ['authClient', 'gateway', 'device', 'sensor'] as const) {
        first[step].created.should.be.true()
        second[step].created.should.be.false()
        should(second[step].item).deepEqual(first[step].item)
      }
      should(second.site).deepEqual(first.site)
      should(second.model).deepEqual(first.model)
      const { statuses, ...items } = cloud.state()
      const { statuses: statusesAfterFirst, ...itemsAfterFirst } = stateAfterFirst
      items.should.deepEqual(itemsAfterFirst)
      statuses.map(({ target }) => target).should.deepEqual(statusesAfterFirst.map(({ target }) => target))
    })
  }

  it('sends what the guide says: 450 s for 300,000 ms, model and driver of the type, the documented bodies', async () => {
    cloud = await startTestCloud()
    const { gateway, sensor, gatewayStatus, sensorStatus } = await walkTheGuide(
      cloud.client(),
      cloud.client(guideClient),
      givenIds,
    )
    should(gateway.item).deepEqual({
      id: gatewayId,
      name: 'Open Gateway 1',
      model: '52',
      siteId: '1',
      serviceId: '1',
      reportIntervalMs: 300_000,
    })
    should(sensor.item).containDeep({
      id: sensorId,
      type: 'temperature',
      model: 'openApiTemp',
      driverName: 'openApiSensor',
      category: 'sensor',
      gatewayId,
      deviceId,
    })
    gatewayStatus.validDurationSeconds.should.equal(450)
    sensorStatus.validDurationSeconds.should.equal(450)
  })

  const dialects: [name: DialectName, cloud: 'current' | 'may-2017' | 'april-2017'][] = [
    ['current', 'current'],
    ['2017-05', 'may-2017'],
    ['2017-04', 'april-2017'],
  ]
  for (const [dialect, cloudDialect] of dialects) {
    it(`is understood by a cloud that takes the dialect ${dialect} and no other`, async () => {
      cloud = await startTestCloud(undefined, { dialect: cloudDialect })
      await walkTheGuide(cloud.client({ dialect }), cloud.client({ ...guideClient, dialect }), givenIds)
      cloud.state().statuses.length.should.equal(2)
      const clientsPath = dialect === '2017-04' ? '/v2/oauth2/authClients' : '/v2/authClients'
      cloud.requests.should.containEql(`POST ${clientsPath}`)
    })
  }

  it('works with a token requested by form, and with the stored digest of the password', async () => {
    cloud = await startTestCloud()
    const digest = passwordDigest('demo-password')
    await cloud.client({ tokenBodyFormat: 'form', password: digest, passwordIsDigest: true }).token()
    await cloud.client({ password: digest }).token().should.be.rejectedWith({ code: 'AUTH_REFUSED' })
  })

  it('ends with values that read back as they were sent, in either shape of a series', async () => {
    for (const seriesShape of ['latest', 'parent'] as const) {
      cloud = await startTestCloud(undefined, { seriesShape })
      const client = cloud.client()
      await walkTheGuide(client, client, givenIds)
      should(await client.get('series', { gatewayId, sensorId })).deepEqual({ points: [] })

      await client.sendValues(gatewayId, { [sensorId]: { value: 36.5, time: firstMs } })
      await client.sendValues(gatewayId, {
        [sensorId]: [
          { value: 36.1, time: firstMs + 2000 },
          { value: 36.3, time: firstMs + 1000 },
        ],
      })
      const range = { dataStart: firstMs, dataEnd: firstMs + 60_000, interval: '0' }
      const series = await client.get('series', { gatewayId, sensorId }, { range })
      should(series.points).deepEqual([
        { timeMs: firstMs, value: '36.5' },
        { timeMs: firstMs + 1000, value: '36.3' },
        { timeMs: firstMs + 2000, value: '36.1' },
      ])
      should((await client.get('series', { gatewayId, sensorId })).latest).deepEqual({
        timeMs: firstMs + 2000,
        value: '36.1',
      })
      if (seriesShape === 'latest') await cloud.close()
    }
  })

  it('reads a status back, and takes the first answer’s parent shape', async () => {
    cloud = await startTestCloud()
    const client = cloud.client()
    await walkTheGuide(client, client, givenIds)
    const again = await client.sendStatus({ gatewayId, sensorId }, { value: 'err', validDurationSeconds: 60 })
    should(again.status.value).equal('err')
    const status = await client.get('status', { gatewayId, sensorId })
    should(status.value).equal('err')
    should((status.expiresAtMs ?? 0) - (status.timeMs ?? 0)).equal(60_000)
    should((await client.get('status', { gatewayId })).value).equal('on')
  })
})
