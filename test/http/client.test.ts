import { once } from 'node:events'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { gzipSync } from 'node:zlib'
import should from 'should'
import { ConnectorError } from '../../lib/core'
import { HttpClient, type HttpRequest } from '../../lib/http'
import { failureOf } from './failure'
import { startServer } from './server'

describe('The HTTP client', () => {
  let client: HttpClient
  const closing: (() => unknown)[] = []
  const serve = async (...listener: Parameters<typeof startServer>) => {
    const started = await startServer(...listener)
    closing.push(started.close)
    return started
  }
  beforeEach(() => {
    client = new HttpClient()
  })
  afterEach(async () => {
    client.close()
    for (const close of closing.splice(0)) await close()
  })

  it('gives any status back as an answer', async () => {
    const { url } = await serve((_, response) => response.writeHead(503, { 'retry-after': '7' }).end('busy'))
    const answer = await client.request({ method: 'GET', url })
    answer.statusCode.should.equal(503)
    answer.body.toString().should.equal('busy')
    should(answer.headers['retry-after']).equal('7')
  })

  it('sends the very bytes it was given', async () => {
    const body = '{"名":"°C"}'
    const { url } = await serve(async (request, response) => {
      const chunks = await request.toArray()
      response.end(Buffer.concat(chunks).toString('hex'))
    })
    const answer = await client.request({ method: 'POST', url, body })
    answer.body.toString().should.equal(Buffer.from(body).toString('hex'))
  })

  it('tries once only, also where the server answers 500', async () => {
    let requests = 0
    const { url } = await serve((_, response) => {
      requests++
      response.writeHead(500).end()
    })
    await client.request({ method: 'GET', url })
    requests.should.equal(1)
  })

  it('keeps its connections for the next requests', async () => {
    const sockets = new Set<unknown>()
    const { url } = await serve((request, response) => {
      sockets.add(request.socket)
      response.end('ok')
    })
    for (let count = 0; count < 10; count++) await client.request({ method: 'POST', url, body: 'x' })
    // One rests for a moment while the next request already goes over the other.
    sockets.size.should.be.belowOrEqual(2)
  })

  it('does not follow a redirect, so that credentials stay with the configured host', async () => {
    let visited = false
    const other = await serve((_, response) => {
      visited = true
      response.end()
    })
    const { url } = await serve((_, response) => response.writeHead(302, { location: other.url }).end())
    ;(await client.request({ method: 'GET', url, headers: { 'apim-accesstoken': 't' } })).statusCode.should.equal(302)
    visited.should.be.false()
  })

  it('reports the progress of an upload', async () => {
    const { url } = await serve((request, response) => request.resume().on('end', () => response.end()))
    const progress: [number, number][] = []
    const body = Buffer.alloc(300_000)
    await client.request({ method: 'POST', url, body, onUploadProgress: (...step) => progress.push(step) })
    should(progress.at(-1)).deepEqual([300_000, 300_000])
  })

  describe('tells whether a request that failed may have arrived:', () => {
    const whole = { method: 'POST', body: Buffer.alloc(300_000, 'x') }
    const cases: [
      title: string,
      mayHaveArrived: true | undefined,
      listener: Parameters<typeof startServer>[0],
      more?: Partial<HttpRequest>,
    ][] = [
      ['it may have after a reset', true, (request) => request.socket.resetAndDestroy()],
      ['it may have where no answer comes in time', true, () => undefined, { timeoutMs: 100 }],
      ['it may have where the answer is no HTTP', true, (request) => request.socket.end('SSH-2.0\r\n')],
      [
        'it may have where the answer is too large',
        true,
        (_, response) => response.end('x'.repeat(100)),
        { maxResponseBytes: 10 },
      ],
      [
        'it may have where an upload was taken whole',
        true,
        (request) => request.resume().once('end', () => request.socket.resetAndDestroy()),
        { ...whole, onUploadProgress: () => undefined },
      ],
      [
        'it has not where an upload broke off',
        undefined,
        (request) => request.socket.resetAndDestroy(),
        { method: 'POST', body: Buffer.alloc(20_000_000), onUploadProgress: () => undefined },
      ],
    ]
    for (const [title, mayHaveArrived, listener, more] of cases) {
      it(title, async () => {
        const { url } = await serve(listener)
        const failure = await failureOf(client.request({ method: 'POST', body: 'x', url, ...more }))
        should(failure.mayHaveArrived).equal(mayHaveArrived)
      })
    }

    it('it may have where it is aborted later, and has not where it is aborted before', async () => {
      const { url, server } = await serve(() => undefined)
      const before = await failureOf(client.request({ method: 'GET', url, signal: AbortSignal.abort() }))
      should(before).match({ code: 'ABORTED', mayHaveArrived: undefined })
      const closing = new AbortController()
      const request = client.request({ method: 'GET', url, signal: closing.signal })
      await once(server, 'request')
      closing.abort()
      should(await failureOf(request)).match({ code: 'ABORTED', mayHaveArrived: true })
    })

    it('it has not where nobody listens', async () => {
      const { url, close } = await startServer(() => undefined)
      await close()
      const failure = await failureOf(client.request({ method: 'GET', url }))
      should(failure).match({ code: 'NETWORK_UNREACHABLE', mayHaveArrived: undefined })
    })
  })

  // Packed here, so that the time does not count as the server's.
  const bomb = gzipSync(Buffer.alloc(50_000_000))
  const faults: [title: string, code: string, listener: Parameters<typeof startServer>[0], timeoutMs?: number][] = [
    ['a connection that is reset', 'NETWORK_INTERRUPTED', (request) => request.socket.resetAndDestroy()],
    [
      'an answer that breaks off',
      'NETWORK_INTERRUPTED',
      (request, response) => {
        response.writeHead(200, { 'content-length': '100' }).write('half')
        setImmediate(() => request.socket.destroy())
      },
    ],
    ['an answer that never comes', 'NETWORK_TIMEOUT', () => undefined, 500],
    [
      'an answer without end',
      'RESPONSE_TOO_LARGE',
      (_, response) => {
        const pump = () => {
          while (!response.destroyed && response.write(Buffer.alloc(65_536)));
        }
        response.on('drain', pump)
        pump()
      },
    ],
    [
      'a small packet that unpacks to a huge answer',
      'RESPONSE_TOO_LARGE',
      (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
    ],
  ]
  for (const [title, code, listener, timeoutMs] of faults) {
    it(`answers ${title} with ${code}`, async () => {
      const { url } = await serve(listener)
      await client
        .request({ method: 'GET', url: `${url}/path?secret=1`, timeoutMs, maxResponseBytes: 1_000_000 })
        .should.be.rejectedWith({ code, name: 'ConnectorError' })
    })
  }

  it('says NETWORK_UNREACHABLE where nobody listens', async () => {
    const server = createTcpServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    server.close()
    await once(server, 'close')
    await client
      .request({ method: 'GET', url: `http://127.0.0.1:${port}/` })
      .should.be.rejectedWith({ code: 'NETWORK_UNREACHABLE', systemCode: 'ECONNREFUSED' })
  })

  it('says NETWORK_NAME_UNKNOWN for a host name that does not resolve', async () => {
    await client
      .request({ method: 'GET', url: 'http://no-such-host.invalid/' })
      .should.be.rejectedWith({ code: 'NETWORK_NAME_UNKNOWN' })
  })

  it('stops at once when it is aborted, and the server sees the connection close', async () => {
    const { url, server } = await serve(() => undefined)
    const controller = new AbortController()
    const pending = client.request({ method: 'GET', url, signal: controller.signal })
    const [request] = await once(server, 'request')
    const closed = once(request.socket, 'close')
    controller.abort()
    await pending.should.be.rejectedWith({ code: 'ABORTED' })
    await closed
  })

  it('leaves a request that is over alone when its signal fires later', async () => {
    const { url } = await serve((_, response) => response.end('ok'))
    const controller = new AbortController()
    await client.request({ method: 'POST', url, body: 'x', signal: controller.signal })
    controller.abort()
    await new Promise((resolve) => setImmediate(resolve))
    await client
      .request({ method: 'POST', url, body: 'x', signal: controller.signal })
      .should.be.rejectedWith({ code: 'ABORTED' })
  })

  it('lets a request under way come to its end when it is closed, and keeps no connection then', async () => {
    const { url, server } = await serve((_, response) => setImmediate(() => response.end('ok')))
    const pending = client.request({ method: 'GET', url })
    const [request] = await once(server, 'request')
    const closed = once(request.socket, 'close')
    client.close()
    ;(await pending).body.toString().should.equal('ok')
    await closed
  })

  it('never puts query, headers or body into an error, nor the library error behind it', async () => {
    const { url } = await serve((request) => request.socket.resetAndDestroy())
    const failure = await client
      .request({
        method: 'POST',
        url: `${url}/data?sessionId=MARK-1`,
        headers: { 'apim-accesstoken': 'MARK-2' },
        body: 'MARK-3',
      })
      .then(
        () => undefined,
        (error: unknown) => error,
      )
    should(failure).be.instanceOf(ConnectorError)
    const { inspect } = await import('node:util')
    inspect(failure, { depth: 10, showHidden: true }).should.not.match(/MARK/)
    ;(failure as ConnectorError).message.should.containEql('/data')
  })
})
