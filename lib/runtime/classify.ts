import { ConnectorError } from '../core'
import type { RetryClass } from '../outbox'

/**
 * What an error of the protocol rooms means for the records that were sent: the retry table of the store-and-forward
 * study, by our own error codes. An unknown refusal counts as one of content: it is split and tried again, and becomes a
 * dead letter only where the cloud takes everything around it.
 */
export function classifyConnectorError(error: unknown): RetryClass {
  if (!(error instanceof ConnectorError)) return { kind: 'bug' }
  const { code, statusCode = 200, retryAfterMs } = error
  const mayHaveArrived = error.mayHaveArrived ?? error.statusCode !== undefined
  switch (code) {
    case 'NETWORK_TIMEOUT':
      return { kind: 'network', timedOut: true, mayHaveArrived }
    case 'NETWORK_UNREACHABLE':
    case 'NETWORK_NAME_UNKNOWN':
    case 'NETWORK_INTERRUPTED':
    case 'NETWORK_TLS':
    case 'NETWORK_PROXY':
    case 'NETWORK_WEB_PAGE':
    case 'RESPONSE_UNREADABLE':
    case 'RESPONSE_TOO_LARGE':
    case 'ABORTED':
      return { kind: 'network', mayHaveArrived }
    case 'THROTTLED':
    case 'AUTH_LOGIN_LIMIT':
      return { kind: 'throttled', retryAfterMs }
    case 'AUTH_REFUSED':
    case 'AUTH_EXPIRED':
    case 'CONFIG_INCOMPLETE':
    case 'CONFIG_INVALID':
    case 'CONFIG_INVALID_URL':
    case 'CONFIG_ENV_UNSET':
      return { kind: 'credentials' }
    case 'TOO_LARGE':
    case 'INPUT_TOO_LARGE':
      return { kind: 'too-large' }
    case 'PERMISSION_DENIED':
    case 'NOT_FOUND':
      return { kind: 'configuration' }
    case 'BILLING_LIMIT':
      return { kind: 'billing' }
    case 'CLOUD_ERROR':
      // A redirect, as to a proxy's login page, says nothing about the content.
      if (statusCode >= 300 && statusCode < 400) return { kind: 'network', mayHaveArrived: false }
      return isCloudFault(error) ? { kind: 'server' } : { kind: 'validation' }
    case 'VALIDATION_REFUSED':
    case 'PARTIAL_FAILURE':
    case 'CONFLICT':
      return statusCode >= 500 ? { kind: 'server' } : { kind: 'validation' }
    default:
      return { kind: 'bug' }
  }
}

/** HTTP 5xx, 444 and 600, and the codes by which a cloud blames itself in an answer of HTTP 200. */
function isCloudFault({ statusCode = 200, cloudCode = '' }: ConnectorError): boolean {
  return (
    statusCode >= 500 || statusCode === 444 || statusCode === 408 || /^(500|1005|99500|80500|10\d\d)$/.test(cloudCode)
  )
}
