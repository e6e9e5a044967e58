import { EventEmitter, once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import type { Readable } from 'node:stream'
import should from 'should'
import { UnfinishedBodies } from '../../lib/simulator/bodies'
import { listen } from '../../lib/simulator/http-server'
import { getToken, logIn, publish, send, sendJson, signedHeaders, simulatorFor } from './enos-client'

const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
/** Far above what any message needs, and enough to end a process that prints it. */
const abyss = nested(5_000)

const limits = { maxBodyBytes: 800, maxUnfinishedBytes: 1_000 }

describe('Hostile input to the simulator', () => {
  const simulator = simulatorFor()
  const url = () => simulator.current().url
  const state = () => send(`${url()}/_simulator/state`)

  it('refuses JSON that is nested 5,000 levels deep on every channel, and can still show all that it holds', async () => {
    const sessionId = await logIn(url())
    const token = await getToken(url())
    const topic = (path: string) => `${url()}/topic/sys/pK11111/dK987654/${path}?sessionId=${sessionId}`
    const query = { action: 'update', orgId: 'o-demo' }
    const model = `{"modelId":"Demo","desc":${abyss}}`
    const form = new FormData()
    form.set('enos-message', `{"id":"1","version":"1.1","method":"integration.measurepoint.post","params":${abyss}}`)
    const answers = await Promise.all([
      sendJson(
        topic('thing/measurepoint/post'),
        `{"id":"1","version":"1.0","params":{"measurepoints":{"a":${abyss}}}}`,
      ),
      sendJson(topic('thing/attribute/update'), `{"id":"1","version":"1.0","params":{"attributes":{"a":${abyss}}}}`),
      sendJson(`${url()}/auth/pK11111/dK987654`, abyss),
      sendJson(`${url()}/apim-token-service/v2.0/token/get`, abyss),
      sendJson(
        `${url()}/model-service/v2.1/thing-models?${new URLSearchParams(query)}`,
        model,
        signedHeaders(token, query, model),
      ),
      send(`${url()}/connect-service/v2.1/integration?action=postMeasurepoint&orgId=o-demo`, {
        method: 'POST',
        headers: { 'apim-accesstoken': token },
        body: form,
      }),
      sendJson(`${url()}/v2/oauth2/token`, abyss),
      sendJson(`${url()}/v2/login`, abyss),
      sendJson(`${url()}/_simulator/faults`, abyss),
      sendJson(`${url()}/_simulator/options`, `{"enos":${abyss}}`),
    ])
    for (const { body, status } of answers) {
      should(status).not.equal(500)
      const code = body.code ?? body.status ?? body.statusCode ?? status
      should([0, 200]).not.containEql(code)
    }
    ;(await state()).body.enos.pointsAccepted.should.equal(0)
  })

  it('takes values that are nested as deep as a message may be', async () => {
    const sessionId = await logIn(url())
    const answer = await publish(url(), sessionId, 'thing/measurepoint/post', {
      measurepoints: { a: JSON.parse(nested(20)) },
    })
    answer.body.code.should.equal(200)
    ;(await send(`${url()}/_simulator/points?stream=pK11111/dK987654`)).body.total.should.equal(1)
  })

  it('answers no page of another site, and no name that was bent to this PC, on the paths of the clouds', async () => {
    const { port } = new URL(url())
    const pages = [{ origin: 'https://evil.example' }, { host: 'evil.example' }, { 'sec-fetch-site': 'cross-site' }]
    for (const path of ['/auth/pK11111/dK987654', '/v2/oauth2/token', '/nowhere', '/_simulator/state'])
      for (const headers of pages) {
        const asked = request({ port, path, method: 'POST', headers }).end('{}')
        const [answer] = (await once(asked, 'response')) as [IncomingMessage]
        should(answer.resume().statusCode).equal(403)
      }
    ;(await state()).body.requests.should.equal(0)
  })

  it('ends the connection of an answer that cannot be sent, and goes on', async () => {
    let isBroken = true
    const headers = (): Record<string, string> => (isBroken ? { 'x-broken': 'a\nb' } : {})
    const handle = () => ({ kind: 'reply' as const, reply: { status: 200, headers: headers(), body: { is: 'good' } } })
    const { port, close } = await listen({ host: '127.0.0.1', port: 0, now: Date.now, handle, ...limits })
    await fetch(`http://127.0.0.1:${port}/`).should.be.rejected()
    isBroken = false
    should(await (await fetch(`http://127.0.0.1:${port}/`)).json()).deepEqual({ is: 'good' })
    await close()
  })

  it('holds unfinished bodies up to a limit in all, and has room again when one of them breaks off', () => {
    const bodies = new UnfinishedBodies(limits)
    const results: string[] = []
    const begin = (name: string) => {
      const incoming = new EventEmitter()
      bodies.receive(incoming as Readable, (body) =>
        results.push(`${name}: ${typeof body === 'number' ? body : body.length}`),
      )
      incoming.emit('data', Buffer.alloc(600))
      return incoming
    }
    const first = begin('first')
    begin('second').emit('end')
    first.emit('end')
    begin('third').emit('close')
    const fourth = begin('fourth')
    fourth.emit('data', Buffer.alloc(300))
    fourth.emit('end')
    begin('fifth').emit('end')
    results.should.eql(['second: 503', 'first: 600', 'fourth: 413', 'fifth: 600'])
  })
})
