import type { Text } from './text'

/**
 * Every failure that a user can meet, by the code that a Catch node sees as `msg.error.code`.
 * `docs/troubleshooting.md` has a row for each.
 */
export type ErrorCode =
  // the settings
  | 'CONFIG_INCOMPLETE'
  | 'CONFIG_INVALID_URL'
  | 'CONFIG_INVALID'
  | 'CONFIG_ENV_UNSET'
  | 'PORT_IN_USE'
  // the message
  | 'INPUT_EMPTY'
  | 'INPUT_INVALID'
  | 'INPUT_TIME_INVALID'
  | 'INPUT_CIRCULAR'
  | 'INPUT_TOO_LARGE'
  | 'CLOCK_NOT_SET'
  | 'FILE_NOT_FOUND'
  | 'FILE_UNREADABLE'
  | 'FILE_EMPTY'
  | 'FILE_TOO_LARGE'
  | 'FILE_NOT_A_MODEL'
  // the way to the cloud, and on from there to a device
  | 'NETWORK_UNREACHABLE'
  | 'NETWORK_NAME_UNKNOWN'
  | 'NETWORK_TIMEOUT'
  | 'NETWORK_INTERRUPTED'
  | 'NETWORK_TLS'
  | 'NETWORK_PROXY'
  | 'NETWORK_WEB_PAGE'
  | 'ABORTED'
  // what the cloud answers
  | 'AUTH_REFUSED'
  | 'AUTH_LOGIN_LIMIT'
  | 'AUTH_EXPIRED'
  | 'PERMISSION_DENIED'
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'VALIDATION_REFUSED'
  | 'TOO_LARGE'
  | 'THROTTLED'
  | 'BILLING_LIMIT'
  | 'PARTIAL_FAILURE'
  | 'CLOUD_ERROR'
  | 'RESPONSE_UNREADABLE'
  | 'RESPONSE_TOO_LARGE'
  // ourselves
  | 'OUTBOX_FULL'
  | 'OUTBOX_UNAVAILABLE'
  | 'INTERNAL'

export interface ConnectorErrorDetails {
  /** HTTP status of the answer, where there was one. */
  statusCode?: number | undefined
  /** The cloud's own code as text: `1203`, `99400`, `ACL_DENY`. */
  cloudCode?: string | undefined
  /** How long the cloud, or a limit of ours, asks to wait before the next try. */
  retryAfterMs?: number | undefined
  /** The operating system's or TLS library's name of a network fault: `ECONNREFUSED`. */
  systemCode?: string | undefined
  /**
   * The whole request had been written when it failed: the cloud may or may not have accepted it. Where this is not set, it
   * surely has not.
   */
  mayHaveArrived?: boolean | undefined
  /** What of the message was left out: the first hundred, and how many there are. */
  rejected?: readonly { row?: number; point?: string; reason: string }[] | undefined
  rejectedCount?: number | undefined
}

/**
 * The only error that leaves the library. Its text says what happened and what to do about it; it never holds a secret,
 * a query string or a header, and never carries the HTTP client's own error (which does).
 */
export class ConnectorError extends Error {
  override readonly name = 'ConnectorError'
  readonly statusCode?: number
  readonly cloudCode?: string
  readonly retryAfterMs?: number
  readonly systemCode?: string
  readonly mayHaveArrived?: boolean
  /** The same details as plain data: what a Catch node hands on as `msg.error.cause`. */
  declare readonly cause?: ConnectorErrorDetails

  constructor(
    readonly code: ErrorCode,
    /** What `message` says in English. */
    readonly text: Text,
    {
      statusCode,
      cloudCode,
      retryAfterMs,
      systemCode,
      mayHaveArrived,
      rejected,
      rejectedCount,
    }: ConnectorErrorDetails = {},
  ) {
    super(String(text))
    const known: ConnectorErrorDetails = {}
    if (statusCode !== undefined) known.statusCode = statusCode
    if (cloudCode !== undefined) known.cloudCode = cloudCode
    if (retryAfterMs !== undefined) known.retryAfterMs = retryAfterMs
    if (systemCode !== undefined) known.systemCode = systemCode
    if (mayHaveArrived !== undefined) known.mayHaveArrived = mayHaveArrived
    Object.assign(this, known)
    if (rejected) Object.assign(known, { rejected, rejectedCount })
    if (Object.keys(known).length > 0) this.cause = readable(known)
  }

  /** The same failure of something that came before the request, such as a login: the request itself was not written. */
  beforeTheRequest(): ConnectorError {
    return this.mayHaveArrived
      ? new ConnectorError(this.code, this.text, { ...this.cause, mayHaveArrived: undefined })
      : this
  }

  /** The text alone, as Node-RED shows it. */
  override toString(): string {
    return this.message
  }
}

/** Node-RED's debug sidebar makes a text of the cause of an error that no Catch node gets. */
function readable(details: ConnectorErrorDetails): ConnectorErrorDetails {
  const words = Object.entries(details).map(([name, value]) => `${name} ${value}`)
  return Object.defineProperty(details, 'toString', { value: () => words.join(', '), enumerable: false })
}
