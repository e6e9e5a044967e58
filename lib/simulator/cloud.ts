import type { IncomingHttpHeaders } from 'node:http'

/** One request as a simulated cloud sees it; the body is complete. */
export interface SimulatedRequest {
  method: string
  /** Path and query as on the wire, on a made-up origin. */
  url: URL
  headers: IncomingHttpHeaders
  body: Buffer
  /** Server time at receipt, Unix milliseconds. */
  receivedMs: number
}

export interface SimulatedReply {
  status: number
  headers?: Record<string, string>
  /** An object or array is sent as JSON, a text as text/plain, a Buffer as it is; nothing for 204. */
  body?: object | string | Buffer
}

/** One value that a device or sensor received. */
export interface AcceptedPoint {
  timeMs: number
  /** EnOS: the measurepoints of one entry. Thing+: `{ value }`. */
  values: Record<string, unknown>
  /** Which way it came: `post`, `batch`, `resume`, `resume/batch`, `integration`, `series`. */
  channel: string
}

/** What an onlooker sees of one device or sensor: its newest values, of a few of its points. */
export interface StreamView {
  /** As `points` takes it. */
  stream: string
  name: string
  /** Single values accepted since the start. */
  accepted: number
  series: SeriesView[]
  /** How many points there are beside those in `series`. */
  more: number
}

export interface SeriesView {
  /** EnOS: the measurepoint. Thing+: the sensor's type. */
  id: string
  /** The newest ones, in order of arrival. */
  points: { timeMs: number; value: unknown }[]
}

/** What to enter in a configuration, so that it finds this simulator with its demo data: settings by their names. */
export interface DemoAccount {
  type: 'enos-app' | 'enos-device' | 'thingplus-client'
  settings: Readonly<Record<string, string>>
}

/** What a fault does to a request; see `faults.ts`. The cloud decides how a refusal looks in its own dialect. */
export type Refusal = 'token-expired' | 'session-expired' | 'unauthorized' | 'throttled' | 'server-error'

/** One of the two clouds behind the simulator's port. */
export interface SimulatedCloud {
  /** Answers a request of this cloud; `undefined` for a path that is not this cloud's. */
  handle(request: SimulatedRequest): SimulatedReply | undefined
  /**
   * A refusal in this cloud's dialect for a request of this cloud; `undefined` for a path that is not this cloud's, and
   * where the refusal makes no sense: an expired token or session for a request that carries none.
   * The core sets the status of `server-error` and the `Retry-After` of `throttled` as the fault asks.
   */
  refuse(request: SimulatedRequest, refusal: Refusal): SimulatedReply | undefined
  /** This cloud's part of `GET /_simulator/state`. */
  state(): object
  /** What was accepted and what there is, by name; asked for every second, so it must not count anew. */
  figures(): Record<string, number>
  /** The streams that received something last, at most a dozen. */
  recent(): StreamView[]
  /** Accounts of the demo data; of a seed's own accounts nothing is told, for its secrets may be real ones. */
  demoAccounts(url: string): DemoAccount[]
  /** Single values accepted since the start; asked for often, so it must not count anew. */
  accepted(): number
  /** What one device (`productKey/deviceKey` or asset id) or sensor (`gatewayId/sensorId` or sensor id) received, oldest first. */
  points(stream: string): AcceptedPoint[] | undefined
  /** Changes this cloud's options at run time; throws `InvalidInput` for what it does not know. */
  setOptions?(changes: unknown): void
}
