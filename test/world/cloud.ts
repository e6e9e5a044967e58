import type { Server, WireAnswer, WireRequest } from './network'
import type { Random } from './random'
import type { Truth, Value } from './truth'

/** How a cloud is, as a whole. */
export type CloudMood =
  | 'well'
  /** HTTP 5xx for everything. */
  | 'down'
  /** HTTP 429 for everything. */
  | 'throttling'
  /** Every value is called invalid. */
  | 'refusing'
  /** HTTP 200 with an empty object, and nothing is taken. */
  | 'empty'

/** What is wrong with one device. */
export type DeviceFault = 'unknown' | 'sick' | 'slow'

export interface CloudWeather {
  readonly mood: CloudMood
  /** Seconds, with HTTP 429; `undefined`: the header is not there. */
  readonly retryAfterSeconds: number | undefined
  /** By stream. */
  readonly faults: ReadonlyMap<string, DeviceFault>
  readonly leastMs: number
  readonly mostMs: number
  readonly refusesLogins: boolean
}

export const calmCloud: CloudWeather = {
  mood: 'well',
  retryAfterSeconds: undefined,
  faults: new Map(),
  leastMs: 2,
  mostMs: 30,
  refusesLogins: false,
}

export interface Gateway {
  readonly productKey: string
  readonly deviceKey: string
  readonly deviceSecret: string
  /** `pk/dk`: its own, and those of the devices behind it. */
  readonly streams: readonly string[]
}

interface Session {
  readonly gateway: Gateway
  seenMs: number
  readonly lifetimeMs: number
}

interface Entry {
  readonly productKey?: string
  readonly deviceKey?: string
  readonly measurepoints: { readonly v: number; readonly bad?: number }
}

const slowMs = 25_000
const loginWindowMs = 120_000
const loginsPerWindow = 4
const blockMs = 300_000

/** The EnOS device broker (docs/protocol/enos.md §6, §7): login, sessions, measurement points. */
export class Cloud implements Server {
  weather: CloudWeather = calmCloud
  /** Tells each request, for a person who looks for the cause. */
  trace: ((text: string) => void) | undefined
  readonly #sessions = new Map<string, Session>()
  readonly #logins = new Map<string, number[]>()
  readonly #blockedUntilMs = new Map<string, number>()
  /** By stream and topic: the last that was taken. */
  readonly #last = new Map<string, number>()
  #sessionCount = 0

  constructor(
    private readonly gateways: readonly Gateway[],
    private readonly truth: Truth,
    private readonly random: Random,
    private readonly nowMs: () => number,
    /** Whether young values go before others. */
    private readonly hasLive: boolean,
  ) {}

  /** A new process knows nothing of the logins before. */
  forgetLogins(): void {
    this.#logins.clear()
  }

  loseSessions(): void {
    this.#sessions.clear()
  }

  handle(request: WireRequest): WireAnswer {
    const answer = this.#judge(request)
    this.trace?.(`${shortened(request, this.truth)} -> ${answer.status} ${answer.body.slice(0, 80)}`)
    const { leastMs, mostMs } = this.weather
    return { ...answer, afterMs: (answer.afterMs ?? 0) + this.random.spread(leastMs, mostMs) }
  }

