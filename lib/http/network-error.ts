import { ConnectorError, joined, say, type Text } from '../core'
import { tlsFault } from './tls-fault'

/**
 * What a failed exchange means to a user: a `ConnectorError` with a text of our own. The HTTP client's error itself is
 * dropped, because it carries headers, options and the full URL.
 * @param failure whatever the HTTP client threw
 * @param target method and URL without query, for the text
 * @param mayHaveArrived whether the whole request had been written
 */
export function networkError(failure: unknown, target: string, mayHaveArrived: boolean): ConnectorError {
  const arrived = mayHaveArrived ? { mayHaveArrived } : {}
  const own = ownErrorIn(failure)
  if (own) return mayHaveArrived ? new ConnectorError(own.code, own.text, { ...own.cause, ...arrived }) : own
  const systemCode = systemCodeOf(failure)
  const fault = (code: ConnectorError['code'], text: Text) =>
    new ConnectorError(code, joined([text, `(${target})`], ' '), { systemCode, ...arrived })

  switch (systemCode) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return fault(
        'NETWORK_NAME_UNKNOWN',
        say`The host name is unknown. Check the URL, the DNS server and the network.`,
      )
    case 'ECONNREFUSED':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EHOSTDOWN':
      return fault('NETWORK_UNREACHABLE', say`No connection (${systemCode}). Check the URL, the port and the network.`)
    case 'ETIMEDOUT':
      if (isConnecting(failure))
        return fault('NETWORK_UNREACHABLE', say`No connection in time. Check the URL, the port and the network.`)
      return fault('NETWORK_TIMEOUT', say`No answer in time. Check the network.`)
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ECONNABORTED':
      return fault('NETWORK_INTERRUPTED', say`The connection broke off (${systemCode}) before the answer was complete.`)
    case 'ABORT_ERR':
      return fault('ABORTED', say`Stopped because the flow was closed or deployed again.`)
    case 'HPE_HEADER_OVERFLOW':
      return fault('RESPONSE_TOO_LARGE', say`The answer's header is too large. Does the URL lead to the cloud?`)
    case 'UND_ERR_INVALID_ARG':
      return fault(
        'CONFIG_INVALID',
        say`The request cannot be sent: its method or a header holds characters that HTTP does not allow. Check the settings and the secrets.`,
      )
    case 'ERR_INVALID_URL':
      return new ConnectorError('CONFIG_INVALID_URL', say`${target} is not a URL. Check the host in the configuration.`)
  }
  if (systemCode === undefined) return fault('NETWORK_INTERRUPTED', say`The request failed. Check the network.`)
  if (/^(HPE_|Z_)/.test(systemCode))
    return fault(
      'RESPONSE_UNREADABLE',
      say`The answer is not HTTP (${systemCode}). Check the URL and the proxies on the way.`,
    )
  const tls = tlsFault(systemCode)
  // TLS 1.3 refuses a client certificate after the handshake: the request was written, and not read.
  if (tls) return new ConnectorError(tls.code, joined([tls.text, `(${target})`], ' '), { systemCode })
  return fault('NETWORK_INTERRUPTED', say`The request failed (${systemCode}). Check the network.`)
}

/** Ours, thrown as it is, or inside the HTTP library's. */
function ownErrorIn(failure: unknown): ConnectorError | undefined {
  const { cause } = failure as { cause?: unknown }
  return [failure, cause].find((error) => error instanceof ConnectorError) as ConnectorError | undefined
}

function isConnecting(failure: unknown): boolean {
  return !/^(read|write)$/.test(String((failure as { syscall?: unknown }).syscall))
}

/** What undici's own faults are called by the operating system, Node.js and its parser. */
const systemCodes: Readonly<Record<string, string>> = {
  UND_ERR_CONNECT_TIMEOUT: 'ETIMEDOUT',
  UND_ERR_SOCKET: 'ECONNRESET',
  UND_ERR_HEADERS_OVERFLOW: 'HPE_HEADER_OVERFLOW',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'ECONNRESET',
  UND_ERR_CLOSED: 'ABORT_ERR',
  UND_ERR_DESTROYED: 'ABORT_ERR',
}

/** The innermost code that has a meaning; `undefined` for an error that has none, such as a time limit. */
export function systemCodeOf(failure: unknown): string | undefined {
  for (let error = failure, depth = 0; error && depth < 4; depth++) {
    const { name, code, data, cause } = error as { name?: unknown; code?: unknown; data?: unknown; cause?: unknown }
    if (typeof code === 'string') return systemCodes[code] ?? code
    // Nothing that could not be read: the connection ended where more had to come.
    if (name === 'HTTPParserError') return data === '' ? 'ECONNRESET' : 'HPE_INVALID_CONSTANT'
    error = cause
  }
  return undefined
}
