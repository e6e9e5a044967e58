import { once } from 'node:events'
import type { Socket } from 'node:net'
import { inspect } from 'node:util'
import should from 'should'
import type { ConnectorError } from '../../lib/core'
import { HttpClient, type HttpRequest } from '../../lib/http'
import { patienceMs } from '../patience'
import { failureOf } from './failure'
import { ok, type RawServer, startRawServer } from './raw-server'
import { startServer } from './server'

const chunked = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n'

const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('On the wire, the HTTP client', () => {
  let client: HttpClient
  let complaints: unknown[]
  const closing: (() => unknown)[] = []
  const complain = (complaint: unknown) => complaints.push(complaint)
  const serve = async (...how: Parameters<typeof startRawServer>): Promise<RawServer> => {
    const server = await startRawServer(...how)
    closing.push(server.close)
    return server
  }
  const post = (url: string, more: Partial<HttpRequest> = {}) =>
    client.request({ method: 'POST', url, body: 'x', ...more })
  const textOf = async (url: string, more?: Partial<HttpRequest>) => (await post(url, more)).body.toString()
  beforeEach(() => {
    client = new HttpClient()
    complaints = []
    for (const event of ['warning', 'unhandledRejection']) process.on(event, complain)
  })
  afterEach(async () => {
    client.close()
    for (const close of closing.splice(0)) await close()
    await settled()
    for (const event of ['warning', 'unhandledRejection']) process.off(event, complain)
    should(complaints).be.empty()
  })

  describe('never sends a POST twice by itself', () => {
    const ends: [title: string, end: (socket: Socket) => void][] = [
      ['ends', (socket) => socket.end()],
      ['resets', (socket) => socket.resetAndDestroy()],
    ]
    for (const [title, end] of ends) {
      it(`where the server ${title} a kept connection as the request arrives`, async () => {
        let requests = 0
        const server = await serve((socket) => (++requests === 2 ? end(socket) : socket.write(ok())))
        await post(server.url, { body: 'first' })
        await settled()
        should((await failureOf(post(server.url, { body: 'second' }))).code).equal('NETWORK_INTERRUPTED')
        should(await textOf(server.url, { body: 'third' })).equal('ok')
        should(server.heard.join().match(/second/g)).have.length(1)
        should(server.heard).have.length(2)
      })

      it(`where the server ${title} each connection some time after its answer, and loses none without saying so`, async () => {
        const server = await serve((socket, request) => {
          socket.write(ok())
          // From at once to later than the next request.
          const turns = Number(/-(\d+)-/.exec(request)?.[1]) % 5
          const wait = (left: number) => (left === 0 ? end(socket) : setImmediate(wait, left - 1))
          wait(turns)
        })
        const answered: string[] = []
        for (let count = 0; count < 200; count++) {
          const name = `-${count}-`
          const isAnswered = await post(server.url, { body: name }).then(
            () => true,
            ({ code }: ConnectorError) => should(code).equal('NETWORK_INTERRUPTED') && false,
          )
          if (isAnswered) answered.push(name)
        }
        const heard = server.heard.join()
        for (let count = 0; count < 200; count++) should(heard.split(`-${count}-`).length - 1).be.belowOrEqual(1)
        for (const name of answered) should(heard).containEql(name)
        should(answered.length).be.above(50)
      })
    }
  })

  it('gives the answer of one request to no other after an abort', async () => {
    let late: Socket | undefined
    const server = await serve((socket, request) => {
      if (request.endsWith('slow')) late = socket
      else socket.write(ok('fresh'))
    })
    const controller = new AbortController()
    const slow = post(server.url, { body: 'slow', signal: controller.signal })
    while (!late) await settled()
    const gone = once(late, 'close')
    controller.abort()
    should((await failureOf(slow)).code).equal('ABORTED')
    late.write(ok('stale'))
    should(await textOf(server.url)).equal('fresh')
    await gone
    should(server.heard.filter((text) => text.endsWith('x'))).have.length(1)
    should(server.heard.filter((text) => text.endsWith('slow'))).have.length(1)
  })

  it('takes no answer that nobody asked for for that of the next request', async () => {
    let requests = 0
    const server = await serve((socket) => socket.write(++requests === 1 ? ok('one') + ok('forged') : ok('two')))
    should(await textOf(server.url)).equal('one')
    should(await textOf(server.url)).equal('two')
  })

  it('gives an answer back that comes before the whole request is sent, and keeps no such connection', async () => {
    let requests = 0
    const { url, server } = await startServer((request, response) => {
      requests += 1
      if (request.headers['content-length'] === '1') response.end('ok')
      else response.writeHead(413).end('no')
    })
    closing.push(() => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    })
    const body = Buffer.alloc(20_000_000)
    for (const onUploadProgress of [undefined, () => undefined]) {
      const outcome = await post(url, { body, onUploadProgress }).then(
        ({ statusCode }) => statusCode,
        // The reset of a server that reads no further may overtake its answer.
        ({ code }: ConnectorError) => code,
      )
      should(outcome).be.oneOf(413, 'NETWORK_INTERRUPTED')
      should(await textOf(url)).equal('ok')
    }
    should(requests).equal(4)
  })

  it('stops an upload at once when it is aborted, also where nobody reads it', async () => {
    const { url, server } = await startServer(() => undefined)
    closing.push(() => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    })
    for (const onUploadProgress of [undefined, () => undefined]) {
      const controller = new AbortController()
      const upload = post(url, { body: Buffer.alloc(50_000_000), onUploadProgress, signal: controller.signal })
      const [request] = await once(server, 'request')
      const closed = new Promise((resolve) => request.socket.once('close', resolve))
      request.on('error', () => undefined)
      controller.abort()
      should((await failureOf(upload)).code).equal('ABORTED')
      request.resume()
      await closed
    }
  })

  const answers: [title: string, text: string, expected: string | RegExp][] = [
    ['hints before the answer', `HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n${ok()}`, 'ok'],
    ['a 100 that nobody asked for', `HTTP/1.1 100 Continue\r\n\r\n${ok()}`, 'ok'],
    ['several interim answers', `HTTP/1.1 100\r\n\r\nHTTP/1.0 102 x\r\na: b\r\n\r\nHTTP/1.1 199 y\n\n${ok()}`, 'ok'],
    ['a body that looks like an interim answer', ok('HTTP/1.1 100 Continue\r\n\r\n'), 'HTTP/1.1 100 Continue\r\n\r\n'],
    ['an interim answer alone', 'HTTP/1.1 100 Continue\r\n\r\n', /INTERRUPTED/],
    ['half an interim answer', 'HTTP/1.1 100 Continue\r\nlink', /INTERRUPTED/],
    ['interim answers of 100 KB', 'HTTP/1.1 102 x\r\n\r\n'.repeat(6_000) + ok(), /TOO_LARGE/],
    [
      'an interim answer with a header of 100 KB',
      `HTTP/1.1 102 x\r\nx: ${'y'.repeat(100_000)}\r\n\r\n${ok()}`,
      /TOO_LARGE/,
    ],
    ['HTTP/1.0 whose end is the end of the connection', 'HTTP/1.0 200 OK\r\n\r\nok', 'ok'],
    ['headers with names of prototypes', ok('ok', '__proto__: a\r\n__proto__: b\r\nconstructor: c\r\n'), 'ok'],
    ['a switch to another protocol', 'HTTP/1.1 101 x\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n', /INTERRUPTED/],
    ['no byte', '', /INTERRUPTED/],
    ['half a status line', 'HTTP/1.1 20', /INTERRUPTED/],
    ['half a body', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok', /INTERRUPTED/],
    ['half a body before the close it told', ok('okok', 'connection: close\r\n').slice(0, -1), /INTERRUPTED/],
    ['half a chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nok', /INTERRUPTED/],
    [
      'half a chunk before the close it told',
      'HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n5\r\nok',
      /INTERRUPTED/,
    ],
    ['no last chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n', /INTERRUPTED/],
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n', /UNREADABLE/],
    ['a packed body of no bytes', ok('', 'content-encoding: gzip\r\n'), ''],
  ]
  for (const [title, text, expected] of answers) {
    it(`makes ${expected instanceof RegExp ? 'an error' : 'an answer'} of ${title}`, async () => {
      const { url } = await serve((socket) => socket.end(text, 'latin1'))
      if (expected instanceof RegExp) should((await failureOf(post(url))).code).match(expected)
      else should(await textOf(url)).equal(expected)
    })
  }

  it('passes over interim answers before each answer of a kept connection, in pieces of any size', async () => {
    const pieces = (text: string, size: number) =>
      Array.from({ length: Math.ceil(text.length / size) }, (_, at) => text.slice(at * size, (at + 1) * size))
    const interim = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n'
    let size = 0
    const server = await serve(async (socket) => {
      size += 1
      socket.setNoDelay(true)
      for (const piece of pieces(interim + ok(`HTTP/1.1 100 ${size}`), size)) {
        socket.write(piece)
        await settled()
      }
    })
    for (let count = 1; count <= 40; count++) should(await textOf(server.url)).equal(`HTTP/1.1 100 ${count}`)
    should(server.heard.length).be.belowOrEqual(3)
  })

  it('does not take an interim answer for the answer to an upload that is under way', async () => {
    const { url } = await serve((socket, request) => socket.write(`HTTP/1.1 100 x\r\n\r\n${ok(`${request.length}`)}`))
    const upload = { body: Buffer.alloc(300_000), onUploadProgress: () => undefined }
    should(Number(await textOf(url, upload))).be.above(300_000)
  })

  it('holds a body that comes in chunks of one byte in little more memory than that', async () => {
    const chunks = '1\r\nx\r\n'.repeat(20_000)
    const { url } = await serve((socket) => {
      socket.write(chunked)
      const pour = () => {
        while (!socket.destroyed && socket.write(chunks));
      }
      socket.on('drain', pour)
      pour()
    })
    const memory = () => process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed
    const before = memory()
    let most = 0
    const watch = setInterval(() => {
      most = Math.max(most, memory() - before)
    }, 20)
    const failure = await failureOf(post(url, { maxResponseBytes: 2_000_000, timeoutMs: 30_000 }))
    clearInterval(watch)
    should(failure.code).equal('RESPONSE_TOO_LARGE')
    should(most).be.below(100_000_000)
  }).timeout(patienceMs)

  it('speaks with an IPv6 address', async () => {
    const { url, heard } = await serve((socket) => socket.write(ok()), '::1')
    should(await textOf(`${url}/data`)).equal('ok')
    should(heard[0]).containEql(`host: ${new URL(url).host}\r\n`)
  })

  it('lets hundreds of requests share one signal without a warning', async () => {
    const { url } = await serve((socket) => socket.write(ok()))
    const { signal } = new AbortController()
    await Promise.all(Array.from({ length: 300 }, () => post(url, { signal })))
  })

  it('may be closed more than once, at any time', async () => {
    let asked: Socket | undefined
    const { url } = await serve((socket) => {
      asked = socket
    })
    const last = post(url)
    while (!asked) await settled()
    client.close()
    client.close()
    asked.write(ok())
    await last
    await settled()
    await settled()
    client.close()
    should((await failureOf(post(url))).code).equal('ABORTED')
  })

  it('leaves neither timers nor connections behind', async () => {
    let requests = 0
    const server = await serve((socket) => {
      requests += 1
      if (requests % 3 === 0) socket.resetAndDestroy()
      else if (requests % 3 === 1) socket.write(ok())
    })
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    const before = timers()
    await Promise.allSettled(Array.from({ length: 60 }, () => post(server.url, { timeoutMs: 100 })))
    client.close()
    while ((await server.open()) > 0) await settled()
    should(timers()).be.belowOrEqual(before)
  })

  const faults: [title: string, answer: (socket: Socket, request: string) => void, more?: Partial<HttpRequest>][] = [
    ['a reset', (socket) => socket.resetAndDestroy()],
    ['an answer that is the request', (socket, request) => socket.end(request)],
    [
      'a header too large that holds the request',
      (socket, request) => socket.end(ok('', `x: ${request.replaceAll('\r\n', ' ').repeat(200)}\r\n`)),
    ],
    ['a broken chunk that holds the request', (socket, request) => socket.end(`${chunked}${request}`)],
    [
      'a packed body that holds the request',
      (socket, request) => socket.end(ok(request, 'content-encoding: gzip\r\n')),
    ],
    ['a body too large that holds the request', (socket, request) => socket.end(ok(request)), { maxResponseBytes: 10 }],
    ['a body that breaks off', (socket, request) => socket.end(ok(request).slice(0, -1))],
    ['a time-out', () => undefined, { timeoutMs: 50 }],
    ['a header that cannot be sent', () => undefined, { headers: { authorization: 'Bearer MARK-2\n' } }],
    ['a method that cannot be sent', () => undefined, { method: 'MARK-4 /' }],
  ]
  for (const [title, answer, more] of faults) {
    it(`keeps query, headers and body out of what it says about ${title}`, async () => {
      const { url } = await serve(answer)
      const secret = { headers: { 'apim-accesstoken': 'MARK-2' }, body: 'MARK-3' }
      const failure = await failureOf(post(`${url}/data?sessionId=MARK-1`, { ...secret, ...more }))
      should(inspect(failure, { depth: 10, showHidden: true }).replaceAll(/\(MARK-4 \S* http/g, '')).not.match(/MARK/)
    })
  }
})
