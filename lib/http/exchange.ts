import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import { ConnectorError, say } from '../core'
import { Body } from './body'

export interface HttpResponse {
  statusCode: number
  headers: IncomingHttpHeaders
  body: Buffer
}

/** One request on its way: gathers the answer, bounded in size, and can be stopped at any time. */
export class Exchange implements Dispatcher.DispatchHandler {
  /** The answer as it came, still packed; rejected with the HTTP library's error or the reason of `stop`. */
  readonly answer: Promise<HttpResponse>
  readonly #target: string
  readonly #maxBytes: number
  readonly #isInSteps: boolean
  #resolve!: (answer: HttpResponse) => void
  #reject!: (failure: Error) => void
  #controller: Dispatcher.DispatchController | undefined
  #stopped: Error | undefined
  #isWritten = false
  #statusCode = 0
  #headers: IncomingHttpHeaders = {}
  readonly #body = new Body()

  /**
   * @param target method and URL without query, for the texts of errors
   * @param isInSteps whether the body is sent in steps, each of which is reported to `written`
   */
  constructor(target: string, maxBytes: number, isInSteps: boolean) {
    this.#target = target
    this.#maxBytes = maxBytes
    this.#isInSteps = isInSteps
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  /** Whether the other side may have all of the request: it was written, whole, to an open connection. */
  get isWritten(): boolean {
    return this.#isWritten
  }

  /** The last part of a body that goes in steps was taken. */
  written(): void {
    this.#isWritten = true
  }

  /** Rejects the answer at once; the connection is closed now, or as soon as there is one. */
  stop(reason: Error): void {
    this.#stopped = reason
    this.#reject(reason)
    this.#controller?.abort(reason)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#stopped) controller.abort(this.#stopped)
    else {
      this.#controller = controller
      // On an open connection, and written in this very turn.
      this.#isWritten = !this.#isInSteps
    }
  }

  onResponseStart(_: Dispatcher.DispatchController, statusCode: number, headers: IncomingHttpHeaders): void {
    this.#statusCode = statusCode
    this.#headers = asNodeGivesThem(headers)
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#body.size + chunk.length > this.#maxBytes) this.stop(tooLarge(this.#target, this.#maxBytes))
    else this.#body.add(chunk)
  }

  onResponseEnd(): void {
    this.#resolve({ statusCode: this.#statusCode, headers: this.#headers, body: this.#body.whole() })
  }

  onResponseError(_: Dispatcher.DispatchController, failure: Error): void {
    this.#reject(failure)
  }
}

type Headers = Readonly<Record<string, string | string[] | undefined>>

/** Cookies as a list, of every other header the first: the library makes a list of what comes more than once. */
function asNodeGivesThem(headers: Headers): IncomingHttpHeaders {
  for (const name in headers)
    if (name === 'set-cookie' || typeof headers[name] !== 'string') return withFirstOnly(headers)
  return headers
}

function withFirstOnly(headers: Headers): IncomingHttpHeaders {
  const given: Record<string, string | string[] | undefined> = {}
  for (const name in headers) {
    const value = headers[name] ?? ''
    if (name === 'set-cookie') given[name] = [value].flat()
    else given[name] = typeof value === 'string' ? value : value[0]
  }
  return given
}

export function tooLarge(target: string, limitBytes: number): ConnectorError {
  return new ConnectorError('RESPONSE_TOO_LARGE', say`${target}: the answer is larger than ${limitBytes} bytes.`)
}
