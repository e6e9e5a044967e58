import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { SimulatedReply, SimulatedRequest } from './cloud'

/** What happens on the line after a request was handled: a reply (perhaps late, perhaps torn), or a reset. */
export type Outcome = { kind: 'reset' } | { kind: 'reply'; reply: SimulatedReply; delayMs?: number; torn?: boolean }

export interface ListenSettings {
  host: string
  port: number
  /** A larger body is refused with 413; bytes. */
  maxBodyBytes: number
  now: () => number
  handle(request: SimulatedRequest): Outcome
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/

/** Opens the port, on loopback only. `close` returns at once, whatever hangs. */
export async function listen(settings: ListenSettings): Promise<{ port: number; close(): Promise<void> }> {
  const { host } = settings
  if (!LOOPBACK.test(host))
    throw new Error(`The simulator listens on loopback only (127.0.0.1, ::1, localhost), not on ${host}`)
  const late = new Set<NodeJS.Timeout>()
  const server = createServer((incoming, response) => {
    receive(incoming, settings.maxBodyBytes, (body) => {
      const outcome: Outcome = body
        ? settings.handle(simulatedRequest(incoming, body, settings.now()))
        : { kind: 'reply', reply: { status: 413, headers: { connection: 'close' }, body: { error: 'Body too large' } } }
      if (outcome.kind === 'reset') incoming.socket.resetAndDestroy()
      else if (!outcome.delayMs) send(response, outcome)
      else {
        const timer = setTimeout(() => {
          late.delete(timer)
          send(response, outcome)
        }, outcome.delayMs)
        late.add(timer)
      }
    })
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(settings.port, host, resolve))
  return { port: (server.address() as AddressInfo).port, close: () => close(server, late) }
}

function close(server: Server, late: Set<NodeJS.Timeout>): Promise<void> {
  for (const timer of late) clearTimeout(timer)
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

/** Hands on the complete body; nothing when it is larger than the limit. A request that breaks off is dropped. */
function receive(incoming: IncomingMessage, maxBytes: number, done: (body: Buffer | undefined) => void): void {
  const chunks: Buffer[] = []
  let size = 0
  incoming.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size <= maxBytes) chunks.push(chunk)
    else chunks.length = 0
  })
  incoming.on('end', () => done(size > maxBytes ? undefined : chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)))
  incoming.on('error', () => {})
}

function simulatedRequest(incoming: IncomingMessage, body: Buffer, receivedMs: number): SimulatedRequest {
  const target = incoming.url ?? '/'
  const origin = `http://${incoming.headers.host ?? 'simulator.invalid'}`
  // By hand, because URL would read the host out of `//auth/...`, which Envision's Java sample sends.
  const text = target.startsWith('/') ? `${origin}${target}` : target
  const url = URL.canParse(text) ? new URL(text) : new URL('http://simulator.invalid/unreadable')
  return { method: incoming.method ?? 'GET', url, headers: incoming.headers, body, receivedMs }
}

function send(response: ServerResponse, { reply, torn }: { reply: SimulatedReply; torn?: boolean }): void {
  const [type, payload] = payloadOf(reply.body)
  const sent = torn ? payload.slice(0, Math.ceil(payload.length / 2)) : payload
  const headers: Record<string, string | number> = { ...reply.headers }
  if (type !== undefined) headers['content-type'] ??= type
  if (reply.status !== 204) headers['content-length'] = Buffer.byteLength(sent)
  response.writeHead(reply.status, headers).end(sent)
}

/** A text stays a text, because node sends it in one piece with the head. */
function payloadOf(body: SimulatedReply['body']): [type: string | undefined, payload: string | Buffer] {
  if (body === undefined || Buffer.isBuffer(body)) return [undefined, body ?? '']
  if (typeof body === 'string') return ['text/plain; charset=utf-8', body]
  return ['application/json;charset=UTF-8', JSON.stringify(body)]
}
