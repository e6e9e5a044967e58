import type { WorldClock } from './clock'
import type { Random } from './random'

/** How the line is. Shares are of requests. */
export interface NetworkWeather {
  readonly leastMs: number
  readonly mostMs: number
  /** `portal`: somebody on the way answers everything with a page or an empty object. */
  readonly line: 'up' | 'refused' | 'unknown-name' | 'black-hole' | 'portal'
  /** The connection breaks off before the request has arrived whole. */
  readonly lostRequests: number
  /** The connection breaks off before the answer has arrived whole: the cloud has got the request. */
  readonly lostAnswers: number
  /** The answer begins, and then nothing comes any more. */
  readonly stalledAnswers: number
}

export const calmNetwork: NetworkWeather = {
  leastMs: 5,
  mostMs: 40,
  line: 'up',
  lostRequests: 0,
  lostAnswers: 0,
  stalledAnswers: 0,
}

export interface WireRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

export interface WireAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
  /** How long the server takes for it. */
  readonly afterMs?: number
}

/** What a request comes to, as its sender sees it. */
export interface Exchanged {
  began(answer: WireAnswer): void
  received(bytes: Buffer): void
  ended(): void
  failed(code: string): void
}

export interface Server {
  /** A request has arrived whole. */
  handle(request: WireRequest): WireAnswer
  /** Somebody else has answered it. */
  missed(request: WireRequest): void
}

const connectTimeoutMs = 10_000

/** The lines between a process and the clouds: each connection has its own latency, so that answers overtake each other. */
export class Network {
  weather: NetworkWeather = calmNetwork
  /** A request is on its way. */
  onSent: (request: WireRequest) => void = () => undefined

  constructor(
    private readonly clock: WorldClock,
    private readonly random: Random,
    private readonly server: Server,
  ) {}

  /** Opens a connection. @param opened gets the fault's code where there is one */
  connect(opened: (fault?: string) => void): void {
    const { line } = this.weather
    const { life } = this.clock
    const tell = (afterMs: number, fault?: string) =>
      this.clock.after(afterMs, () => {
        if (this.clock.life === life) opened(fault)
      })
    if (line === 'refused') tell(this.#latency(), 'ECONNREFUSED')
    else if (line === 'unknown-name') tell(this.#latency(), 'ENOTFOUND')
    else if (line === 'black-hole') tell(connectTimeoutMs, 'UND_ERR_CONNECT_TIMEOUT')
    else tell(this.#latency())
  }

  /** Sends a request over an open connection. Answers how to tear the connection. */
  send(request: WireRequest, exchanged: Exchanged): () => void {
    const { lostRequests, line } = this.weather
    const { life } = this.clock
    let isTorn = false
    const client =
      <Args extends unknown[]>(tell: (...args: Args) => void) =>
      (...args: Args) => {
        if (!isTorn && this.clock.life === life) tell(...args)
      }
    const arrivesMs = this.#latency()
    this.onSent(request)
    if (line === 'black-hole') return () => undefined
    if (line === 'refused' || line === 'unknown-name' || this.random.chance(lostRequests)) {
      this.clock.after(
        arrivesMs,
        client(() => exchanged.failed('ECONNRESET')),
      )
      return () => {
        isTorn = true
      }
    }
    // What is on the line when the process dies arrives all the same, or not.
    const isLostInCrash = this.random.chance(0.5)
    this.clock.after(arrivesMs, () => {
      if (isTorn || (isLostInCrash && this.clock.life !== life)) return
      const answer = line === 'portal' ? this.#portal(request) : this.server.handle(request)
      this.clock.after(
        (answer.afterMs ?? 0) + this.#latency(),
        client(() => this.#answer(answer, exchanged, client)),
      )
    })
    return () => {
      isTorn = true
    }
  }

  #answer(answer: WireAnswer, exchanged: Exchanged, client: (tell: () => void) => () => void): void {
    const { lostAnswers, stalledAnswers } = this.weather
    const fate = this.random.next()
    const body = Buffer.from(answer.body)
    const cut = this.random.whole(0, body.length)
    const isLost = fate < lostAnswers
    if (isLost && this.random.chance(0.5)) {
      exchanged.failed('ECONNRESET')
      return
    }
    exchanged.began(answer)
    if (cut > 0) exchanged.received(body.subarray(0, cut))
    if (isLost)
      this.clock.after(
        this.#latency(),
        client(() => exchanged.failed('ECONNRESET')),
      )
    else if (fate >= lostAnswers + stalledAnswers)
      this.clock.after(
        this.random.between(0, 3),
        client(() => {
          if (cut < body.length) exchanged.received(body.subarray(cut))
          exchanged.ended()
        }),
      )
  }

  #portal(request: WireRequest): WireAnswer {
    this.server.missed(request)
    return this.random.of<WireAnswer>([
      { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Please log in</html>' },
      { status: 200, headers: { 'content-type': 'application/json' }, body: '{}' },
      { status: 502, body: 'Bad Gateway' },
      { status: 302, headers: { location: 'http://portal.invalid/' }, body: '' },
    ])
  }

  #latency(): number {
    return this.random.spread(this.weather.leastMs, this.weather.mostMs)
  }
}
