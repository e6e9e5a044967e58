import type { IncomingMessage, ServerResponse } from 'node:http'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import should from 'should'
import { ConnectorError, type ErrorCode } from '../../lib/core'
import { startServer } from './server'

/** What a client may take for an answer: an error of these codes, or `undefined` where a result is right, too. */
export interface HostileAnswer {
  title: string
  send: (request: IncomingMessage, response: ServerResponse, elsewhere: string) => void
  codes: readonly (ErrorCode | undefined)[]
}

/** How long a request may take: those that only a time limit ends shall end soon. */
export function limitMsOf({ codes }: HostileAnswer): number {
  return codes.includes('NETWORK_TIMEOUT') ? 150 : 10_000
}

const megabyte = 1024 * 1024
const bombs = {
  gzip: Buffer.concat(Array(32).fill(gzipSync(Buffer.alloc(16 * megabyte)))),
  br: brotliCompressSync(Buffer.alloc(64 * megabyte)),
  deflate: deflateSync(Buffer.alloc(64 * megabyte)),
}

/** Writes until nobody listens any more. */
function pour(response: ServerResponse, part: Buffer): void {
  const pump = () => {
    while (!response.destroyed && response.write(part));
  }
  response.on('drain', pump).on('error', () => undefined)
  pump()
}

function raw(request: IncomingMessage, text: string): void {
  request.socket.write(text)
}

function drip(request: IncomingMessage, next: () => string): void {
  const timer = setInterval(() => raw(request, next()), 20)
  request.socket.once('close', () => clearInterval(timer))
}

const bytes =
  (...content: (string | Buffer)[]): HostileAnswer['send'] =>
  (_, response) =>
    response.end(Buffer.concat(content.map((part) => Buffer.from(part as string))))

const tooLarge = ['RESPONSE_TOO_LARGE'] as const
const unreadable = ['RESPONSE_UNREADABLE'] as const
const tooLate = ['NETWORK_TIMEOUT'] as const
const redirected = ['CLOUD_ERROR', 'CONFIG_INVALID_URL', 'AUTH_REFUSED'] as const
const brokenOff = ['NETWORK_INTERRUPTED', 'RESPONSE_UNREADABLE'] as const

