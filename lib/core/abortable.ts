import { setMaxListeners } from 'node:events'
import { ConnectorError } from './errors'
import { say, type TextValue } from './text'

/** One signal may end any number of requests: that many listeners are not a leak, although Node.js warns from the 11th on. */
export function shareable(signal: AbortSignal): void {
  setMaxListeners(0, signal)
}

/**
 * What an aborted signal means to a user: a deployment, or a time limit that ran out.
 * @param target what was under way, for the text
 */
export function abortError(signal: AbortSignal, target: TextValue = say`the request`): ConnectorError {
  const isTimeout = (signal.reason as { name?: unknown } | undefined)?.name === 'TimeoutError'
  return isTimeout
    ? new ConnectorError('NETWORK_TIMEOUT', say`No answer in time. Check the network and the URL. (${target})`)
    : new ConnectorError('ABORTED', say`Stopped because the flow was closed or deployed again. (${target})`)
}
