import { Readable } from 'node:stream'
import type { buildConnector, Dispatcher } from 'undici'
import { Aborts, abortError, ConnectorError, say, Turnstile } from '../core'
import { cloudConnector } from './connector'
import { type EnvironmentProxyOptions, environmentProxy } from './environment-proxy'
import { Exchange, type HttpResponse } from './exchange'
import { networkError } from './network-error'
import { isExempt, proxyUrl, tunnelConnector } from './proxy'
import type { ProxySettings, TlsSettings } from './transport-settings'
import { loadUndici } from './undici'
import { acceptedEncodings, unpack } from './unpack'
import { refuseWebPage, type Target } from './web-page'

export type { HttpResponse } from './exchange'

export interface HttpClientOptions {
  tls?: TlsSettings | undefined
  proxy?: ProxySettings | undefined
  /** Where no proxy is set: that of the environment, read by these rules. Left out, the environment is not looked at. */
  environmentProxy?: EnvironmentProxyOptions | undefined
  /** From a request's turn, before the first byte of the connection, to the last of the answer; 30 s. */
  timeoutMs?: number | undefined
}

/** How a target is reached. */
export interface Route {
  /** URL of the proxy, without user name and password; `undefined` for none. */
  proxy: string | undefined
  /** The variable of the environment that decides; `undefined` where the settings do. */
  variable: string | undefined
}

export interface HttpRequest {
  method: string
  url: string
  headers?: Readonly<Record<string, string>> | undefined
  body?: string | Buffer | undefined
  timeoutMs?: number | undefined
  signal?: AbortSignal | undefined
  /** Once it is written, `signal` ends it no more: the cloud counts it, and its answer serves whoever comes next. */
  isAwaitedOnceSent?: boolean | undefined
  /** The answer's size at which reading stops with `RESPONSE_TOO_LARGE`; 1 MiB, more than the answer to any login or write. */
  maxResponseBytes?: number | undefined
  /** For a caller that only asks whether anything answers there: see `refuseWebPage`. */
  takesAnyPage?: boolean | undefined
  onUploadProgress?: ((sentBytes: number, totalBytes: number) => void) | undefined
}

const defaultTimeoutMs = 30_000
const defaultMaxResponseBytes = 1024 * 1024
/** Idle sockets are closed before a server would do it (Node.js servers wait 5 s), so that none breaks under a request. */
const idleSocketMs = 4_000
/** Requests at the same time; more wait for their turn. A burst of messages must not open thousands of connections. */
const concurrentRequests = 32

/** A step of an upload whose progress is reported. */
const uploadStepBytes = 65_536

/**
 * The one way to a cloud: HTTP/1.1 over kept-alive connections, bounded in time and size, abortable, with no retry and no
 * redirect of its own. Any HTTP status is an answer; only a failed exchange throws, and a web page in place of an answer.
 */
export class HttpClient {
  readonly #options: HttpClientOptions
  readonly #aborts = new Aborts()
  readonly #turnstile = new Turnstile(concurrentRequests, this.#aborts)
  /** Made when first used: by the proxy's URL, which is empty for none. */
  readonly #dispatchers = new Map<string, Dispatcher>()
  readonly #dispatcherOf = new Map<string, Dispatcher>()
  #latest: (Target & { method: string; given: string }) | undefined
  #isClosed = false

  constructor(options: HttpClientOptions = {}) {
    this.#options = options
  }

  /** Whether a certificate that does not fit ends a connection. */
  get checksCertificates(): boolean {
    return this.#options.tls?.rejectUnauthorized !== false
  }

