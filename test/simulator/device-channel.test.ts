import 'should'
import { DEMO_DEVICE, logIn, loginBody, publish, send, sendJson, simulatorFor } from './enos-client'

describe('The simulated device broker', () => {
  let now = Date.now()
  const simulator = simulatorFor({ now: () => now })
  const authUrl = () => `${simulator.current().url}/auth/pK11111/dK987654`

  beforeEach(() => {
    now = Date.now()
  })

  it('logs in with a lower- or upper-case sign and a lifetime given as number or text', async () => {
    for (const lifetime of [300000, '300000']) {
      const body = loginBody(DEMO_DEVICE, lifetime)
      for (const sign of [body.sign, body.sign.toUpperCase()]) {
        const answer = await sendJson(authUrl(), { ...body, sign })
        answer.status.should.equal(200)
        answer.body.should.containEql({ code: 200, msg: 'success', message: 'success' })
        answer.body.data.sessionId.should.match(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
      }
    }
  })

  it('refuses a wrong sign, a sign of another lifetime, an unknown device and a bad login body', async () => {
    const good = loginBody()
    simulator.current().setOptions({ enos: { loginLimit: null } })
    const refusals: [unknown, number][] = [
      [{ ...good, sign: '0'.repeat(64) }, 401],
      [{ ...good, lifetime: 30000 }, 401],
      [{ ...good, signMethod: 'SHA256' }, 400],
      [{ ...good, lifetime: 'long' }, 400],
      ['{', 400],
    ]
    for (const [body, code] of refusals) (await sendJson(authUrl(), body)).body.code.should.equal(code)
    const stranger = await sendJson(`${simulator.current().url}/auth/pK11111/nobody`, good)
    stranger.body.code.should.equal(401)
    simulator.current().setOptions({ enos: { loginCodes: 'device' } })
    const wrong = await sendJson(authUrl(), { ...good, sign: '0'.repeat(64) })
    wrong.body.code.should.equal(742)
  })

  it('blocks a device for five minutes after more than four logins within two minutes', async () => {
    const login = async () => (await sendJson(authUrl(), loginBody())).body.code
    for (const code of [200, 200, 200, 200, 401]) (await login()).should.equal(code)
    now += 299_000
    ;(await login()).should.equal(401)
    now += 1_000
    ;(await login()).should.equal(200)
  })

  it('lets a device log in every thirty seconds, as the Java sample does, without blocking it', async () => {
    for (let login = 0; login < 8; login++) {
      ;(await sendJson(authUrl(), loginBody(DEMO_DEVICE, 30000))).body.code.should.equal(200)
      now += 30_000
    }
  })

  it('accepts measurepoints, echoes the id, and lists them oldest first', async () => {
    const { url } = simulator.current()
    const sessionId = await logIn(url)
    const first = await publish(url, sessionId, 'thing/measurepoint/post', {
      measurepoints: { temp: 1.5, run: true },
      time: 1000,
    })
    first.body.should.eql({ id: '1', code: 200, data: {} })
    await publish(url, sessionId, 'thing/measurepoint/resume', { measurepoints: { temp: 2 } })
    const points = await send(`${url}/_simulator/points?stream=pK11111/dK987654`)
    points.body.should.containEql({ total: 2, from: 0 })
    points.body.points.should.eql([
      { timeMs: 1000, values: { temp: 1.5, run: true }, channel: 'post' },
      { timeMs: now, values: { temp: 2 }, channel: 'resume' },
    ])
    const byAsset = await send(`${url}/_simulator/points?stream=asset-1&from=1&count=1`)
    byAsset.body.points.should.have.length(1)
    const state = await send(`${url}/_simulator/state`)
    state.body.enos.should.containEql({ sessions: 1, pointsAccepted: 3, entriesAccepted: 2 })
  })

  it('keeps a session alive while data comes within the lifetime, and refuses it after silence', async () => {
    const { url } = simulator.current()
    const sessionId = await logIn(url, DEMO_DEVICE, 1000)
    const post = async () =>
      (await publish(url, sessionId, 'thing/measurepoint/post', { measurepoints: { temp: 1 } })).body.code
    for (let step = 0; step < 3; step++) {
      now += 900
      ;(await post()).should.equal(200)
    }
    now += 1001
    ;(await post()).should.equal(401)
  })
})
