import type { Clock } from '../http'

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

  set(key: string, value: Value): void {
    this.#entries.set(key, { value, untilMs: this.clock.monotonicMs() + this.lifeMs })
  }

  forget(key: string): void {
    this.#entries.delete(key)
  }
}
