import 'should'
import { type Simulator, startSimulator } from '../../../lib/simulator'
import { type Answer, send } from '../enos-client'
import { gatewayId, md5, newDevice, newSensor, registration, sensorId, sensorPath } from './visitor'

describe('The simulated Thing+ cloud behind the simulator’s port', () => {
  let simulator: Simulator
  let headers: Record<string, string>
  beforeEach(async () => {
    headers = {}
    simulator = await startSimulator({ port: 0 })
  })
  afterEach(() => simulator.close())

  const call = (method: string, path: string, body?: unknown): Promise<Answer> =>
    send(`${simulator.url}${path}`, {
      method,
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })

  async function getToken(): Promise<Answer> {
    const answer = await call('POST', '/v2/oauth2/token', {
      grant_type: 'password',
      client_id: 'testClientId',
      client_secret: 'demo-client-secret',
      username: 'serviceadmin',
      password: md5('demo-password'),
    })
    headers = { authorization: `${answer.body.token_type} ${answer.body.access_token}` }
    return answer
  }

  async function register(): Promise<void> {
    const params = { ...registration.params, devices: [newDevice], sensors: [newSensor] }
    ;(await call('POST', '/v2/registerGateway', { reqId: gatewayId, params })).status.should.equal(201)
  }

  it('opens the portal with a cookie, makes a client with it, and closes the portal again', async () => {
    const login = await call('POST', '/v2/login', { loginId: 'serviceadmin', password: md5('demo-password') })
    headers = { cookie: String(login.headers.get('set-cookie')).split(';')[0] ?? '' }
    const client = { name: 'New', reqId: 'new', clientSecret: 's', scopes: ['gateway'] }
    ;(await call('POST', '/v2/authClients', client)).body.should.containDeep({ statusCode: 201, data: { id: 'new' } })
    ;(await call('POST', '/v2/logout')).status.should.equal(200)
    const denied = await call('GET', '/v2/gateways')
    denied.body.should.equal('Access denied')
    String(denied.headers.get('content-type')).should.startWith('text/plain')
  })

  it('takes a long series in portions, and shows all of it in the state and in the points', async () => {
    await getToken()
    await register()
    const values = Array.from({ length: 2500 }, (_, index) => ({ value: String(index / 10), time: 1000 * index }))
    for (let first = 0; first < values.length; first += 1000) {
      const portion = values.slice(first, first + 1000)
      ;(await call('PUT', `${sensorPath}/series`, portion)).status.should.equal(200)
    }
    const { thingplus } = (await call('GET', '/_simulator/state')).body
    thingplus.should.containDeep({ gateways: [{ id: gatewayId }], sensors: [{ id: sensorId }], valuesAccepted: 2500 })
    const { total, points } = (await call('GET', `/_simulator/points?stream=${gatewayId}/${sensorId}&from=2499`)).body
    total.should.equal(2500)
    points.should.eql([{ timeMs: 2_499_000, values: { value: '249.9' }, channel: 'series' }])
    await call('POST', '/_simulator/reset')
    ;(await call('GET', '/_simulator/state')).body.thingplus.should.containEql({ valuesAccepted: 0, gateways: [] })
  })

  it('ends a token by a fault, and lets a new one work; a request without a token passes untouched', async () => {
    await getToken()
    simulator.setFaults([{ kind: 'token-expired', times: 1 }])
    const refused = await call('GET', '/v2/sites')
    refused.status.should.equal(403)
    refused.body.should.containEql({ name: 'TokenExpiredError', message: 'jwt expired' })
    ;(await call('GET', '/v2/sites')).status.should.equal(403)
    headers = {}
    simulator.setFaults([{ kind: 'token-expired', times: 1 }])
    ;(await getToken()).status.should.equal(200)
    simulator.faults().should.containDeep([{ hits: 0 }])
    simulator.setFaults([])
    ;(await call('GET', '/v2/sites')).status.should.equal(200)
  })

  it('throttles with Retry-After, and fails with the status that the fault asks for, storing nothing', async () => {
    await getToken()
    await register()
    simulator.setFaults([
      { kind: 'throttled', path: '/series', times: 1, retryAfterSeconds: 7 },
      { kind: 'server-error', path: '/series', times: 1, after: 1, status: 502 },
    ])
    const write = () => call('PUT', `${sensorPath}/series`, { value: '1', time: 1 })
    const throttled = await write()
    ;[throttled.status, throttled.headers.get('retry-after')].should.eql([429, '7'])
    const failed = await write()
    failed.status.should.equal(502)
    failed.body.should.containDeep({ errors: [{ code: 'INTERNAL_ERROR' }] })
    simulator.state()['thingplus']?.should.containEql({ valuesAccepted: 0 })
    ;(await write()).status.should.equal(200)
  })

  it('changes its ways at run time, keeping what it holds, and refuses an option it does not know', async () => {
    await getToken()
    await register()
    const options = {
      thingplus: { dialect: 'april-2017', equalTimes: 'refuse', seriesShape: 'parent', plan: { gateways: 1 } },
    }
    ;(await call('POST', '/_simulator/options', options)).status.should.equal(200)
    const status = { value: 'on', validDuration: 450 }
    ;(await call('PUT', `${sensorPath}/status`, status)).body.should.containDeep({
      errors: [{ code: 'SCHEMA_VALIDATE' }],
    })
    await call('PUT', `${sensorPath}/series`, { value: '1', time: 1 })
    ;(await call('PUT', `${sensorPath}/series`, { value: '1', time: 1 })).status.should.equal(400)
    ;(await call('GET', `${sensorPath}/series`)).body.data.should.have.property('id', sensorId)
    const another = { id: sensorId, params: registration.params }
    ;(await call('POST', '/v2/registerGateway', another)).status.should.equal(471)
    const wrong = await call('POST', '/_simulator/options', { thingplus: { dialect: 'x' } })
    wrong.status.should.equal(400)
    wrong.body.error.should.startWith('options.thingplus.dialect must be one of')
  })

  it('starts with the seed and options of its caller, and names the key of a wrong seed', async () => {
    await startSimulator({ port: 0, seed: { thingplus: { users: [{}] } } }).should.be.rejectedWith(
      'thingplus.users[0].id is missing',
    )
    const other = await startSimulator({
      port: 0,
      seed: { thingplus: { gateways: [{ id: 'seeded' }] } },
      thingplus: { expiredStatus: 'off' },
    })
    try {
      other.state()['thingplus']?.should.containDeep({ gateways: [{ id: 'seeded', site: '1', service: '1' }] })
    } finally {
      await other.close()
    }
  })
})
