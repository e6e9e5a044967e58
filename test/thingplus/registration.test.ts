import should from 'should'
import type { ThingPlusOptions } from '../../lib/thingplus'
import { startTestCloud, steppingClock, type TestCloud } from './cloud'

const gatewayId = '87cd2a6e407511e7922eb724f8803770'
const foreignGatewayId = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'

const users = [
  { id: '1', loginId: 'serviceadmin', password: 'demo-password', service: '1' },
  { id: '2', loginId: 'other', password: 'other-password', service: '2' },
]
const seed = {
  users,
  clients: [
    { id: 'testClientId', clientSecret: 'demo-client-secret', scopes: ['gateway', 'site-read'], user: '1' },
    { id: 'reader', clientSecret: 'reader-secret', scopes: ['site-read'], user: '1' },
    { id: 'foreignClient', name: 'Foreign', clientSecret: 'foreign-secret', scopes: ['gateway'], user: '2' },
  ],
  sites: [
    { id: '1', service: '1' },
    { id: '2', service: '2' },
    { id: '3', service: '1' },
  ],
  gateways: [
    { id: gatewayId, name: 'GW', site: '1' },
    { id: foreignGatewayId, name: 'Foreign GW', site: '2' },
  ],
  devices: [
    { id: 'device-1', owner: gatewayId, name: 'Device' },
    { id: 'foreign-device', owner: foreignGatewayId, name: 'Device' },
  ],
  sensors: [
    { id: 'sensor-1', owner: gatewayId, deviceId: 'device-1', type: 'temperature', name: 'Sensor' },
    { id: 'foreign-sensor', owner: foreignGatewayId, deviceId: 'foreign-device', type: 'temperature', name: 'Sensor' },
  ],
}
const newSensor = { id: 'sensor-2', name: 'New', type: 'humidity', deviceId: 'device-1' }