  /** How a URL is reached; `undefined` where neither the settings nor the environment speak of a proxy. */
  routeTo(url: string): Route | undefined {
    const { proxy, variable } = this.#proxyFor(new URL(url))
    if (!this.#options.proxy && variable === undefined) return undefined
    return { proxy: proxy === undefined ? undefined : new URL(proxy).origin, variable }
  }

  /** @throws ConnectorError `NETWORK_*` (a web page is `NETWORK_WEB_PAGE`), `ABORTED`, `RESPONSE_TOO_LARGE`, `RESPONSE_UNREADABLE` */
  async request(request: HttpRequest): Promise<HttpResponse> {
    const turn = this.#turnstile.enter(request.signal)
    if (turn) await turn
    try {
      const target = this.#targetOf(request)
      this.#requireOpen(request, target)
      const exchange = new Exchange(target.text, maxBytesOf(request), isInSteps(request))
      const release = this.#bound(exchange, request, target)
      let answer: HttpResponse
      try {
        this.#dispatch(exchange, request, target)
        answer = await exchange.answer
        const encoding = answer.headers['content-encoding']
        if (encoding !== undefined) {
          const limits = { target: target.text, maxBytes: maxBytesOf(request) }
          answer = { ...answer, body: await unpack(answer.body, encoding, limits) }
        }
      } catch (failure) {
        throw networkError(failure, target.text, exchange.isWritten)
      } finally {
        release()
      }
      if (!request.takesAnyPage) refuseWebPage(answer, target)
      return answer
    } finally {
      this.#turnstile.leave()
    }
  }

  /**
   * Drops idle connections now and the others as soon as their requests are over (a caller that wants those to end aborts
   * them);
   * what is asked for later is `ABORTED`. May be called more than once.
   */
  close(): void {
    // The library would reject a second time, with a promise that nobody handles.
    if (this.#isClosed) return
    this.#isClosed = true
    for (const dispatcher of this.#dispatchers.values()) void dispatcher.close()
  }

  #requireOpen({ signal }: HttpRequest, { text: target }: Target): void {
    if (signal?.aborted) throw abortError(signal, target)
    if (this.#isClosed) throw new ConnectorError('ABORTED', say`Stopped because the flow was closed or deployed again.`)
  }

  /** Stops it when its time is up or its signal fires, until the returned function is called. */
  #bound(exchange: Exchange, request: HttpRequest, { text: target }: Target): () => void {
    const { signal } = request
    const forget = signal && this.#aborts.on(signal, () => this.#aborted(exchange, request, abortError(signal, target)))
    const limitMs = request.timeoutMs ?? this.#options.timeoutMs ?? defaultTimeoutMs
    const limit = setTimeout(() => exchange.stop(tooLate(target)), limitMs)
    return () => {
      clearTimeout(limit)
      forget?.()
    }
  }

  #dispatch(exchange: Exchange, request: HttpRequest, { url, origin, path }: Target): void {
    const method = request.method as Dispatcher.HttpMethod
    const { headers, body } = contentOf(request, exchange)
    this.#dispatcherFor(url, origin).dispatch({ origin, path, method, headers, body }, exchange)
  }

  /** Requests that follow each other mostly have the same. */
  #targetOf({ method, url: given }: HttpRequest): Target {
    if (this.#latest?.given !== given || this.#latest.method !== method) {
      const url = new URL(given)
      const { origin, pathname, search } = url
      const text = `${method} ${origin}${pathname}`
      this.#latest = { method, given, url, origin, path: pathname + search, text }
    }
    return this.#latest
  }

  #aborted(exchange: Exchange, { isAwaitedOnceSent }: HttpRequest, reason: ConnectorError): void {
    if (!(isAwaitedOnceSent && exchange.isWritten)) exchange.stop(reason)
  }

  #dispatcherFor(url: URL, origin: string): Dispatcher {
    const known = this.#dispatcherOf.get(origin)
    if (known) return known
    const { proxy = '' } = this.#proxyFor(url)
    const { tls } = this.#options
    const dispatcher =
      this.#dispatchers.get(proxy) ?? newDispatcher(proxy ? tunnelConnector(proxy, tls) : cloudConnector(tls))
    this.#dispatchers.set(proxy, dispatcher)
    this.#dispatcherOf.set(origin, dispatcher)
    return dispatcher
  }

  /** @throws ConnectorError `CONFIG_INVALID_URL` for a variable that names no proxy */
  #proxyFor(url: URL): { proxy?: string | undefined; variable?: string } {
    const { proxy, environmentProxy: options } = this.#options
    if (proxy) return { proxy: isExempt(url, proxy.noProxy) ? undefined : proxy.url }
    const named = options && environmentProxy(url, options)
    if (!named?.proxy) return { ...named }
    const parsed = proxyUrl(named.proxy)
    if (parsed) return { ...named, proxy: parsed.href }
    throw new ConnectorError(
      'CONFIG_INVALID_URL',
      say`The environment's ${named.variable} is not the URL of an HTTP proxy. Correct it where Node-RED is started, or choose a proxy configuration.`,
    )
  }
}

function newDispatcher(connect: buildConnector.connector): Dispatcher {
  const { Agent } = loadUndici()
  return new Agent({
    connections: concurrentRequests,
    keepAliveTimeout: idleSocketMs,
    keepAliveMaxTimeout: idleSocketMs,
    // The limit of the whole request applies to them.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect,
  })
}

const maxBytesOf = ({ maxResponseBytes = defaultMaxResponseBytes }: HttpRequest): number => maxResponseBytes

/** An upload whose progress is reported. */
function isInSteps({ body, onUploadProgress }: HttpRequest): boolean {
  return Boolean(body && onUploadProgress)
}

function contentOf(
  { headers, body, onUploadProgress }: HttpRequest,
  exchange: Exchange,
): Pick<Dispatcher.DispatchOptions, 'headers' | 'body'> {
  const allHeaders = { ...headers, 'accept-encoding': acceptedEncodings }
  if (!body || !onUploadProgress) return { headers: allHeaders, body: body ?? null }
  const bytes = Buffer.from(body)
  return {
    headers: { ...allHeaders, 'content-length': String(bytes.length) },
    body: Readable.from(inSteps(bytes, onUploadProgress, () => exchange.written())),
  }
}

async function* inSteps(
  body: Buffer,
  tell: (sentBytes: number, totalBytes: number) => void,
  over: () => void,
): AsyncGenerator<Buffer> {
  for (let sent = 0; sent < body.length; sent += uploadStepBytes) {
    const step = body.subarray(sent, sent + uploadStepBytes)
    yield step
    tell(sent + step.length, body.length)
  }
  over()
}

function tooLate(target: string): ConnectorError {
  return new ConnectorError('NETWORK_TIMEOUT', say`No answer in time. Check the network. (${target})`)
}
