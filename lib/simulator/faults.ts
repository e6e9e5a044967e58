import { fieldsAt, InvalidInput, listAt, numberAt, textAt } from './checked-input'

export const faultKinds = [
  'token-expired',
  'session-expired',
  'unauthorized',
  'throttled',
  'server-error',
  'slow',
  'reset',
  'reply-lost',
  'bad-json',
] as const

export type FaultKind = (typeof faultKinds)[number]

/**
 * One fault of the line or the cloud, switched on by the option `faults` or by `POST /_simulator/faults`.
 *
 * | kind | what the client sees |
 * |---|---|
 * | `token-expired`, `session-expired` | the credential the request used is dropped, and refused as the cloud does |
 * | `unauthorized`, `throttled`, `server-error` | 401, 429 (with Retry-After), 5xx; the request has no effect |
 * | `slow` | the answer comes after `delayMs` |
 * | `reset` | the connection is reset before the request has any effect |
 * | `reply-lost` | the request takes effect, then the connection is reset |
 * | `bad-json` | the request takes effect, the answer is a torn JSON text |
 * A request that carries no token passes `token-expired` untouched and uncounted, likewise without a session.
 * Several faults may be on: the first that applies decides, `slow` adds to any other.
 */
export interface Fault {
  kind: FaultKind
  /** Only requests whose path contains this text; every request to a cloud when left out. */
  path?: string
  /** Only requests that name this in their path or body: a device key, an asset id, a sensor id. */
  contains?: string
  /** How many matching requests it hits before it ends; without it, until the faults are set anew. */
  times?: number
  /** How many matching requests pass before it starts. */
  after?: number
  /** 0 to 1; 1 when left out. */
  probability?: number
  /** HTTP status of `server-error`; 503. */
  status?: number
  /** `Retry-After` of `throttled`; 1. Left out of the answer when 0. */
  retryAfterSeconds?: number
  /** How late the answer of `slow` is; 5000. */
  delayMs?: number
}

const faultKeys = [
  'kind',
  'path',
  'contains',
  'times',
  'after',
  'probability',
  'status',
  'retryAfterSeconds',
  'delayMs',
]

/** Reads a list of faults, or `{ faults: [...] }`; throws `InvalidInput`. */
export function parseFaults(input: unknown): Fault[] {
  return listAt(Array.isArray(input) ? input : fieldsAt(input, 'body', ['faults']).faults, 'faults', parseFault)
}

function parseFault(value: unknown, key: string): Fault {
  const fields = fieldsAt(value, key, faultKeys)
  const kind = faultKinds.find((known) => known === fields.kind)
  if (!kind) throw new InvalidInput(`${key}.kind must be one of ${faultKinds.join(', ')}`)
  const fault: Fault = { kind }
  if (fields.path !== undefined) fault.path = textAt(fields, 'path', key)
  if (fields.contains !== undefined) fault.contains = textAt(fields, 'contains', key)
  const numbers = {
    times: numberAt(fields, 'times', key, 1),
    after: numberAt(fields, 'after', key),
    probability: numberAt(fields, 'probability', key, 0, 1),
    status: numberAt(fields, 'status', key, 400, 599),
    retryAfterSeconds: numberAt(fields, 'retryAfterSeconds', key),
    delayMs: numberAt(fields, 'delayMs', key),
  }
  return { ...fault, ...Object.fromEntries(Object.entries(numbers).filter(([, number]) => number !== undefined)) }
}
