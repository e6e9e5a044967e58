import { EventEmitter, once } from 'node:events'
import { request as forward } from 'node:http'
import { startServer } from '../http/server'

/** A request as it came in, its secrets in the way masked in which a preview masks them. */
export interface RecordedRequest {
  method: string
  url: string
  headers: Record<string, string>
  body: string
}

const isWrite = /\/topic\/sys\/.*\/thing\/|\/connect-service\/v2\.1\/integration|\/series$/

/** A line to the simulator that notes what is written through it, byte for byte. */
export async function startRecordedLine(target: string) {
  const requests: RecordedRequest[] = []
  const arrivals = new EventEmitter()
  const server = await startServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray())
    const { method = '', url = '', headers } = request
    if (method !== 'GET' && isWrite.test(url.split('?', 1)[0] ?? ''))
      requests.push({
        method,
        url: server.url + url,
        headers: headers as Record<string, string>,
        body: body.toString(),
      })
    const onward = forward(`${target}${url}`, { method, headers })
    arrivals.emit('request')
    onward.on('response', async (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers).end(Buffer.concat(await answer.toArray()))
    })
    onward.on('error', () => request.socket.destroy())
    onward.end(body)
  })
  return {
    url: server.url,
    close: server.close,
    requests,
    /** Waits until there are as many. */
    async until(count: number) {
      while (requests.length < count) await once(arrivals, 'request')
    },
  }
}

/** The headers that a preview shows, of all that came. */
export function masked({ method, url, headers, body }: RecordedRequest, shown: readonly string[]): RecordedRequest {
  const secret: Record<string, string> = { authorization: 'Bearer ***', 'apim-accesstoken': '***' }
  const kept = shown.map((name) => [name, secret[name] ?? headers[name] ?? 'missing'])
  return {
    method,
    url: url.replace(/sessionId=[^&]+/, 'sessionId=***'),
    headers: Object.fromEntries(kept),
    body,
  }
}

/** The boundary of a multipart message is drawn anew each time. */
export function withoutBoundary<R extends RecordedRequest>(request: R): R {
  const [, boundary] = /boundary=(\S+)/.exec(request.headers['content-type'] ?? '') ?? []
  return boundary ? (JSON.parse(JSON.stringify(request).replaceAll(boundary, 'boundary')) as R) : request
}
