import { ConnectorError } from './errors'

/** The promise's outcome, or `ABORTED` as soon as the signal fires; the work behind the promise is not stopped. */
export async function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise
  if (signal.aborted) {
    promise.catch(() => undefined)
    throw stopped()
  }
  let onAbort: (() => void) | undefined
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(stopped())
    signal.addEventListener('abort', onAbort, { once: true })
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    if (onAbort) signal.removeEventListener('abort', onAbort)
  }
}

function stopped(): ConnectorError {
  return new ConnectorError('ABORTED', 'Stopped because the flow was closed or deployed again.')
}
