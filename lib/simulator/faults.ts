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
 */
export interface Fault {
  kind:
    | 'token-expired'
    | 'session-expired'
    | 'unauthorized'
    | 'throttled'
    | 'server-error'
    | 'slow'
    | 'reset'
    | 'reply-lost'
    | 'bad-json'
  /** Only requests whose path contains this text; every request to a cloud when left out. */
  path?: string
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
