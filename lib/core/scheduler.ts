import { uptime } from 'node:os'
import { type Clock, systemClock } from './clock'

/** The clock, and a way to be called later. Tests pass one that they turn by hand. */
export interface Scheduler extends Clock {
  /** Calls back once, `delayMs` from now; the answer cancels it. */
  setTimeout(callback: () => void, delayMs: number): () => void
  /** The span in which `monotonicMs` is comparable: a UUID. Default: the boot. */
  readonly bootId?: string | undefined
  /** For how long the PC has slept since its start, in ms, as far as `monotonicMs` stood still meanwhile. Default: not at all. */
  sleptMs?(): number
}

export const systemScheduler: Scheduler = {
  ...systemClock,
  setTimeout(callback, delayMs) {
    const timer = setTimeout(callback, delayMs)
    return () => clearTimeout(timer)
  },
  // Linux counts sleep in its uptime only, elsewhere the two clocks agree; in a container the uptime may be younger.
  sleptMs: () => Math.max(0, uptime() * 1000 - systemScheduler.monotonicMs()),
}

/** Ends the current turn of the event loop, so that long work leaves room for others. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
