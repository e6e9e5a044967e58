import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type BodyLimits, type BodyRefusal, UnfinishedBodies } from './bodies'
import type { SimulatedReply, SimulatedRequest } from './cloud'

/** What happens on the line after a request was handled: a reply (perhaps late, perhaps torn), or a reset. */
export type Outcome = { kind: 'reset' } | { kind: 'reply'; reply: SimulatedReply; delayMs?: number; torn?: boolean }

export interface ListenSettings extends BodyLimits {
  host: string
  port: number
  now: () => number
  handle(request: SimulatedRequest): Outcome
}

const loopback = /^(localhost|127(\.\d{1,3}){3}|::1)$/

/** Opens the port, on loopback only. `close` returns at once, whatever hangs. */
export async function listen(settings: ListenSettings): Promise<{ port: number; close(): Promise<void> }> {
  const { host } = settings
  if (!loopback.test(host))
    throw new Error(`The simulator listens on loopback only (127.0.0.1, ::1, localhost), not on ${host}`)
  const late = new Set<NodeJS.Timeout>()
  const bodies = new UnfinishedBodies(settings)
  const server = createServer((incoming, response) => {
    bodies.receive(incoming, (body) => {
      const outcome = typeof body === 'number' ? refusedBody(body) : handled(settings, incoming, body)
      if (outcome.kind === 'reset') incoming.socket.resetAndDestroy()
      else if (!outcome.delayMs) trySend(response, outcome)
      else {
        const timer = setTimeout(() => {
          late.delete(timer)
          trySend(response, outcome)
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

function handled({ handle, now }: ListenSettings, incoming: IncomingMessage, body: Buffer): Outcome {
  try {
    return handle(simulatedRequest(incoming, body, now()))
  } catch (error) {
    return failed(error)
  }
}

function failed(error: unknown): Outcome & { kind: 'reply' } {
  const text = `The simulator itself failed: ${(error as Error).message}`
  return { kind: 'reply', reply: { status: 500, body: { error: text } } }
}

function refusedBody(status: BodyRefusal): Outcome {
  const error = status === 413 ? 'Body too large' : 'Too much is being sent at the same time'
  return { kind: 'reply', reply: { status, headers: { connection: 'close' }, body: { error } } }
}

function simulatedRequest(incoming: IncomingMessage, body: Buffer, receivedMs: number): SimulatedRequest {
  const target = incoming.url ?? '/'
  const origin = `http://${incoming.headers.host ?? 'simulator.invalid'}`
  // By hand, because URL would read the host out of `//auth/...`, which Envision's Java sample sends.
  const text = target.startsWith('/') ? `${origin}${target}` : target
  const url = URL.canParse(text) ? new URL(text) : new URL('http://simulator.invalid/unreadable')
  return { method: incoming.method ?? 'GET', url, headers: incoming.headers, body, receivedMs }
}

/** What cannot be sent, such as a header with a line end in it, ends its connection and never the process. */
function trySend(response: ServerResponse, outcome: Outcome & { kind: 'reply' }): void {
  try {
    send(response, outcome)
  } catch {
    response.destroy()
  }
}

function send(response: ServerResponse, outcome: Outcome & { kind: 'reply' }): void {
  const { reply, torn, payload: content } = printable(outcome)
  const [type, payload] = content
  const sent = torn ? payload.slice(0, Math.ceil(payload.length / 2)) : payload
  const headers: Record<string, string | number> = { ...reply.headers }
  if (type !== undefined) headers['content-type'] ??= type
  if (reply.status !== 204) headers['content-length'] = Buffer.byteLength(sent)
  response.writeHead(reply.status, headers).end(sent)
}

/** What cannot be printed, as an object that is nested too deep, is a failure of the simulator, never the end of the process. */
function printable(outcome: Outcome & { kind: 'reply' }): Outcome & { kind: 'reply'; payload: Payload } {
  try {
    return { ...outcome, payload: payloadOf(outcome.reply.body) }
  } catch (error) {
    const failure = failed(error)
    return { ...failure, payload: payloadOf(failure.reply.body) }
  }
}

type Payload = [type: string | undefined, payload: string | Buffer]

/** A text stays a text, because node sends it in one piece with the head. */
function payloadOf(body: SimulatedReply['body']): Payload {
  if (body === undefined || Buffer.isBuffer(body)) return [undefined, body ?? '']
  if (typeof body === 'string') return ['text/plain; charset=utf-8', body]
  return ['application/json;charset=UTF-8', JSON.stringify(body)]
}
