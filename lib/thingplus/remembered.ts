import type { Clock } from '../core'

const mostRemembered = 100_000

/** Answers that seldom change, each kept for a while. */
export class Remembered<Value> {
  readonly #entries = new Map<string, { value: Value; untilMs: number }>()

  constructor(
    readonly clock: Pick<Clock, 'monotonicMs'>,
    readonly lifeMs: number,
  ) {}

  async get(key: string, load: () => Promise<Value>): Promise<Value> {
    const entry = this.#entries.get(key)
    if (entry && this.clock.monotonicMs() < entry.untilMs) return entry.value
    const value = await load()
    this.set(key, value)
    return value
  }

  /** What is remembered, without asking. */
  known(key: string): Value | undefined {
    const entry = this.#entries.get(key)
    return entry && this.clock.monotonicMs() < entry.untilMs ? entry.value : undefined
  }

  set(key: string, value: Value): void {
    // Keys may come from messages.
    if (this.#entries.size >= mostRemembered) this.#entries.clear()
    this.#entries.set(key, { value, untilMs: this.clock.monotonicMs() + this.lifeMs })
  }

  forget(key: string): void {
    this.#entries.delete(key)
  }
}
