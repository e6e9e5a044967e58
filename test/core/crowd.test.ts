import { getEventListeners, once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import 'should'
import { Aborts, Turnstile } from '../../lib/core'
import { HttpClient } from '../../lib/http'
import { patienceMs } from '../patience'

describe('An HTTP client that is asked for much at once', function () {
  this.timeout(patienceMs)
  let open = 0
  let mostOpen = 0
  let answerAfterMs = 0
  const server = createServer((_, response) => setTimeout(() => response.end('done'), answerAfterMs))
  server.on('connection', (socket) => {
    open += 1
    mostOpen = Math.max(mostOpen, open)
    socket.on('close', () => {
      open -= 1
    })
  })
  let url: string
  let client: HttpClient
  before((done) => {
    server.listen(0, '127.0.0.1', () => {
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      done()
    })
  })
  after(() => {
    server.close()
    server.closeAllConnections()
  })
  beforeEach(() => {
    mostOpen = 0
    answerAfterMs = 0
  })
  afterEach(() => client.close())

  it('sends a thousand requests over few connections', async () => {
    client = new HttpClient()
    await Promise.all(Array.from({ length: 1_000 }, () => client.request({ method: 'GET', url })))
    mostOpen.should.be.belowOrEqual(64)
  })

  it('counts the time of a request from its turn on', async () => {
    const limitMs = 7_000
    client = new HttpClient({ timeoutMs: limitMs })
    answerAfterMs = limitMs + 1_000
    const others = Array.from({ length: 32 }, () => client.request({ method: 'GET', url, timeoutMs: patienceMs }))
    for (let arrived = 0; arrived < others.length; arrived++) await once(server, 'request')
    answerAfterMs = 0
    ;(await client.request({ method: 'GET', url })).should.match({ statusCode: 200 })
    await Promise.all(others)
  })

  it('lets thousands wait with one listener on the signal that ends them', async () => {
    answerAfterMs = 1
    client = new HttpClient()
    const { signal } = new AbortController()
    let most = 0
    const listen = signal.addEventListener.bind(signal)
    signal.addEventListener = ((...listening: Parameters<typeof listen>) => {
      listen(...listening)
      most = Math.max(most, getEventListeners(signal, 'abort').length)
    }) as typeof listen
    const answers = await Promise.all(
      Array.from({ length: 3_000 }, () => client.request({ method: 'GET', url, signal })),
    )
    answers.should.matchEach({ statusCode: 200 })
    most.should.equal(1)
    getEventListeners(signal, 'abort').should.be.empty()
  })

  it('lets those that wait in by the order in which they came, however many of them leave', async () => {
    const turnstile = new Turnstile(2, new Aborts())
    const came: number[] = []
    const leaving = Array.from({ length: 10_000 }, () => new AbortController())
    const turns = leaving.map(({ signal }, at) => Promise.resolve(turnstile.enter(signal)).then(() => came.push(at)))
    const outcomes = Promise.allSettled(turns)
    leaving.forEach((controller, at) => {
      if (at > 1 && at % 3 === 0) controller.abort()
    })
    for (let at = 0; at < 10_000; at++) {
      await Promise.resolve()
      turnstile.leave()
    }
    const rejected = (await outcomes).flatMap(({ status }, at) => (status === 'rejected' ? [at] : []))
    const stayed = Array.from(leaving.keys()).filter((at) => at < 2 || at % 3 !== 0)
    came.should.deepEqual(stayed)
    rejected.length.should.equal(10_000 - stayed.length)
    ;(turnstile.enter() === undefined).should.be.true()
  })

  it('stops those that wait for their turn at once', async () => {
    answerAfterMs = 60_000
    client = new HttpClient()
    const closing = new AbortController()
    const requests = Array.from({ length: 200 }, () => client.request({ method: 'GET', url, signal: closing.signal }))
    const outcomes = Promise.allSettled(requests)
    setImmediate(() => closing.abort())
    for (const outcome of await outcomes) outcome.should.match({ status: 'rejected', reason: { code: 'ABORTED' } })
    answerAfterMs = 0
    ;(await client.request({ method: 'GET', url })).statusCode.should.equal(200)
  })
})
