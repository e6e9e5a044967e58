import { ConnectorError, parseJson, type Secrets } from '../core'
import type { GotError, GotOptions } from './got-shapes'

const longestMessage = 500
const longestBody = 20_000
/** In longer texts an address loses whatever looks like a token. */
const longestWithAddresses = 10_000
const address = /https?:\/\/[^\s"<>]+/gi
/** What of a request's headers helps, and tells nothing. */
const plainHeaders = ['accept', 'accept-encoding', 'content-length', 'content-type', 'user-agent']

/**
 * got's errors as they may be shown, printed whole and sent on: of the same class, with the same name and code, but without
 * secrets, tokens, queries and sockets. `options`, `request` and `response` are plain objects with what a script asks for.
 *
 * A copy is made, because got's error holds the live request and the answer in properties that cannot be changed.
 */
export class RedactedErrors {
  readonly #secrets: () => Secrets
  readonly #shown = new WeakSet<object>()

  /** @param secrets those of now */
  constructor(secrets: () => Secrets) {
    this.#secrets = secrets
  }

  /** Anything but an error of got stays what it is. */
  of<Failure>(failure: Failure): Failure {
    if (!isGotError(failure) || this.#shown.has(failure)) return failure
    const shown = this.#copyOf(failure)
    this.#shown.add(shown)
    return shown as unknown as Failure
  }

  #copyOf(error: GotError): Error {
    const copy = this.#bare(error)
    const options = this.#optionsOf(error.options)
    for (const [name, value] of Object.entries(error)) {
      if (!(name in bareMembers)) Object.assign(copy, this.#plain(name, value))
    }
    if (typeof error.timings === 'object') Object.assign(copy, { timings: error.timings })
    const cause = this.#causeOf(error)
    Object.defineProperties(copy, {
      options: { value: options, enumerable: true, writable: true, configurable: true },
      request: { value: { options, requestUrl: options.url }, writable: true, configurable: true },
      response: { value: this.#responseOf(error.response), writable: true, configurable: true },
      ...(cause === undefined ? {} : { cause: { value: cause, writable: true, configurable: true } }),
    })
    return copy
  }

  /** Class, name, message and stack. */
  #bare(error: Error): Error {
    const copy = Object.setPrototypeOf(new Error(this.#text(error.message)), Object.getPrototypeOf(error)) as Error
    const stackText = String(error.stack)
    // A message may have lines that look like frames.
    const afterMessage = stackText.indexOf(error.message) + error.message.length
    const frames = stackText.slice(afterMessage).match(/^ {4}at .{1,500}$/gm) ?? []
    const stack = [`${error.name}: ${copy.message}`, ...frames].join('\n')
    if (Object.hasOwn(error, 'name')) Object.assign(copy, { name: error.name })
    return Object.defineProperty(copy, 'stack', { value: stack, writable: true, configurable: true, enumerable: false })
  }

  #plain(name: string, value: unknown): object {
    // `input` is the address that is not a URL.
    if (typeof value === 'string') return { [name]: this.#text(name === 'input' ? beforeQuery(value) : value) }
    return typeof value === 'number' || typeof value === 'boolean' ? { [name]: value } : {}
  }

  #optionsOf({ method, url, headers = {} }: Partial<GotOptions>) {
    const shown = plainHeaders.flatMap((name) => (name in headers ? [[name, headers[name]]] : []))
    return { method, url: withoutQuery(url), headers: Object.fromEntries(shown) as GotOptions['headers'] }
  }

  #responseOf(response: GotError['response']): object | undefined {
    if (!response) return undefined
    const { statusCode, statusMessage, headers = {}, url, retryCount, body } = response
    const shown = Object.entries(headers).filter(([name]) => name !== 'set-cookie')
    return {
      statusCode,
      statusMessage: typeof statusMessage === 'string' ? this.#text(statusMessage) : undefined,
      headers: Object.fromEntries(shown.map(([name, value]) => [name, this.#headerText(name, String(value))])),
      url: withoutQuery(url)?.href,
      retryCount,
      body: this.#bodyOf(body),
    }
  }

  #headerText(name: string, value: string): string {
    return this.#text(name === 'location' ? beforeQuery(value) : value)
  }

  /** A text or parsed JSON; anything else is left out. */
  #bodyOf(body: unknown): unknown {
    if (typeof body === 'string') return this.#secrets().redacted(body, longestBody)
    if (typeof body !== 'object' || body === null || ArrayBuffer.isView(body)) return undefined
    try {
      return this.#jsonOf(JSON.stringify(body))
    } catch {
      // A parser of the caller's own may have made anything of it.
      return undefined
    }
  }

  #jsonOf(text: string): unknown {
    const shown = this.#secrets().redacted(text, longestBody)
    return parseJson(shown) ?? shown
  }

  /** The reason of whoever aborted the request is theirs, and our own errors are made to be shown. */
  #causeOf({ name, cause }: GotError): unknown {
    if (name === 'AbortError' || cause instanceof ConnectorError) return cause
    if (isGotError(cause)) return this.of(cause)
    if (!(cause instanceof Error)) return undefined
    const { code } = cause as { code?: unknown }
    return Object.assign(this.#bare(cause), typeof code === 'string' ? { code } : {})
  }

  /** Foreign words, with the addresses in them cut before their query. */
  #text(text: string): string {
    if (text.length > longestWithAddresses)
      return this.#secrets().redacted(text, longestMessage).replace(address, beforeQuery)
    const urls: string[] = []
    const marked = text.replaceAll(standIn, ' ').replace(address, (url) => {
      urls.push(this.#address(url))
      return standIn
    })
    const [first = '', ...rest] = this.#secrets().redacted(marked, longestMessage).split(standIn)
    return first + rest.map((part, at) => `${urls[at]}${part}`).join('')
  }

  /** Each part of the path by itself: a host and a path in one look like a token. */
  #address(text: string): string {
    const url = withoutQuery(text)
    if (!url) return beforeQuery(text).split('/').slice(0, 3).join('/')
    const path = url.pathname.split('/').map((part) => this.#secrets().redacted(part))
    return url.origin + path.join('/')
  }
}

/** Created again for each copy. */
const bareMembers: Readonly<Record<string, true>> = {
  name: true,
  message: true,
  stack: true,
  options: true,
  cause: true,
}
/** For an address in a text while the text is redacted. */
const standIn = '\u0001'

function isGotError(failure: unknown): failure is GotError {
  return failure instanceof Error && Object.hasOwn(failure, 'options') && Object.hasOwn(failure, 'timings')
}

function withoutQuery(url: unknown): URL | undefined {
  const text = String(url)
  if (!URL.canParse(text)) return undefined
  const { origin, pathname } = new URL(text)
  return new URL(pathname, origin)
}

const beforeQuery = (text: string): string => text.split(/[?#]/, 1)[0] ?? ''
