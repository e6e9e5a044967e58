import 'should'
import { getToken, sendJson, simulatorFor, tokenRequest } from './enos-client'

describe('The simulated token service', () => {
  let now = Date.now()
  const simulator = simulatorFor({ now: () => now })
  const get = (body: unknown, headers = {}) =>
    sendJson(`${simulator.current().url}/apim-token-service/v2.0/token/get`, body, headers)
  const refresh = (body: unknown) => sendJson(`${simulator.current().url}/apim-token-service/v2.0/token/refresh`, body)

  beforeEach(() => {
    now = Date.now()
  })

  it('grants a token of 64 hex digits for 7200 seconds, whether the timestamp is a number or a text', async () => {
    for (const timestamp of [now, String(now)]) {
      const { status, body } = await get(tokenRequest(timestamp))
      status.should.equal(200)
      body.should.containEql({ status: 0, msg: 'SUCCESS', business: 'apim-token-service' })
      body.data.accessToken.should.match(/^[0-9a-f]{64}$/)
      body.data.expire.should.equal(7200)
    }
  })

  it('hands out the same token while it lives, with the seconds that remain, and a new one afterwards', async () => {
    const first = (await get(tokenRequest(now))).body.data
    now += 100_000
    const second = (await get(tokenRequest(now))).body.data
    second.should.eql({ accessToken: first.accessToken, expire: 7100 })
    now += 7_100_000
    const third = (await get(tokenRequest(now))).body.data
    third.accessToken.should.not.equal(first.accessToken)
    third.expire.should.equal(7200)
  })

  it('refuses with the documented status codes', async () => {
    const good = tokenRequest(now)
    const refusals: [unknown, number][] = [
      [{ ...good, appKey: 'nobody' }, 1002],
      [{ ...good, encryption: 'f'.repeat(64) }, 1003],
      [{ ...good, encryption: good.encryption.toUpperCase() }, 1003],
      [tokenRequest('yesterday'), 1004],
      ['{"appKey":', 1004],
      [{ ...good, encryption: '' }, 1202],
      [{ appKey: good.appKey, encryption: good.encryption }, 1202],
    ]
    for (const [body, status] of refusals) {
      const answer = await get(body)
      answer.status.should.equal(200)
      answer.body.status.should.equal(status)
    }
    const form = await get(good, { 'content-type': 'application/x-www-form-urlencoded' })
    form.body.status.should.equal(1004)
  })

  it('refuses a timestamp outside of the clock skew window, which is an option', async () => {
    const late = now - 16 * 60_000
    const answer = await get(tokenRequest(late))
    answer.body.status.should.equal(1004)
    simulator.current().setOptions({ enos: { clockSkewMs: null } })
    const accepted = await get(tokenRequest(late))
    accepted.body.status.should.equal(0)
  })

  it('takes the same encryption twice, as the Go client sends it, unless the option says otherwise', async () => {
    const body = tokenRequest(String(Math.floor(now / 1000) * 1000))
    for (const status of [0, 0]) (await get(body)).body.status.should.equal(status)
    simulator.current().setOptions({ enos: { refuseDuplicateEncryption: true } })
    for (const status of [0, 1001]) (await get(body)).body.status.should.equal(status)
  })

  it('refreshes a token without hashing it, ends the old one, and tells expired from unknown', async () => {
    const accessToken = await getToken(simulator.current().url)
    const fresh = await refresh({ ...tokenRequest(now), accessToken })
    fresh.body.should.containEql({ status: 0 })
    fresh.body.data.accessToken.should.not.equal(accessToken)
    const again = await refresh({ ...tokenRequest(now), accessToken })
    again.body.status.should.equal(1204)
    now += 7_200_000
    const expired = await refresh({ ...tokenRequest(now), accessToken: fresh.body.data.accessToken })
    expired.body.status.should.equal(1203)
  })

  it('can refuse with an HTTP status of its own', async () => {
    simulator.current().setOptions({ enos: { tokenRejectHttpStatus: 401 } })
    const answer = await get({ ...tokenRequest(now), appKey: 'nobody' })
    answer.status.should.equal(401)
    answer.body.status.should.equal(1002)
  })
})
