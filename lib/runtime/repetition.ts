/** Tasks that are done again and again, each under a key. A task that still runs when its time comes is not doubled. */
export class Repetition {
  readonly #timers = new Map<string, NodeJS.Timeout>()
  readonly #onFailure: (failure: unknown) => void
  readonly #onSuccess: () => void

  constructor(onFailure: (failure: unknown) => void, onSuccess: () => void) {
    this.#onFailure = onFailure
    this.#onSuccess = onSuccess
  }

  start(key: string, everyMs: number, task: () => Promise<unknown>): void {
    this.end(key)
    let isRunning = false
    const timer = setInterval(async () => {
      if (isRunning) return
      isRunning = true
      try {
        await task()
        this.#onSuccess()
      } catch (failure) {
        this.#onFailure(failure)
      } finally {
        isRunning = false
      }
    }, everyMs)
    this.#timers.set(key, timer.unref())
  }

  end(key: string): void {
    clearInterval(this.#timers.get(key))
    this.#timers.delete(key)
  }

  endAll(): void {
    for (const key of [...this.#timers.keys()]) this.end(key)
  }
}
