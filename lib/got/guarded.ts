import type { RedactedErrors } from './redacted-errors'

/** What got returns for a request, beside the promise itself. Which of them there are depends on its version. */
interface GotPromise extends Promise<unknown> {
  cancel?(): void
  [member: string]: unknown
}

interface GotStream {
  _destroy(error: unknown, callback: (error: unknown) => void): void
}

/**
 * A request whose failures are shown redacted, those included that got throws past its `beforeError` hooks: an answer that
 * `.json()` cannot parse, and a request that is cancelled or aborted.
 * @param answer what got returns for a request: a promise with members of its own, or a stream
 */
export function guarded<Answer>(answer: Answer, errors: RedactedErrors): Answer {
  if (typeof answer !== 'object' || answer === null) return answer
  if ('catch' in answer) return guardedPromise(answer as unknown as GotPromise, errors) as Answer
  if ('_destroy' in answer) guardStream(answer as unknown as GotStream, errors)
  return answer
}

function guardedPromise(promise: GotPromise, errors: RedactedErrors): GotPromise {
  const shown = promise.catch((failure) => {
    throw errors.of(failure)
  }) as GotPromise
  const takeOver = (name: string, member: (own: (...given: unknown[]) => unknown) => unknown) => {
    const own = promise[name]
    if (typeof own === 'function') shown[name] = member(own.bind(promise))
  }
  for (const parse of ['json', 'text', 'buffer']) {
    takeOver(parse, (own) => () => {
      // Whoever asks for the parsed body hears of a failure there.
      shown.catch(() => undefined)
      return guardedPromise(own() as GotPromise, errors)
    })
  }
  for (const listen of ['on', 'once', 'off']) {
    takeOver(listen, (own) => (...given: unknown[]) => {
      own(...given)
      return shown
    })
  }
  // got 14 puts its own in place of it, which works on its own kind of promise only.
  if (promise.cancel)
    Object.defineProperty(shown, 'cancel', { get: () => () => promise.cancel?.(), set: () => undefined })
  return shown
}

/** Whatever ends a stream with an error passes here. */
function guardStream(stream: GotStream, errors: RedactedErrors): void {
  const destroy = stream._destroy
  stream._destroy = (error, callback) => destroy.call(stream, error, (failure) => callback(errors.of(failure)))
}
