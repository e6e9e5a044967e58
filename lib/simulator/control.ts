import { InvalidInput } from './checked-input'
import type { AcceptedPoint, SimulatedReply, SimulatedRequest } from './cloud'
import { type Fault, type FaultKind, faultKinds, parseFaults } from './faults'
import { readJson } from './json'
import { isOwnPageOrProgram } from './neighbour'
import type { Look } from './page/page'

/** What a person or test does with a running simulator. */
export interface Controls {
  /** What `GET /_simulator/state` answers: a part for each cloud, and `requests`, the count of requests to the clouds. */
  state(): Record<string, unknown>
  /** Single values that the clouds have accepted since the start. */
  accepted(): number
  /** What one stream received, oldest first; `undefined` for one that no cloud knows. */
  points(stream: string): AcceptedPoint[] | undefined
  /** The faults that are on, with how often each has struck. */
  faults(): (Fault & { hits: number })[]
  /** Replaces all faults. Throws `InvalidInput`. */
  setFaults(faults: readonly Fault[]): void
  /** Turns a fault that strikes every request on, or all faults of its kind off; the others stay as they are. */
  turnFault(kind: FaultKind, isOn: boolean): void
  /** What the page at `/` shows. */
  look(): Look
  /** Changes options at run time: `{ enos: {...} }`. Throws `InvalidInput`. */
  setOptions(options: unknown): void
  /** Back to the seed and the options of the start: no tokens, no sessions, no data. Faults stay. */
  reset(): void
}

/**
 * The simulator's own routes, under `/_simulator/`:
 *
 * | route | answer |
 * |---|---|
 * | `GET state` | what the clouds hold |
 * | `GET points?stream=[&from=0&count=]` | `{ stream, total, from, points: [{ timeMs, values, channel }] }`, oldest first |
 * | `GET faults`, `POST faults`, `DELETE faults` | the faults that are on; POST takes a list or `{ faults: [...] }` |
 * | `PUT faults/KIND`, `DELETE faults/KIND` | turns a fault on that strikes every request, or all of its kind off |
 * | `POST options` | `{ enos: {...} }`: changes options at run time |
 * | `POST reset` | back to the seed |
 *
 * What it cannot use is answered with 400 and `{ error }`. A web page that is not the simulator's own changes nothing: 403.
 */
export function controlReply(controls: Controls, request: SimulatedRequest): SimulatedReply {
  const { method, url } = request
  if (method !== 'GET' && !isOwnPageOrProgram(request)) {
    return { status: 403, body: { error: 'Only programs and the own page of the simulator may do that' } }
  }
  const [, name = '', kindName] = /^\/_simulator\/([^/]*)(?:\/([^/]*))?$/.exec(url.pathname) ?? []
  const kind = faultKinds.find((known) => known === kindName)
  try {
    if (name === 'faults' && kind && (method === 'PUT' || method === 'DELETE')) {
      controls.turnFault(kind, method === 'PUT')
      return { status: 200, body: controls.faults() }
    }
    switch (kindName === undefined ? `${method} ${name}` : '') {
      case 'GET state':
        return { status: 200, body: controls.state() }
      case 'GET points':
        return pointsReply(controls, url.searchParams)
      case 'POST faults':
        controls.setFaults(parseFaults(jsonBody(request)))
        return { status: 200, body: controls.faults() }
      case 'DELETE faults':
        controls.setFaults([])
        return { status: 200, body: [] }
      case 'GET faults':
        return { status: 200, body: controls.faults() }
      case 'POST options':
        controls.setOptions(jsonBody(request))
        return { status: 200, body: {} }
      case 'POST reset':
        controls.reset()
        return { status: 200, body: {} }
      default:
        return { status: 404, body: { error: `The simulator has no ${method} ${url.pathname}` } }
    }
  } catch (error) {
    if (error instanceof InvalidInput) return { status: 400, body: { error: error.message } }
    throw error
  }
}

function jsonBody(request: SimulatedRequest): unknown {
  try {
    return readJson(request.body)
  } catch {
    throw new InvalidInput('The body must be JSON')
  }
}

function pointsReply(controls: Controls, query: URLSearchParams): SimulatedReply {
  const stream = query.get('stream')
  if (!stream) throw new InvalidInput('stream is missing: productKey/deviceKey, gatewayId/sensorId, or an id alone')
  const points = controls.points(stream)
  if (!points) return { status: 404, body: { error: `No device or sensor ${stream}` } }
  const from = countIn(query, 'from', 0)
  const count = countIn(query, 'count', points.length)
  return { status: 200, body: { stream, total: points.length, from, points: points.slice(from, from + count) } }
}

function countIn(query: URLSearchParams, name: string, fallback: number): number {
  const value = Number(query.get(name) ?? fallback)
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidInput(`${name} must be a whole number from 0 up`)
  return value
}