describe('Registering', () => {
  let cloud: TestCloud
  const start = async (options?: Parameters<typeof startTestCloud>[1], overrides?: Partial<ThingPlusOptions>) => {
    cloud = await startTestCloud(seed, options)
    return cloud.client(overrides)
  }
  afterEach(() => cloud.close())

  it('refuses the id of a gateway, device or sensor of somebody else and says so', async () => {
    const client = await start(undefined, steppingClock())
    const refused = { code: 'CONFLICT' }
    await client
      .registerGateway({ id: foreignGatewayId, siteId: '1', name: 'Mine' })
      .should.be.rejectedWith(/taken, by somebody else/, { ...refused, statusCode: 403 })
    await client
      .registerDevice(gatewayId, { id: 'foreign-device', name: 'Mine' })
      .should.be.rejectedWith(/taken, by somebody else/, { ...refused, statusCode: 409, cloudCode: 'CONFLICT' })
    await client
      .registerSensor(gatewayId, { ...newSensor, id: 'foreign-sensor' })
      .should.be.rejectedWith(/taken, by somebody else/, { ...refused, statusCode: 409, cloudCode: 'CONFLICT' })
  })

  it('under a gateway of somebody else is a permission error, and no reason to log in again', async () => {
    const client = await start()
    await client
      .registerSensor(foreignGatewayId, newSensor)
      .should.be.rejectedWith({ code: 'PERMISSION_DENIED', cloudCode: 'ACCESSGROUP_DENY' })
    cloud.requests.filter((request) => request === 'POST /v2/oauth2/token').length.should.equal(1)
  })

  it('with a client whose scopes don’t cover it says that, and not that the id is somebody else’s', async () => {
    const client = await start(undefined, { clientId: 'reader', clientSecret: 'reader-secret' })
    await client
      .registerGateway({ id: gatewayId, siteId: '1', name: 'GW' })
      .should.be.rejectedWith(/scopes/, { code: 'PERMISSION_DENIED', cloudCode: 'ACL_DENY' })
  })

  it('adopts by name what was registered without an id', async () => {
    const client = await start()
    should(await client.registerGateway({ siteId: '1', name: 'GW' })).containDeep({
      created: false,
      item: { id: gatewayId },
    })
    should(await client.registerDevice(gatewayId, { name: 'Device' })).containDeep({
      created: false,
      item: { id: 'device-1' },
    })
    const sensor = { name: 'Sensor', type: 'temperature', deviceId: 'device-1' }
    should(await client.registerSensor(gatewayId, sensor)).containDeep({ created: false, item: { id: 'sensor-1' } })
  })

  it('asks which one is meant when several have the name', async () => {
    const client = await start()
    await client.registerDevice(gatewayId, { id: 'device-2', name: 'Device' })
    await client
      .registerDevice(gatewayId, { name: 'Device' })
      .should.be.rejectedWith(/device-1, device-2/, { code: 'CONFLICT' })
  })

  it('registers once when the same message comes twice at the same time', async () => {
    const client = await start()
    const request = { siteId: '1', name: 'Twin' }
    const [one, other] = await Promise.all([client.registerGateway(request), client.registerGateway(request)])
    one.item.should.deepEqual(other.item)
    cloud
      .state()
      .gateways.filter(({ name }) => name === 'Twin')
      .length.should.equal(1)
  })

  it('refuses to adopt what is there but different, and names the difference', async () => {
    const client = await start()
    const refused = { code: 'CONFLICT' }
    await client
      .registerGateway({ id: gatewayId, siteId: '3', name: 'GW' })
      .should.be.rejectedWith(/siteId "1" instead of "3"/, refused)
    const sensor = { id: 'sensor-1', name: 'Sensor', type: 'humidity', deviceId: 'device-1' }
    await client
      .registerSensor(gatewayId, sensor)
      .should.be.rejectedWith(/type "temperature" instead of "humidity"/, refused)
    await client
      .registerSensor(gatewayId, { ...sensor, type: 'temperature', deviceId: 'device-2' })
      .should.be.rejectedWith(/deviceId "device-1" instead of "device-2"/, refused)
  })

  it('checks ids, names, types, models and intervals before anything is sent', async () => {
    const client = await start()
    const invalid = { code: 'INPUT_INVALID' }
    await client.registerGateway({ id: 'no-uuid', siteId: '1', name: 'X' }).should.be.rejectedWith(/UUID/, invalid)
    await client
      .registerGateway({ siteId: '1', name: 'X', reportIntervalMs: 1000 })
      .should.be.rejectedWith(/60000/, invalid)
    await client.registerGateway({ siteId: '1', name: ' ' }).should.be.rejectedWith({ code: 'INPUT_EMPTY' })
    await client.registerGateway({ siteId: '', name: 'X' }).should.be.rejectedWith({ code: 'INPUT_EMPTY' })
    await client.registerDevice(gatewayId, { id: 'a b', name: 'X' }).should.be.rejectedWith(invalid)
    await client
      .registerDevice(gatewayId, { name: 'X', model: 'other-device' })
      .should.be.rejectedWith(/open-api-device-v1.0/, invalid)
    await client
      .registerSensor(gatewayId, { ...newSensor, type: 'humidty' })
      .should.be.rejectedWith(/It has: humidity/, invalid)
    await client
      .registerSensor(gatewayId, { ...newSensor, type: 'buzzer' })
      .should.be.rejectedWith(/actuators over HTTPS/, invalid)
    cloud.requests.filter((request) => /POST .*(registerGateway|devices|sensors)/.test(request)).should.deepEqual([])
  })

  it('hands on that the site, the plan or the gateway does not allow it', async () => {
    const client = await start({ plan: { gateways: 1, sensors: 1 } })
    await client.registerGateway({ siteId: '1', name: 'One more' }).should.be.rejectedWith({
      code: 'BILLING_LIMIT',
      statusCode: 471,
      cloudCode: 'BILLING',
    })
    await client.registerSensor(gatewayId, newSensor).should.be.rejectedWith({ code: 'BILLING_LIMIT' })
    await client.registerGateway({ siteId: '2', name: 'X' }).should.be.rejectedWith({ code: 'PERMISSION_DENIED' })
    await client.registerGateway({ siteId: '9', name: 'X' }).should.be.rejectedWith({ code: 'NOT_FOUND' })
    await client.registerDevice('f'.repeat(32), { name: 'X' }).should.be.rejectedWith({ code: 'NOT_FOUND' })
  })

  for (const sensorDelayStatus of [403, 404] as const) {
    it(`waits out the time in which a new sensor answers ${sensorDelayStatus}`, async () => {
      const client = await start({ sensorDelayMs: 300, sensorDelayStatus })
      const { created } = await client.registerSensor(gatewayId, newSensor)
      created.should.be.true()
      await client.sendStatus({ gatewayId, sensorId: newSensor.id }, { value: 'on' })
    })
  }

  it('gives up waiting after 30 s, and says that running it again adopts the sensor', async () => {
    const client = await start({ sensorDelayMs: 3_600_000 }, steppingClock())
    await client.registerSensor(gatewayId, newSensor).should.be.rejectedWith(/again later/, { code: 'CLOUD_ERROR' })
    cloud.state().sensors.length.should.equal(3)
  })

  it('stops waiting when the flow is closed', async () => {
    const closing = new AbortController()
    const client = await start({ sensorDelayMs: 3_600_000 })
    const waiting = client.registerSensor(gatewayId, newSensor, closing.signal)
    setTimeout(() => closing.abort(), 50)
    await waiting.should.be.rejectedWith({ code: 'ABORTED' })
  })

  it('adopts what it made itself when the answer was lost, also while that does not show yet', async () => {
    const client = await start({ sensorDelayMs: 400 })
    cloud.fail({ kind: 'reply-lost', path: '/sensors', after: 1, times: 1 })
    await client.registerSensor(gatewayId, newSensor).should.be.rejectedWith({ code: 'NETWORK_INTERRUPTED' })
    should(await client.registerSensor(gatewayId, newSensor)).containDeep({ created: false, item: { id: 'sensor-2' } })
    cloud.state().sensors.length.should.equal(3)
  })
})

