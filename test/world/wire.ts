import type { Dispatcher } from 'undici'
import type { WorldClock } from './clock'
import type { Network, WireAnswer, WireRequest } from './network'

interface Connection {
  readonly origin: string
  idleSinceMs: number
}

interface Waiting {
  readonly request: WireRequest
  readonly origin: string
  readonly handler: Dispatcher.DispatchHandler
}

const mostConnections = 32
const idleMs = 4_000

/** Stands where the HTTP library's agent stands: connections that are kept alive, one request at a time on each. */
export class SimulatedAgent {
  readonly #idle: Connection[] = []
  readonly #waiting: Waiting[] = []
  #open = 0
  #isClosed = false

  constructor(
    private readonly network: Network,
    private readonly clock: WorldClock,
  ) {}

  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    if (this.#isClosed) {
      handler.onResponseError?.(undefined as never, fault('UND_ERR_CLOSED'))
      return false
    }
    const origin = String(options.origin)
    const request: WireRequest = {
      method: options.method,
      path: options.path,
      headers: options.headers as Record<string, string>,
      body: Buffer.from((options.body ?? '') as Buffer | string),
    }
    this.#waiting.push({ request, handler, origin })
    this.#next()
    return true
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#idle.length = 0
  }

  #next(): void {
    const next = this.#waiting[0]
    if (!next) return
    const kept = this.#idle.findIndex(({ origin }) => origin === next.origin)
    const [connection] = kept < 0 ? [] : this.#idle.splice(kept, 1)
    if (connection && this.clock.nowMs - connection.idleSinceMs < idleMs) {
      this.#waiting.shift()
      this.#exchange(connection, next)
    } else if (connection) {
      this.#open--
      this.#next()
    } else if (this.#open < mostConnections) {
      this.#waiting.shift()
      this.#connect(next)
    }
  }

  #connect(waiting: Waiting): void {
    this.#open++
    this.network.connect((code) => {
      if (!code) this.#exchange({ origin: waiting.origin, idleSinceMs: 0 }, waiting)
      else {
        this.#gone()
        waiting.handler.onResponseError?.(new Controller(), fault(code))
      }
    })
  }

  /** As the library tells it: the request starts when it is written. */
  #exchange(connection: Connection, { request, handler }: Waiting): void {
    const controller = new Controller()
    controller.tear = () => this.#gone()
    controller.fail = (failure) => handler.onResponseError?.(controller, failure)
    handler.onRequestStart?.(controller, undefined)
    if (controller.isOver) return
    const tear = this.network.send(request, {
      began: ({ status, headers = {} }: WireAnswer) => {
        if (!controller.isOver) handler.onResponseStart?.(controller, status, headers, '')
      },
      received: (bytes) => {
        if (!controller.isOver) handler.onResponseData?.(controller, bytes)
      },
      ended: () => {
        if (controller.isOver) return
        controller.isOver = true
        connection.idleSinceMs = this.clock.nowMs
        if (!this.#isClosed) this.#idle.push(connection)
        handler.onResponseEnd?.(controller, {})
        this.#next()
      },
      failed: (code) => controller.abort(fault(code)),
    })
    controller.tear = () => {
      tear()
      this.#gone()
    }
  }

  #gone(): void {
    this.#open--
    this.#next()
  }
}

class Controller implements Dispatcher.DispatchController {
  isOver = false
  aborted = false
  paused = false
  reason: Error | null = null
  rawHeaders = null
  rawTrailers = null
  fail: (failure: Error) => void = () => undefined
  tear: () => void = () => undefined

  abort(reason: Error): void {
    if (this.isOver) return
    this.isOver = true
    this.aborted = true
    this.reason = reason
    this.tear()
    this.fail(reason)
  }
  pause(): void {}
  resume(): void {}
}

function fault(code: string): Error {
  return Object.assign(new Error(code), { code })
}
