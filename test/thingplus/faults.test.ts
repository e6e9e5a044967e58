import should from 'should'
import type { ThingPlus, ThingPlusOptions } from '../../lib/thingplus'
import { startTestCloud, type TestCloud } from './cloud'

const gatewayId = '87cd2a6e407511e7922eb724f8803770'
const seed = {
  users: [
    { id: '1', loginId: 'serviceadmin', password: 'demo-password', service: '1' },
    { id: '2', loginId: 'revoked', password: 'demo-password', service: '1', accessApproval: 'deny' as const },
  ],
  gateways: [{ id: gatewayId }],
  devices: [{ id: 'device', owner: gatewayId }],
  sensors: [{ id: 'temperature', owner: gatewayId, deviceId: 'device', type: 'temperature' }],
}

describe('When the cloud or the line fails', () => {
  let cloud: TestCloud
  let client: ThingPlus
  beforeEach(async () => {
    cloud = await startTestCloud(seed)
    client = cloud.client()
  })
  afterEach(() => cloud.close())

  const logins = () => cloud.requests.filter((request) => request === 'POST /v2/oauth2/token').length
  const failureOf = (call: Promise<unknown>) =>
    call.then(
      () => undefined,
      (error: unknown) => error,
    )

  const wrong: [title: string, options: Partial<ThingPlusOptions>, text: RegExp, cloudCode: string][] = [
    ['password', { password: 'wrong-password' }, /user name or the password/, 'incorrect_user_credentials'],
    [
      'client secret',
      { clientSecret: 'wrong-secret' },
      /client id or the client secret/,
      'incorrect_client_credentials',
    ],
    ['user, because it was revoked', { userName: 'revoked' }, /no longer exists/, 'unauthorized_user'],
  ]
  for (const [title, options, text, cloudCode] of wrong) {
    it(`says that it is the wrong ${title}, and repeats no secret`, async () => {
      const failure = await failureOf(cloud.client(options).get('sites'))
      should(failure).have.properties({ code: 'AUTH_REFUSED', cloudCode })
      String(failure)
        .should.match(text)
        .and.not.match(/wrong-|demo-/)
      logins().should.equal(1)
    })
  }

  it('logs in again once when the token expires in mid-flow, and loses no value', async () => {
    await client.sendValues(gatewayId, { temperature: 20 })
    cloud.fail({ kind: 'token-expired', path: '/series', times: 1 })
    await client.sendValues(gatewayId, { temperature: 21 })
    logins().should.equal(2)
    cloud.state().valuesAccepted.should.equal(2)
  })

  it('logs in again once for many requests that meet the same expired token', async () => {
    await client.token()
    cloud.fail({ kind: 'token-expired', path: '/sites', times: 1 })
    await Promise.all(Array.from({ length: 20 }, () => client.get('sites')))
    logins().should.equal(2)
  })

  it('logs in again once on a plain 401, and gives up when the new token is refused as well', async () => {
    cloud.fail({ kind: 'unauthorized', path: '/sites', times: 1 })
    await client.get('sites')
    logins().should.equal(2)
    cloud.fail({ kind: 'unauthorized', path: '/sites' })
    await client.get('sites').should.be.rejectedWith({ code: 'AUTH_EXPIRED', statusCode: 401 })
    logins().should.equal(3)
  })

  it('does not log in again when a scope is missing', async () => {
    await client.get('me').should.be.rejectedWith(/scopes/, { code: 'PERMISSION_DENIED', cloudCode: 'ACL_DENY' })
    logins().should.equal(1)
  })

  it('hands on how long the cloud asks to wait', async () => {
    cloud.fail({ kind: 'throttled', path: '/sites', retryAfterSeconds: 7 })
    await client.get('sites').should.be.rejectedWith({ code: 'THROTTLED', statusCode: 429, retryAfterMs: 7000 })
  })

  const others = [
    ['server-error', { code: 'CLOUD_ERROR', statusCode: 503 }],
    ['reset', { code: 'NETWORK_INTERRUPTED' }],
    ['bad-json', { code: 'RESPONSE_UNREADABLE' }],
  ] as const
  for (const [kind, expected] of others) {
    it(`asks once and no more on ${kind}, and works again afterwards`, async () => {
      cloud.fail({ kind, path: '/sites', times: 1 })
      await client.get('sites').should.be.rejectedWith(expected)
      should((await client.get('sites')).length).equal(1)
      cloud.requests.filter((request) => request === 'GET /v2/sites').length.should.equal(2)
    })
  }

  it('stops at once when the flow is closed', async () => {
    await client.token()
    cloud.fail({ kind: 'slow', path: '/sites', delayMs: 10_000 })
    const closing = new AbortController()
    const waiting = client.get('sites', {}, {}, closing.signal)
    setTimeout(() => closing.abort(), 30)
    await waiting.should.be.rejectedWith({ code: 'ABORTED' })
  })

  it('lets what is in flight come to its end when it is closed itself', async () => {
    await client.token()
    cloud.fail({ kind: 'slow', path: '/sites', delayMs: 100 })
    const waiting = client.get('sites')
    setTimeout(() => client.close(), 30)
    should((await waiting).length).equal(1)
  })
})

describe('A configuration', () => {
  it('is refused without a base URL, with one that is none, and with an unknown dialect', async () => {
    const cloud = await startTestCloud()
    try {
      should(() => cloud.client({ baseUrl: '' })).throw({ code: 'CONFIG_INCOMPLETE' })
      should(() => cloud.client({ baseUrl: 'api.thingplus.net/v2' })).throw({ code: 'CONFIG_INVALID_URL' })
      should(() => cloud.client({ dialect: '2016' as 'current' })).throw(/current, 2017-05, 2017-04/, {
        code: 'CONFIG_INVALID',
      })
    } finally {
      await cloud.close()
    }
  })

  it('may end its base URL with a slash, and lie behind a service’s own host', async () => {
    const cloud = await startTestCloud()
    try {
      should(await cloud.client({ baseUrl: `${cloud.simulator.url}/api/v2/` }).get('sites')).containDeep([{ id: '1' }])
    } finally {
      await cloud.close()
    }
  })
})
