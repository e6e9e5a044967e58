import type { NodeAPI } from 'node-red'
import { type Scheduler, systemScheduler } from '../../lib/outbox'
import { clockIn } from '../../lib/runtime/pc-clock'

/** A clock by which every pause is over at once: it has been as long as it should. For flows without an outbox. */
export class HastyClock implements Scheduler {
  #passedMs = 0
  #place: { current: Scheduler } | undefined

  readonly wallMs = systemScheduler.wallMs
  readonly monotonicMs = () => systemScheduler.monotonicMs() + this.#passedMs
  readonly setTimeout = (callback: () => void, delayMs: number) => {
    const timer = setImmediate(() => {
      this.#passedMs += delayMs
      callback()
    })
    return () => clearImmediate(timer)
  }

  /** It is this PC's own clock again. */
  end(): void {
    if (this.#place) this.#place.current = systemScheduler
  }

  /** A node type, so to say, that makes Node-RED keep time by this clock; the first in the list. */
  readonly installed = (RED: NodeAPI): void => {
    this.#place = clockIn(RED)
    this.#place.current = this
  }
}
