import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import 'should'
import { HttpClient } from '../../lib/http'

describe('An HTTP client that is asked for much at once', () => {
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
    answerAfterMs = 100
    client = new HttpClient({ timeoutMs: 400 })
    const answers = await Promise.all(Array.from({ length: 400 }, () => client.request({ method: 'GET', url })))
    answers.should.matchEach({ statusCode: 200 })
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