describe('Registering a gateway with its devices and sensors', () => {
  let cloud: TestCloud
  afterEach(() => cloud.close())

  const tree = (sensorId: string) => ({
    siteId: '1',
    name: 'Tree',
    location: { longitude: 127.1, latitude: 37.4, address: 'Seongnam' },
    reportIntervalMs: 60_000,
    devices: [
      {
        name: 'Tree device',
        sensors: [
          { name: 'Tree temperature', type: 'temperature' },
          { id: sensorId, name: 'Tree door', type: 'door' },
        ],
      },
    ],
  })

  it('takes one request, and a second run adopts all of it', async () => {
    cloud = await startTestCloud(seed)
    const client = cloud.client()
    const { created, ...first } = await client.registerGateway(tree('tree-door'))
    created.should.be.true()
    cloud.requests.filter((request) => /^POST .*(devices|sensors)$/.test(request)).should.deepEqual([])
    first.item.reportIntervalMs?.should.equal(60_000)
    should(first.sensors.map(({ type }) => type)).deepEqual(['temperature', 'door'])
    const state = cloud.state()

    const { created: createdAgain, ...second } = await client.registerGateway(tree('tree-door'))
    createdAgain.should.be.false()
    second.should.deepEqual(first)
    cloud.state().should.deepEqual(state)
  })

  it('refuses a list of sensors that has gaps', async () => {
    cloud = await startTestCloud(seed)
    const client = cloud.client()
    const sensors = new Array<{ name: string; type: string }>(2)
    sensors[1] = { name: 'Tree door', type: 'door' }
    await client
      .registerGateway({ ...tree('tree-door'), devices: [{ name: 'Tree device', sensors }] })
      .should.be.rejectedWith(/not a list of objects/, { code: 'INPUT_INVALID' })
  })

  it('names the children that failed, and adopts the rest once they are corrected', async () => {
    cloud = await startTestCloud(seed)
    const client = cloud.client()
    const failure: unknown = await client.registerGateway(tree('foreign-sensor')).catch((error: unknown) => error)
    should(failure).have.properties({ code: 'PARTIAL_FAILURE', statusCode: 207, cloudCode: 'CONFLICT' })
    String(failure).should.match(/Failed: sensor "Tree door" \(foreign-sensor\)\. The cloud says: CONFLICT/)

    const { created, devices, sensors } = await client.registerGateway(tree('tree-door'))
    created.should.be.false()
    devices.length.should.equal(1)
    should(sensors.map(({ name }) => name)).deepEqual(['Tree temperature', 'Tree door'])
  })
})

describe('Creating an OAuth client', () => {
  let cloud: TestCloud
  beforeEach(async () => {
    cloud = await startTestCloud(seed)
  })
  afterEach(() => cloud.close())

  const request = { id: 'newClient', name: 'New client', clientSecret: 'new-secret' }

  it('logs in to the portal, and out again, and asks for the scopes this package needs', async () => {
    const { item } = await cloud.client().createClient(request)
    item.should.deepEqual({ id: 'newClient', name: 'New client', scopes: ['gateway', 'site-read'], userId: '1' })
    cloud.requests.should.deepEqual(['POST /v2/login', 'POST /v2/authClients', 'POST /v2/logout'])
    await cloud.client({ clientId: 'newClient', clientSecret: 'new-secret' }).get('sites')
  })

  it('refuses an id or a name of somebody else, and a client of ours with another secret or fewer scopes', async () => {
    const client = cloud.client()
    const refused = { code: 'CONFLICT' }
    await client.createClient({ ...request, id: 'foreignClient' }).should.be.rejectedWith(/somebody else/, refused)
    await client.createClient({ ...request, name: 'Foreign' }).should.be.rejectedWith(/somebody else/, refused)
    await client.createClient({ ...request, id: 'testClientId' }).should.be.rejectedWith(/with another secret/, refused)
    await client
      .createClient({ ...request, id: 'reader', clientSecret: 'reader-secret' })
      .should.be.rejectedWith(/without the scopes gateway/, refused)
  })

  it('says that the portal refuses the login, and keeps what was sent out of every text', async () => {
    const client = cloud.client({ password: 'wrong-password' })
    const failure: unknown = await client.createClient(request).catch((error: unknown) => error)
    should(failure).have.properties({ code: 'AUTH_REFUSED', statusCode: 401 })
    String(failure).should.not.match(/wrong-password|new-secret/)
    const refused: unknown = await cloud
      .client()
      .createClient({ ...request, id: 'é' })
      .catch((error: unknown) => error)
    should(refused).have.property('code', 'INPUT_INVALID')
  })
})
