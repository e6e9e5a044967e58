import { setMaxListeners } from 'node:events'
import { say, type TextValue } from '../text'
import { ConnectorError } from './errors'

/** The promise's outcome, or `ABORTED` as soon as the signal fires; the work behind the promise is not stopped. */
export async function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise
  if (signal.aborted) {
    promise.catch(() => undefined)
    throw abortError(signal)
  }
  shareable(signal)
  let onAbort: (() => void) | undefined
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(abortError(signal))
    signal.addEventListener('abort', onAbort, { once: true })
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    if (onAbort) signal.removeEventListener('abort', onAbort)
  }
}

/** One signal may end any number of requests: so many listeners are no leak, of which Node.js would warn from the 11th on. */
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
