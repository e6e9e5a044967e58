import { createHash } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import should from 'should'
import { HttpClient } from '../../lib/http'
import { type ThingPlusTokenOptions, ThingPlusTokenSource } from '../../lib/thingplus'
import { type ReceivedRequest, type ScriptedReply, startScriptedCloud, tokenWith } from './scripted-cloud'

const lifeSeconds = 90 * 86_400

describe('The token source', () => {
  const http = new HttpClient()
  let cloud: Awaited<ReturnType<typeof startScriptedCloud>>
  let answer: (request: ReceivedRequest) => ScriptedReply | Promise<ScriptedReply>
  let nowMs: number
  let issued: number

  beforeEach(async () => {
    nowMs = 0
    issued = 0
    answer = () => granted({ iat: '1000', exp: String(1000 + lifeSeconds), userId: '1', clientId: 'testClientId' })
    cloud = await startScriptedCloud((request) => answer(request))
  })
  afterEach(() => cloud.close())
  after(() => http.close())

  function granted(payload: object): ScriptedReply {
    return { status: 200, body: { access_token: tokenWith({ ...payload, n: ++issued }), token_type: 'Bearer' } }
  }

  function source(options: Partial<ThingPlusTokenOptions> = {}): ThingPlusTokenSource {
    return new ThingPlusTokenSource({
      baseUrl: cloud.baseUrl,
      clientId: 'testClientId',
      clientSecret: 'demo-client-secret',
      userName: 'serviceadmin',
      password: 'demo-password',
      http,
      clock: { wallMs: () => 0, monotonicMs: () => nowMs },
      ...options,
    })
  }

  const grant = {
    grant_type: 'password',
    client_id: 'testClientId',
    client_secret: 'demo-client-secret',
    username: 'serviceadmin',
    password: createHash('md5').update('demo-password').digest('hex'),
  }

  it('sends exactly the documented fields as JSON, and reads what the token says of itself', async () => {
    const token = await source().get()
    should(cloud.requests).containDeep([{ method: 'POST', target: '/v2/oauth2/token' }])
    should(cloud.requests[0]?.body).deepEqual(grant)
    token.should.containDeep({
      tokenType: 'Bearer',
      lifetimeMs: lifeSeconds * 1000,
      userId: '1',
      clientId: 'testClientId',
    })
  })

  it('sends the same fields as a form when told so, and a stored digest as it is', async () => {
    await source({ tokenBodyFormat: 'form', password: grant.password.toUpperCase(), passwordIsDigest: true }).get()
    should(cloud.requests[0]?.headers['content-type']).equal('application/x-www-form-urlencoded')
    should(Object.fromEntries(new URLSearchParams(String(cloud.requests[0]?.body)))).deepEqual(grant)
  })

  it('asks once however many callers wait, and again only after 80 % of the life', async () => {
    const tokens = source()
    const [first, ...others] = await Promise.all(Array.from({ length: 50 }, () => tokens.get()))
    for (const other of others) should(other).equal(first)
    nowMs = lifeSeconds * 800 - 1
    should(await tokens.get()).equal(first)
    cloud.requests.length.should.equal(1)
    nowMs += 1
    should(await tokens.get()).not.equal(first)
    cloud.requests.length.should.equal(2)
  })

  it('keeps a token that does not tell its life until it is dropped', async () => {
    answer = () => ({ status: 200, body: { access_token: 'opaque', token_type: 'Bearer' } })
    const tokens = source()
    await tokens.get()
    nowMs = Number.MAX_SAFE_INTEGER
    await tokens.get()
    cloud.requests.length.should.equal(1)
  })

  it('renews a bad token once, however many callers drop it', async () => {
    const tokens = source()
    const bad = await tokens.get()
    const renewed = await Promise.all(
      Array.from({ length: 20 }, () => {
        tokens.drop(bad)
        return tokens.get()
      }),
    )
    tokens.drop(bad)
    should(await tokens.get()).equal(renewed[0])
    cloud.requests.length.should.equal(2)
  })

  it('lets a caller leave without spoiling the request of the others', async () => {
    const line = new EventEmitter()
    answer = async () => {
      line.emit('arrived')
      await once(line, 'answer')
      return granted({ iat: 0, exp: 1000 })
    }
    const tokens = source()
    const impatient = new AbortController()
    const arrived = once(line, 'arrived')
    const left = tokens.get(impatient.signal)
    const stayed = tokens.get()
    await arrived
    impatient.abort()
    await left.should.be.rejectedWith({ code: 'ABORTED' })
    line.emit('answer')
    should((await stayed).lifetimeMs).equal(1_000_000)
    cloud.requests.length.should.equal(1)
  })

  it('breaks its request off when it is closed', async () => {
    const line = new EventEmitter()
    answer = () => {
      line.emit('arrived')
      return new Promise<never>(() => undefined)
    }
    const tokens = source()
    const arrived = once(line, 'arrived')
    const waiting = tokens.get()
    await arrived
    tokens.close()
    await waiting.should.be.rejectedWith({ code: 'ABORTED' })
  })

  it('asks again after a failure', async () => {
    const answers = [() => ({ status: 503, body: '' }), () => granted({ iat: 0, exp: 1000 })]
    answer = () => (answers.shift() ?? (() => granted({})))()
    const tokens = source()
    await tokens.get().should.be.rejectedWith({ code: 'CLOUD_ERROR', statusCode: 503 })
    should(await tokens.get()).have.property('lifetimeMs', 1_000_000)
  })

  const refusals: [status: number, code: string, text: RegExp][] = [
    [401, 'incorrect_client_credentials', /client id or the client secret is wrong/],
    [401, 'incorrect_user_credentials', /user name or the password is wrong/],
    [403, 'unauthorized_user', /may not use this OAuth client/],
    [501, 'unsupported_grant_type', /does not offer the password grant/],
    [400, 'invalid_code', /refuses the credentials/],
  ]
  for (const [status, code, text] of refusals) {
    it(`says what is wrong on ${code}, without what was sent`, async () => {
      const message = `${grant.password} ${grant.client_secret}`
      answer = () => ({ status, body: { name: 'TokenError', message, code, status } })
      const failure: unknown = await source()
        .get()
        .catch((error: unknown) => error)
      should(failure).have.properties({ code: 'AUTH_REFUSED', cloudCode: code, statusCode: status })
      String(failure).should.match(text)
      String(failure).should.not.containEql(grant.password).and.not.containEql(grant.client_secret)
    })
  }

  it('says that the base URL is wrong when the answer is no token', async () => {
    answer = () => ({ status: 200, body: 'portal' })
    await source()
      .get()
      .should.be.rejectedWith(/base URL/, { code: 'RESPONSE_UNREADABLE' })
    answer = () => ({ status: 200, body: { statusCode: 200, message: 'OK', data: {} } })
    await source()
      .get()
      .should.be.rejectedWith(/base URL/, { code: 'RESPONSE_UNREADABLE' })
    answer = () => ({ status: 404, body: '' })
    await source()
      .get()
      .should.be.rejectedWith(/base URL/, { code: 'NOT_FOUND' })
  })

  it('asks for nothing while a setting is missing or the digest is none', async () => {
    await source({ clientSecret: '', userName: '' })
      .get()
      .should.be.rejectedWith(/: client secret, user name\.$/, { code: 'CONFIG_INCOMPLETE' })
    await source({ passwordIsDigest: true }).get().should.be.rejectedWith({ code: 'CONFIG_INVALID' })
    cloud.requests.length.should.equal(0)
  })
})
