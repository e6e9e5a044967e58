import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

export interface RawServer {
  url: string
  /** Whatever came in, one text for each connection. */
  heard: string[]
  /** How many connections are open. */
  open(): Promise<number>
  close(): Promise<void>
}

/**
 * A server on loopback that knows no HTTP: what goes over the wire, and when, is up to the test.
 * @param answer called for each connection as soon as a whole request has come, and again for each further one
 */
export async function startRawServer(
  answer: (socket: Socket, request: string) => void,
  host = '127.0.0.1',
): Promise<RawServer> {
  const heard: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    const index = heard.push('') - 1
    let unread = ''
    sockets.add(socket.once('close', () => sockets.delete(socket)).on('error', () => undefined))
    socket.setEncoding('latin1').on('data', (part: string) => {
      heard[index] += part
      unread += part
      for (let request = firstRequestIn(unread); request; request = firstRequestIn(unread)) {
        unread = unread.slice(request.length)
        answer(socket, request)
      }
    })
  }).listen(0, host)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    heard,
    open: () => new Promise((resolve, reject) => server.getConnections((e, count) => (e ? reject(e) : resolve(count)))),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

function firstRequestIn(text: string): string | undefined {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(text.slice(0, end))?.[1] ?? 0)
  const whole = end + 4 + length
  return text.length < whole ? undefined : text.slice(0, whole)
}

/** An answer with this body. */
export const ok = (body = 'ok', header = ''): string =>
  `HTTP/1.1 200 OK\r\n${header}content-length: ${body.length}\r\n\r\n${body}`
