import type { Clock } from '../../lib/core'

/** A clock that moves when told to; wall and monotonic time together unless the wall clock is stepped. */
export class SetClock implements Clock {
  #monotonicMs = 0
  #stepMs = 1_700_000_000_000

  wallMs = () => this.#monotonicMs + this.#stepMs
  monotonicMs = () => this.#monotonicMs

  advance(ms: number): void {
    this.#monotonicMs += ms
  }

  /** Somebody sets the PC's clock. */
  stepWall(ms: number): void {
    this.#stepMs += ms
  }
}
