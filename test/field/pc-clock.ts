import type { NodeAPI } from 'node-red'
import { type Scheduler, systemScheduler } from '../../lib/outbox'
import { clockIn } from '../../lib/runtime/pc-clock'

/**
 * The clock of a PC without a battery: it starts in 1970 with each start of the PC, until somebody sets it. Timers are real.
 */
export class PcClock implements Scheduler {
  bootId: string | undefined
  #startedMs = 0
  #shiftMs = 0
  #place: { current: Scheduler } | undefined

  readonly setTimeout = systemScheduler.setTimeout
  readonly monotonicMs = () => systemScheduler.monotonicMs() - this.#startedMs
  readonly wallMs = () => Math.round(this.monotonicMs() + this.#shiftMs)
  sleptMs = () => 0

  /** The PC is switched on: its clock shows this date, 1970 unless told otherwise. */
  start(bootId: string, shownMs = 0): void {
    this.bootId = bootId
    // It takes a while until Node-RED runs.
    this.#startedMs = systemScheduler.monotonicMs() - 40_000
    this.#shiftMs = shownMs
  }

  /** Somebody, or NTP, sets it: right, unless told otherwise. */
  set(shownMs = Date.now()): void {
    this.#shiftMs = shownMs - this.monotonicMs()
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
