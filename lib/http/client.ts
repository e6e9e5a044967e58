import { Agent as HttpAgent, type IncomingHttpHeaders } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { Request } from 'got'
import { say } from '../text'
import { abortError } from './abortable'
import { ConnectorError } from './errors'
import { loadGot } from './got'
import { networkError } from './network-error'
import { type Agents, isExempt, proxyAgents } from './proxy'
import { Turnstile } from './turnstile'

export interface TlsSettings {
  certificateAuthority?: string | Buffer | undefined
  certificate?: string | Buffer | undefined
  key?: string | Buffer | undefined
  pfx?: string | Buffer | undefined
  passphrase?: string | undefined
  serverName?: string | undefined
  alpnProtocols?: string[] | undefined
  /** `false` only where the user switched the check off in the TLS configuration. */
  rejectUnauthorized?: boolean | undefined
}

export interface ProxySettings {
  /** URL of the proxy, with user name and password where it asks for them. */
  url: string
  /** Hosts reached without the proxy: names, `.suffix`, `*`. */
  noProxy?: readonly string[] | undefined
}

export interface HttpClientOptions {
  tls?: TlsSettings | undefined
  proxy?: ProxySettings | undefined
  /** From a request's turn, before the first byte of the connection, to the last of the answer; 30 s. */
  timeoutMs?: number | undefined
}

export interface HttpRequest {
  method: string
  url: string
  headers?: Readonly<Record<string, string>> | undefined
  body?: string | Buffer | undefined
  timeoutMs?: number | undefined
  signal?: AbortSignal | undefined
  /** The answer's size at which reading stops with `RESPONSE_TOO_LARGE`; 16 MiB. */
  maxResponseBytes?: number | undefined
  onUploadProgress?: ((sentBytes: number, totalBytes: number) => void) | undefined
}

export interface HttpResponse {
  statusCode: number
  headers: IncomingHttpHeaders
  body: Buffer
}

const defaultTimeoutMs = 30_000
const connectTimeoutMs = 10_000
const defaultMaxResponseBytes = 16 * 1024 * 1024
/** Idle sockets are closed before a server would do it (Node.js servers wait 5 s), so that none breaks under a request. */
const idleSocketMs = 4_000
/** Requests at the same time; more wait for their turn. A burst of messages must not open thousands of connections. */
const concurrentRequests = 32

/**
 * The one way to a cloud: HTTP/1.1 over kept-alive connections, bounded in time and size, abortable, with no retry and no
 * redirect of its own. Any HTTP status is an answer; only a failed exchange throws.
 */
export class HttpClient {
  readonly #options: HttpClientOptions
  readonly #direct: Agents
  readonly #proxied: Agents | undefined
  readonly #turnstile = new Turnstile(concurrentRequests)

  constructor(options: HttpClientOptions = {}) {
    this.#options = options
    this.#direct = {
      http: new HttpAgent({ keepAlive: true, timeout: idleSocketMs }),
      https: new HttpsAgent({ keepAlive: true, timeout: idleSocketMs }),
    }
    this.#proxied =
      options.proxy &&
      proxyAgents(options.proxy.url, {
        idleMs: idleSocketMs,
        connectMs: connectTimeoutMs,
        certificateAuthority: options.tls?.certificateAuthority,
      })
  }

  /** @throws ConnectorError `NETWORK_*`, `ABORTED`, `RESPONSE_TOO_LARGE` */
  async request(request: HttpRequest): Promise<HttpResponse> {
    await this.#turnstile.enter(request.signal)
    try {
      return await this.#exchange(request)
    } finally {
      this.#turnstile.leave()
    }
  }

  /** Drops idle connections now and the others as soon as their requests are over; who wants those to end aborts them. */
  close(): void {
    for (const agents of [this.#direct, this.#proxied]) {
      if (!agents) continue
      for (const agent of [agents.http, agents.https]) {
        agent.maxFreeSockets = 0
        for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy()
      }
    }
  }

  async #exchange(request: HttpRequest): Promise<HttpResponse> {
    const url = new URL(request.url)
    const target = `${request.method} ${url.origin}${url.pathname}`
    const maxResponseBytes = request.maxResponseBytes ?? defaultMaxResponseBytes
    const got = await loadGot()
    const { signal } = request
    if (signal?.aborted) throw abortError(signal, target)
    const stream = got.stream(url, {
      method: request.method as 'GET',
      headers: { 'user-agent': undefined, ...request.headers },
      // Without a body a got stream waits for one to be written.
      ...(/^(GET|HEAD)$/.test(request.method) ? {} : { body: request.body ?? '' }),
      agent: this.#agentsFor(url),
      https: this.#tls(),
      timeout: { connect: connectTimeoutMs },
      retry: { limit: 0 },
      throwHttpErrors: false,
      followRedirect: false,
    })
    // Not got's own `signal`: it fires on finished requests too, as an error that nobody awaits.
    const abort = () => stream.destroy()
    signal?.addEventListener('abort', abort, { once: true })
    // Nor its time limit, which a proxy that opens no tunnel outlasts.
    const limitMs = request.timeoutMs ?? this.#options.timeoutMs ?? defaultTimeoutMs
    const limit = setTimeout(() => stream.destroy(tooLate(target)), limitMs)
    try {
      return await receive(stream, target, maxResponseBytes, request.onUploadProgress)
    } catch (failure) {
      throw signal?.aborted ? abortError(signal, target) : networkError(failure, target)
    } finally {
      clearTimeout(limit)
      signal?.removeEventListener('abort', abort)
    }
  }

  #agentsFor(url: URL): Agents {
    return !this.#proxied || isExempt(url, this.#options.proxy?.noProxy) ? this.#direct : this.#proxied
  }

  #tls() {
    const { tls } = this.#options
    if (!tls) return {}
    return {
      certificateAuthority: tls.certificateAuthority,
      certificate: tls.certificate,
      key: tls.key,
      pfx: tls.pfx,
      passphrase: tls.passphrase,
      serverName: tls.serverName,
      alpnProtocols: tls.alpnProtocols,
      rejectUnauthorized: tls.rejectUnauthorized ?? true,
    }
  }
}

async function receive(
  stream: Request,
  target: string,
  maxBytes: number,
  onUploadProgress: HttpRequest['onUploadProgress'],
): Promise<HttpResponse> {
  if (onUploadProgress) {
    stream.on('uploadProgress', ({ transferred, total }) => onUploadProgress(transferred, total ?? transferred))
  }
  const head: Omit<HttpResponse, 'body'> = { statusCode: 0, headers: {} }
  stream.on('response', ({ statusCode, headers }) => Object.assign(head, { statusCode, headers }))
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBytes) throw tooLarge(target, maxBytes)
    chunks.push(chunk)
  }
  return { ...head, body: Buffer.concat(chunks) }
}

function tooLate(target: string): ConnectorError {
  return new ConnectorError('NETWORK_TIMEOUT', say`No answer in time. Check the network. (${target})`)
}

function tooLarge(target: string, limitBytes: number): ConnectorError {
  return new ConnectorError('RESPONSE_TOO_LARGE', say`${target}: the answer is larger than ${limitBytes} bytes.`)
}