export const hostileAnswers: readonly HostileAnswer[] = [
  {
    title: 'a body of 500 MB',
    codes: tooLarge,
    send: (_, response) => pour(response.writeHead(200, { 'content-length': 500 * megabyte }), Buffer.alloc(megabyte)),
  },
  { title: 'a body without end', codes: tooLarge, send: (_, response) => pour(response, Buffer.alloc(megabyte, '[')) },
  {
    title: 'an error of HTTP 500 without end',
    codes: tooLarge,
    send: (_, response) => pour(response.writeHead(500), Buffer.alloc(megabyte, 'x')),
  },
  ...(['gzip', 'br', 'deflate'] as const).map((encoding) => ({
    title: `a small packet that ${encoding} unpacks to hundreds of megabytes`,
    codes: tooLarge,
    send: (_: IncomingMessage, response: ServerResponse) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(bombs[encoding]),
  })),
  {
    title: 'a header of 10 MB',
    codes: tooLarge,
    send: (request) => raw(request, `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(10 * megabyte)}\r\n\r\n`),
  },
  {
    title: 'header lines without end',
    codes: tooLarge,
    send: (request) => {
      raw(request, 'HTTP/1.1 200 OK\r\n')
      drip(request, () => `x-a: ${'y'.repeat(4_000)}\r\n`.repeat(10))
    },
  },
  ...([301, 302, 303, 307, 308] as const).map((status) => ({
    title: `a redirect to another host with HTTP ${status}`,
    codes: redirected,
    send: (_: IncomingMessage, response: ServerResponse, elsewhere: string) =>
      response.writeHead(status, { location: elsewhere }).end(),
  })),
  {
    title: 'a redirect to the same host by TLS',
    codes: redirected,
    send: ({ headers }, response) => response.writeHead(301, { location: `https://${headers.host}/` }).end(),
  },
  {
    title: 'a body that comes byte by byte',
    codes: tooLate,
    send: (request) => {
      raw(request, 'HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n')
      drip(request, () => ' ')
    },
  },
  {
    title: 'a header that comes byte by byte',
    codes: tooLate,
    send: (request) => {
      const letters = 'HTTP/1.1 200 OK'[Symbol.iterator]()
      drip(request, () => letters.next().value ?? 'K')
    },
  },
  {
    title: 'interim answers without end',
    codes: tooLate,
    send: (request) => drip(request, () => 'HTTP/1.1 103 Early Hints\r\n\r\n'),
  },
  {
    title: 'another protocol',
    codes: [...brokenOff, 'NETWORK_TIMEOUT', 'AUTH_REFUSED', 'CLOUD_ERROR'],
    send: (request) => raw(request, 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
  },
  { title: 'no HTTP at all', codes: unreadable, send: (request) => raw(request, 'SSH-2.0-OpenSSH_9.2\r\n') },
  {
    title: 'a broken chunk',
    codes: brokenOff,
    send: (request) => raw(request, 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'),
  },
  {
    title: 'a packed body that is none',
    codes: brokenOff,
    send: (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('no gzip'),
  },
  {
    title: 'bytes that are no UTF-8',
    codes: unreadable,
    send: bytes(Buffer.from([0xff, 0xfe, 0xc0, 0x80, 0xed, 0xa0])),
  },
  { title: 'UTF-16 text', codes: unreadable, send: bytes(Buffer.from('{"code":0,"data":{}}', 'utf16le')) },
  {
    title: 'a text with bytes that are no UTF-8',
    codes: ['CLOUD_ERROR', 'RESPONSE_UNREADABLE', 'AUTH_REFUSED', undefined],
    send: bytes('{"code":1,"status":1,"msg":"', Buffer.from([0xff, 0xc0]), '"}'),
  },
  {
    title: 'names of prototypes',
    codes: ['CLOUD_ERROR', 'RESPONSE_UNREADABLE', 'AUTH_REFUSED', undefined],
    send: bytes(
      '{"__proto__":{"polluted":1,"code":"0","status":0,"data":{"sessionId":"x"},"access_token":"x"},',
      '"constructor":{"prototype":{"polluted":1}},"data":{"__proto__":{"polluted":1}},"prototype":{"polluted":1}}',
    ),
  },
  { title: 'lists in lists, 400,000 deep', codes: unreadable, send: bytes('['.repeat(4e5), ']'.repeat(4e5)) },
  {
    title: 'a success with data 100,000 deep',
    codes: unreadable,
    send: bytes('{"code":"0","status":0,"statusCode":200,"data":', '{"a":'.repeat(1e5), '1', '}'.repeat(1e5), '}'),
  },
]

/** A cloud that gives one of those answers, and watches what it costs the client. */
export async function startHostileCloud(isSpared: (request: IncomingMessage) => string | undefined) {
  let current: HostileAnswer['send'] | undefined
  let strayed = 0
  const elsewhere = await startServer((_, response) => {
    strayed += 1
    response.end()
  })
  const cloud = await startServer((request, response) => {
    if (request.socket.listenerCount('error') < 2) request.socket.on('error', () => undefined)
    const spared = isSpared(request)
    if (spared !== undefined) return response.end(spared)
    request.resume().once('end', () => current?.(request, response, elsewhere.url))
  })
  return {
    url: cloud.url,
    close: async () => {
      await cloud.close()
      await elsewhere.close()
    },
    /** Makes a call while the cloud is hostile, and checks what came of it. */
    async endures(
      { send, codes }: HostileAnswer,
      call: () => Promise<unknown>,
      alsoRight: readonly ErrorCode[] = [],
    ): Promise<void> {
      current = send
      strayed = 0
      let mostBytes = 0
      const memory = () => process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed
      const before = memory()
      const watch = setInterval(() => {
        mostBytes = Math.max(mostBytes, memory() - before)
      }, 10)
      const since = performance.now()
      const failure: unknown = await call().then(
        () => undefined,
        (error: unknown) => error,
      )
      clearInterval(watch)
      should(performance.now() - since).be.below(10_000)
      should(mostBytes).be.below(300 * megabyte)
      should(strayed).equal(0)
      should(({} as { polluted?: unknown }).polluted).be.undefined()
      if (failure !== undefined) {
        should(failure).be.instanceOf(ConnectorError)
        should((failure as Error).message.length).be.below(1_000)
      }
      should([...codes, ...alsoRight]).containEql((failure as ConnectorError | undefined)?.code)
    },
  }
}
