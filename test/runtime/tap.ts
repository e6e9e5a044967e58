import { request as forward, type IncomingMessage, type ServerResponse } from 'node:http'
import { startServer } from '../http/server'
import type { Marks } from './marks'

/** How a tapped line behaves. `echo` answers with this HTTP status and all that the request held. */
export type TapMode = { kind: 'pass' | 'reset' | 'silent' | 'unreadable' | 'page' } | { kind: 'echo'; status: number }

const secretHeaders = ['apim-accesstoken', 'apim-signature', 'authorization', 'cookie', 'set-cookie']
const secretFields =
  /"(accessToken|access_token|encryption|sign|sessionId|password|client_secret|clientSecret)"\s*:\s*"([^"]+)"/g

/** A line to the simulator that notes every secret which passes: tokens, sessions, signatures, digests, cookies. */
export async function startTap(target: string, marks: Marks) {
  let mode: TapMode = { kind: 'pass' }
  const note = (headers: IncomingMessage['headers'], body: string) => {
    for (const name of secretHeaders) {
      for (const value of [headers[name] ?? []].flat()) {
        const [first = ''] = value.split(';')
        marks.add(name, first.replace(/^(\S+ |\w+=)/, ''))
      }
    }
    for (const [, name = '', value = ''] of body.matchAll(secretFields)) marks.add(name, value)
  }
  const server = await startServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray())
    const sessionId = new URL(request.url ?? '', target).searchParams.get('sessionId')
    if (sessionId) marks.add('sessionId', sessionId)
    note(request.headers, body.toString())
    if (mode.kind === 'silent') return
    if (mode.kind === 'reset') return request.socket.resetAndDestroy()
    if (mode.kind === 'unreadable') return response.end(`Not JSON: ${everythingOf(request, body)}`)
    if (mode.kind === 'page') return response.end(`<html>${everythingOf(request, body)}</html>`)
    if (mode.kind === 'echo') return echo(response, mode.status, everythingOf(request, body))
    const onward = forward(`${target}${request.url}`, { method: request.method, headers: request.headers })
    onward.on('response', async (answer) => {
      const content = Buffer.concat(await answer.toArray())
      note(answer.headers, content.toString())
      response.writeHead(answer.statusCode ?? 502, answer.headers).end(content)
    })
    onward.on('error', () => request.socket.destroy())
    onward.end(body)
  })
  return {
    url: server.url,
    close: server.close,
    set: (next: TapMode) => {
      mode = next
    },
  }
}

function everythingOf({ url, headers }: IncomingMessage, body: Buffer): string {
  return [url, ...Object.values(headers).flat(), body.toString()].join(' ')
}

function echo(response: ServerResponse, status: number, everything: string): void {
  const errors = everything.split(/[\s"]+/).map((word) => ({ code: word, message: everything }))
  const content = { code: status, msg: everything, submsg: everything, message: everything, name: everything, errors }
  response.writeHead(status, { location: `http://127.0.0.1:9/${encodeURIComponent(everything)}`, 'x-echo': 'yes' })
  response.end(JSON.stringify(content))
}
