import { createServer, type RequestListener, type ServerOptions } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import type { Duplex } from 'node:stream'

export interface ProxyServer {
  /** Without user name and password. */
  url: string
  /** `host:port` of each tunnel that was asked for. */
  tunnels: string[]
  /** Everything that clients sent besides opening tunnels, as text: nothing secret may be among it. */
  seen(): string
  close(): Promise<void>
}

export interface ProxyWish {
  /** `user:password` that it asks for. */
  login?: string
  /** Answers a tunnel with this status instead of opening it; 0 never answers. */
  status?: number
  /** Opens a tunnel only then. */
  when?: Promise<unknown>
  /** Comes before its answer. */
  interim?: string
  /** Is reached by TLS itself. */
  tls?: ServerOptions & { key: string; cert: string }
}

/** A real HTTP proxy on loopback that opens tunnels by CONNECT. */
export async function startProxy({ login, status, when, interim = '', tls }: ProxyWish = {}): Promise<ProxyServer> {
  const tunnels: string[] = []
  const parts: Buffer[] = []
  const sockets = new Set<Duplex>()
  const keep = (socket: Duplex) => {
    sockets.add(socket.once('close', () => sockets.delete(socket)).on('error', () => undefined))
  }
  const forward: RequestListener = (request, response) => {
    parts.push(Buffer.from(`${request.url} ${JSON.stringify(request.headers)}`))
    response.writeHead(405).end()
  }
  const server = tls ? createTlsServer(tls, forward) : createServer(forward)
  server.on('connection', keep)
  server.on('connect', async (request, socket, head) => {
    keep(socket)
    tunnels.push(request.url ?? '')
    await when
    if (status === 0) return
    const expected = `Basic ${Buffer.from(login ?? '').toString('base64')}`
    const isRefused = login !== undefined && request.headers['proxy-authorization'] !== expected
    if (isRefused || status) return socket.end(`HTTP/1.1 ${isRefused ? 407 : status} No\r\n\r\n`)
    const { hostname, port } = new URL(`tunnel://${request.url}`)
    const onward = connect(Number(port), hostname.replace(/^\[|\]$/g, ''), () => {
      socket.write(`${interim}HTTP/1.1 200 Connection established\r\n\r\n`)
      onward.write(head)
      socket.on('data', (part: Buffer) => parts.push(part))
      socket.pipe(onward).pipe(socket)
    })
    keep(onward)
    onward.once('close', () => socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `${tls ? 'https' : 'http'}://localhost:${(server.address() as AddressInfo).port}`,
    tunnels,
    seen: () => Buffer.concat(parts).toString('latin1'),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
