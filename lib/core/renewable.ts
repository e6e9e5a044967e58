import { abortError } from './abortable'
import { Aborts } from './aborts'
import type { Clock } from './clock'
import { ConnectorError } from './errors'

/** A credential as a cloud issued it, with its life counted from now on the monotonic clock. */
export interface Issued<T> {
  value: T
  /** When to replace it: it is still valid, but not for long. */
  renewAfterMs: number
  /** When it stops being valid. */
  expiresAfterMs: number
}

/** How long the old value is used before a failed renewal is tried again. */
const renewalPauseMs = 30_000

interface Held<T> {
  value: T
  renewAtMs: number
  expiresAtMs: number
}

/**
 * A token or session that is obtained once for all who ask, kept while it is valid, and replaced before it expires.
 * A caller that is aborted stops waiting; what others wait for goes on.
 */
export class Renewable<T> {
  readonly #obtain: (current: T | undefined, signal: AbortSignal) => Promise<Issued<T>>
  readonly #clock: Clock
  readonly #closing = new AbortController()
  readonly #aborts = new Aborts()
  #held: Held<T> | undefined
  #underWay: Promise<T> | undefined

  /** @param obtain asks the cloud; `current` is the living value to be replaced, `undefined` when there is none */
  constructor(obtain: (current: T | undefined, signal: AbortSignal) => Promise<Issued<T>>, clock: Clock) {
    this.#obtain = obtain
    this.#clock = clock
  }

  /** The living value, where it need not be renewed yet. */
  held(): T | undefined {
    return this.#held && this.#clock.monotonicMs() < Math.min(this.#held.renewAtMs, this.#held.expiresAtMs)
      ? this.#held.value
      : undefined
  }

  /** The living value, obtained or renewed first where needed. If renewal fails, the old value is used until it expires. */
  async get(signal?: AbortSignal): Promise<T> {
    const fresh = this.held()
    if (fresh !== undefined) return fresh
    const held = this.#living()
    if (this.#closing.signal.aborted) throw abortError(this.#closing.signal)
    try {
      return await this.#aborts.until(this.#once(held?.value), signal, this.#closing.signal)
    } catch (failure) {
      const old = this.#living()
      if (!old || signal?.aborted || this.#closing.signal.aborted)
        throw failure instanceof ConnectorError ? failure.beforeTheRequest() : failure
      old.renewAtMs = this.#clock.monotonicMs() + renewalPauseMs
      return old.value
    }
  }

  /** How long the value at hand still lives; `undefined` when there is none. */
  remainingMs(): number | undefined {
    const held = this.#living()
    return held && held.expiresAtMs - this.#clock.monotonicMs()
  }

  /** The cloud just accepted this value: its life starts anew. */
  extend({ value, renewAfterMs, expiresAfterMs }: Issued<T>): void {
    if (this.#held?.value === value) this.#hold({ value, renewAfterMs, expiresAfterMs })
  }

  /** The cloud refused this value: the next `get` obtains another. A value that was replaced meanwhile is left alone. */
  drop(value: T): void {
    if (this.#held?.value === value) this.#held = undefined
  }

  /** Tells all those who wait at once, and `obtain` by its signal. */
  close(): void {
    this.#closing.abort()
  }

  #living(): Held<T> | undefined {
    return this.#held && this.#clock.monotonicMs() < this.#held.expiresAtMs ? this.#held : undefined
  }

  #once(current: T | undefined): Promise<T> {
    this.#underWay ??= this.#obtain(current, this.#closing.signal)
      .then((issued) => this.#hold(issued))
      .finally(() => {
        this.#underWay = undefined
      })
    return this.#underWay
  }

  #hold({ value, renewAfterMs, expiresAfterMs }: Issued<T>): T {
    const nowMs = this.#clock.monotonicMs()
    this.#held = { value, renewAtMs: nowMs + renewAfterMs, expiresAtMs: nowMs + expiresAfterMs }
    return value
  }
}