  #judge(request: WireRequest): WireAnswer {
    const { mood, retryAfterSeconds } = this.weather
    const [path = '', query = ''] = request.path.split('?')
    // No name in this world needs to be encoded.
    const [, channel, ...rest] = path.split('/')
    if (channel === 'auth') this.#countLogin(`${rest[0]}/${rest[1]}`)
    if (mood === 'down') return this.#fault()
    if (mood === 'throttling')
      return {
        status: 429,
        headers: retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) },
        body: JSON.stringify({ code: 429, msg: 'too many requests' }),
      }
    if (mood === 'empty') {
      this.missed(request)
      return json(200, {})
    }
    if (channel === 'auth') return this.#login(request, `${rest[0]}/${rest[1]}`)
    const session = this.#sessions.get(query.slice(query.indexOf('=') + 1))
    if (!session || this.nowMs() - session.seenMs > session.lifetimeMs)
      return json(200, { code: 401, msg: 'session is invalid or has expired, please log in' })
    session.seenMs = this.nowMs()
    const [, productKey, deviceKey, ...topic] = rest
    if (nameOf(session.gateway) !== `${productKey}/${deviceKey}`)
      return json(200, { code: 1009, msg: 'the session is not one of the device in the topic' })
    return this.#points(session.gateway, topic.join('/'), request.body.toString())
  }

  /** An answer that says nothing of the values, and may be taken for a refusal. */
  missed({ body }: WireRequest): void {
    for (const id of this.truth.idsIn(body.toString())) this.#misjudge(id)
  }

  #fault(): WireAnswer {
    const status = this.random.of([500, 502, 503])
    return this.random.chance(0.3)
      ? { status, headers: { 'content-type': 'text/html' }, body: '<html>Service unavailable</html>' }
      : json(status, { code: 500, msg: 'internal error' })
  }

  #login({ body }: WireRequest, name: string): WireAnswer {
    const gateway = this.gateways.find((known) => nameOf(known) === name)
    if (!gateway) return json(200, { code: 705, msg: 'device does not exist' })
    const nowMs = this.nowMs()
    if ((this.#blockedUntilMs.get(name) ?? 0) > nowMs)
      return json(200, { code: 401, msg: 'too many connection requests, the device is blocked' })
    if (this.weather.refusesLogins) return json(200, { code: 742, msg: 'sign check failed' })
    const { lifetime } = JSON.parse(body.toString()) as { lifetime: number }
    const sessionId = `session-${++this.#sessionCount}`
    this.#sessions.set(sessionId, { gateway, seenMs: nowMs, lifetimeMs: lifetime })
    return json(200, { code: 200, msg: 'success', data: { sessionId } })
  }

  #countLogin(name: string): void {
    const nowMs = this.nowMs()
    if ((this.#blockedUntilMs.get(name) ?? 0) > nowMs) return
    const logins = (this.#logins.get(name) ?? []).filter((atMs) => atMs > nowMs - loginWindowMs)
    logins.push(nowMs)
    this.#logins.set(name, logins)
    if (logins.length > loginsPerWindow) {
      this.#blockedUntilMs.set(name, nowMs + blockMs)
      this.truth.violated('too many logins', `${name}: ${logins.length} logins within two minutes, the cloud blocks it`)
    }
  }

  #points(gateway: Gateway, topic: string, body: string): WireAnswer {
    const message = JSON.parse(body) as { id: string; params: Entry | Entry[] }
    const entries = [message.params].flat()
    const place = nameOf(gateway)
    const streams = entries.map(({ productKey, deviceKey }) => (productKey ? `${productKey}/${deviceKey}` : place))
    const refused = (code: number, msg: string) => json(200, { id: message.id, code, msg, data: {} })
    let afterMs = 0
    for (const [at, { measurepoints }] of entries.entries()) {
      const stream = streams[at] ?? place
      if (!gateway.streams.includes(stream)) this.truth.violated('a value at a wrong device', `${stream} at ${place}`)
      const fault = this.weather.faults.get(stream)
      if (fault === 'unknown') return refused(1212, `sub-device ${stream} is not in the topology of this gateway`)
      if (fault === 'sick') return this.#fault()
      if (fault === 'slow') afterMs = slowMs
      if (measurepoints.bad !== undefined) return refused(1204, 'measurepoint bad is not in the thing model')
    }
    if (this.weather.mood === 'refusing') {
      for (const { measurepoints } of entries) this.#misjudge(measurepoints.v)
      return refused(1204, 'the thing model is not available')
    }
    const freshness = topic.includes('/resume') ? 'late' : 'live'
    for (const [at, { measurepoints }] of entries.entries())
      this.#take(place, freshness, streams[at] ?? place, measurepoints.v)
    return { ...json(200, { id: message.id, code: 200, data: {} }), afterMs }
  }

  #take(place: string, freshness: 'live' | 'late', stream: string, id: number): void {
    const value = this.truth.of(id)
    if (!value) return
    if (value.stream !== stream || value.gateway !== place)
      this.truth.violated('a value at a wrong device', `value ${id} of ${value.stream} came as one of ${stream}`)
    if (value.isBad) this.truth.violated('a value from nowhere', `value ${id} has lost its fault on the way`)
    if (value.taken++ === 0) this.#first(value, freshness)
  }

  /**
   * What is promised: all of a stream in order, where nothing is live; else the live ones, and those that were late when they
   * were measured. What a cloud has refused without a reason may be overtaken by others.
   */
  #first(value: Value, freshness: 'live' | 'late'): void {
    value.takenMs = this.nowMs()
    if (value.hasDied || value.isMisjudged) return
    if (this.hasLive && freshness === 'late' && !value.isBornLate) return
    const key = this.hasLive ? `${value.stream} ${freshness}` : value.stream
    const last = this.#last.get(key) ?? -1
    if (value.id < last)
      this.truth.violated('out of order', `${freshness} value ${value.id} of ${value.stream} came after ${last}`)
    this.#last.set(key, Math.max(last, value.id))
  }

  #misjudge(id: number): void {
    const value = this.truth.of(id)
    if (value) value.isMisjudged = true
  }
}

export function nameOf({ productKey, deviceKey }: Pick<Gateway, 'productKey' | 'deviceKey'>): string {
  return `${productKey}/${deviceKey}`
}

function json(status: number, body: object): WireAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

function shortened({ path, body }: WireRequest, truth: Truth): string {
  const [place = ''] = path.split('?')
  return `${place} ${truth.idsIn(body.toString()).join(' ')}`
}
