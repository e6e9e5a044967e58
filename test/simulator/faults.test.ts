import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import should from 'should'
import type { Fault } from '../../lib/simulator'
import { getToken, logIn, publish, send, sendJson, signedHeaders, simulatorFor, tokenRequest } from './enos-client'

describe("The simulator's faults", () => {
  const simulator = simulatorFor({ random: () => 0.5 })
  const url = () => simulator.current().url
  const setFaults = (faults: unknown) => sendJson(`${url()}/_simulator/faults`, faults)
  const get = () => sendJson(`${url()}/apim-token-service/v2.0/token/get`, tokenRequest())
  const post = (sessionId: string) =>
    publish(url(), sessionId, 'thing/measurepoint/post', { measurepoints: { temp: 1 } })
  const count = async () => (await send(`${url()}/_simulator/state`)).body.enos.pointsAccepted
  const reset = (promise: Promise<unknown>) =>
    promise.then(
      () => 'answered',
      (error: Error) => (error.cause as { code?: string }).code,
    )

  it('are not set by a web page from elsewhere, not even under a name that was bent to this PC', async () => {
    const { port } = new URL(url())
    for (const headers of [{ origin: 'https://evil.example' }, { host: 'evil.example' }]) {
      const asked = request({ port, path: '/_simulator/faults', method: 'POST', headers }).end('[{"kind":"reset"}]')
      const [answer] = (await once(asked, 'response')) as [IncomingMessage]
      should(answer.resume().statusCode).equal(403)
    }
  })

  it('throttles with Retry-After, as often as asked, after as many as asked, on the path asked for', async () => {
    await setFaults([{ kind: 'throttled', path: '/token/', after: 1, times: 2, retryAfterSeconds: 7 }])
    const statuses = []
    for (let request = 0; request < 4; request++) statuses.push((await get()).status)
    statuses.should.eql([200, 429, 429, 200])
    const state = await send(`${url()}/_simulator/faults`)
    state.body.should.eql([{ kind: 'throttled', path: '/token/', after: 1, times: 2, retryAfterSeconds: 7, hits: 2 }])
    await setFaults({ faults: [{ kind: 'throttled', retryAfterSeconds: 7 }] })
    ;(await get()).headers.get('retry-after')?.should.equal('7')
    await send(`${url()}/_simulator/faults`, { method: 'DELETE' })
    ;(await get()).status.should.equal(200)
  })

  it('hits only requests that name a device, in their path or body', async () => {
    const sessionId = await logIn(url())
    await setFaults([{ kind: 'server-error', contains: 'dK987654' }])
    ;(await post(sessionId)).status.should.equal(503)
    ;(await get()).status.should.equal(200)
    await setFaults([{ kind: 'server-error', contains: '"temp"' }])
    ;(await post(sessionId)).status.should.equal(503)
    await setFaults([{ kind: 'server-error', contains: 'another' }])
    ;(await post(sessionId)).status.should.equal(200)
  })

  it('refuses in the dialect of each host, without effect', async () => {
    const sessionId = await logIn(url())
    const token = await getToken(url())
    const query = { action: 'get', orgId: 'o-demo', modelId: 'Demo' }
    const model = () =>
      send(`${url()}/model-service/v2.1/thing-models?${new URLSearchParams(query)}`, {
        headers: signedHeaders(token, query),
      })
    await setFaults([{ kind: 'server-error', status: 502 }])
    const refused = await post(sessionId)
    refused.status.should.equal(502)
    refused.body.code.should.equal(500)
    ;(await model()).body.code.should.equal(99500)
    ;(await get()).body.status.should.equal(1005)
    ;(await count()).should.equal(0)
    await setFaults([{ kind: 'unauthorized' }])
    ;(await post(sessionId)).status.should.equal(401)
    ;(await model()).status.should.equal(401)
  })

  it('expires the token or the session that a request uses, and leaves requests without one alone', async () => {
    const sessionId = await logIn(url())
    const token = await getToken(url())
    await setFaults([
      { kind: 'token-expired', times: 1 },
      { kind: 'session-expired', times: 1 },
    ])
    ;(await getToken(url())).should.equal(token)
    ;(await post(sessionId)).body.code.should.equal(401)
    ;(await post(sessionId)).body.code.should.equal(401)
    ;(await post(await logIn(url()))).body.code.should.equal(200)
    const query = { action: 'get', orgId: 'o-demo', modelId: 'Demo' }
    const model = async (accessToken: string) =>
      (
        await send(`${url()}/model-service/v2.1/thing-models?${new URLSearchParams(query)}`, {
          headers: signedHeaders(accessToken, query),
        })
      ).body.code
    ;(await model(token)).should.equal(1203)
    ;(await model(token)).should.equal(1203)
    ;(await model(await getToken(url()))).should.equal(0)
  })

  it('resets before a request has an effect, and loses the reply after it had', async () => {
    const sessionId = await logIn(url())
    await setFaults([{ kind: 'reset', times: 1 }])
    ;(await reset(post(sessionId)))?.should.not.equal('answered')
    ;(await count()).should.equal(0)
    await setFaults([{ kind: 'reply-lost', times: 1 }])
    ;(await reset(post(sessionId)))?.should.not.equal('answered')
    ;(await count()).should.equal(1)
  })

  it('answers torn JSON after the effect', async () => {
    const sessionId = await logIn(url())
    await setFaults([{ kind: 'bad-json', times: 1 }])
    const answer = await post(sessionId)
    answer.status.should.equal(200)
    answer.body.should.be.a.String().and.startWith('{')
    ;(await count()).should.equal(1)
  })

  it('answers late, also together with another fault', async () => {
    await setFaults([
      { kind: 'slow', delayMs: 40, times: 1 },
      { kind: 'unauthorized', times: 1 },
    ])
    const startMs = performance.now()
    ;(await get()).status.should.equal(401)
    ;(performance.now() - startMs).should.be.above(35)
  })

  it('strikes with the probability given', async () => {
    await setFaults([{ kind: 'unauthorized', probability: 0.5 }])
    ;(await get()).status.should.equal(200)
    await setFaults([{ kind: 'unauthorized', probability: 0.51 }])
    ;(await get()).status.should.equal(401)
  })

  it('refuses faults it does not know, and says which key is wrong', async () => {
    for (const [faults, text] of [
      [[{ kind: 'fire' }], 'faults[0].kind'],
      [[{ kind: 'slow', delay: 1 }], 'faults[0].delay'],
      [[{ kind: 'slow', probability: 2 }], 'faults[0].probability'],
      [{}, 'faults'],
      ['no json', 'JSON'],
    ] as const) {
      const answer = await setFaults(faults)
      answer.status.should.equal(400)
      answer.body.error.should.containEql(text)
    }
    ;(() => simulator.current().setFaults([{ kind: 'fire' } as unknown as Fault])).should.throw(/faults\[0\]\.kind/)
  })
})
