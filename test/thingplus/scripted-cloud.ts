import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ReceivedRequest {
  method: string
  /** Path and query, as on the wire. */
  target: string
  headers: IncomingHttpHeaders
  /** Parsed where it is JSON. */
  body: unknown
}

export interface ScriptedReply {
  status: number
  body?: unknown
  headers?: Record<string, string>
}

/** A real HTTP server whose answers a test writes itself, for what the simulated cloud never does. */
export async function startScriptedCloud(answer: (request: ReceivedRequest) => ScriptedReply | Promise<ScriptedReply>) {
  const requests: ReceivedRequest[] = []
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString('utf8')
    const isJson = incoming.headers['content-type']?.includes('json')
    const request = {
      method: incoming.method ?? '',
      target: incoming.url ?? '',
      headers: incoming.headers,
      body: isJson ? JSON.parse(text) : text,
    }
    requests.push(request)
    const { status, body, headers } = await answer(request)
    outgoing.writeHead(status, { 'content-type': 'application/json', ...headers })
    outgoing.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2`,
    requests,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** A token whose payload says what it is given; header and signature are nonsense. */
export function tokenWith(payload: object): string {
  return `2yJ0.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.c2ln`
}

export function enveloped(data: unknown, status = 200): ScriptedReply {
  return { status, body: { statusCode: status, message: 'OK', data } }
}

export function refused(status: number, code: string): ScriptedReply {
  return { status, body: { statusCode: status, message: 'No', errors: [{ code }] } }
}
