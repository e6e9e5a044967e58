import { abortError, shareable } from './abortable'

/**
 * Tells any number of waiters that a signal fired, with one listener on each signal: Node.js walks all listeners of a signal
 * whenever one is added or removed, so that thousands of them would block its only thread.
 */
export class Aborts {
  readonly #crowds = new Map<AbortSignal, Set<() => void>>()

  /** Calls back once when the signal fires; the returned function takes that back. */
  on(signal: AbortSignal, fired: () => void): () => void {
    const crowd = this.#crowds.get(signal) ?? this.#listen(signal)
    crowd.add(fired)
    return () => {
      if (crowd.delete(fired) && crowd.size === 0) this.#leave(signal)
    }
  }

  /**
   * The promise's outcome, or `ABORTED` as soon as one of the signals fires; the work behind the promise is not stopped.
   */
  until<T>(promise: Promise<T>, ...signals: (AbortSignal | undefined)[]): Promise<T> {
    return new Promise((resolve, reject) => {
      const given = signals.filter((signal) => signal !== undefined)
      const fired = given.find(({ aborted }) => aborted)
      const unlisten = fired ? [] : given.map((signal) => this.on(signal, () => reject(abortError(signal))))
      promise.then(resolve, reject).finally(() => {
        for (const forget of unlisten) forget()
      })
      if (fired) reject(abortError(fired))
    })
  }

  #listen(signal: AbortSignal): Set<() => void> {
    const crowd = new Set<() => void>()
    this.#crowds.set(signal, crowd)
    shareable(signal)
    signal.addEventListener('abort', this.#onAbort)
    return crowd
  }

  #leave(signal: AbortSignal): void {
    this.#crowds.delete(signal)
    signal.removeEventListener('abort', this.#onAbort)
  }

  readonly #onAbort = ({ target }: Event) => {
    const crowd = this.#crowds.get(target as AbortSignal)
    this.#leave(target as AbortSignal)
    for (const fired of crowd ?? []) fired()
  }
}
