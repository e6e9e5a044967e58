import type { NodeAPI } from 'node-red'
import { ConnectorError, say } from '../core'
import { type Scheduler, systemScheduler } from '../outbox'
import { runtimeState } from './runtime-state'

/** Where a running Node-RED has its clock; tests put another there. */
export function clockIn(RED: NodeAPI): { current: Scheduler } {
  return runtimeState(RED, 'clock', () => ({ current: systemScheduler }))
}

/** The clock by which messages arrive and outboxes keep time: this PC's. */
export function clockOf(RED: NodeAPI): Scheduler {
  return clockIn(RED).current
}

/** A pause by this clock that a signal ends. @throws ConnectorError `ABORTED` */
export function pauseBy(clock: Scheduler): (ms: number, signal: AbortSignal | undefined) => Promise<void> {
  return (ms, signal) =>
    new Promise((resolve, reject) => {
      const stop = () => {
        cancel()
        reject(new ConnectorError('ABORTED', say`Stopped because the flow was closed or deployed again.`))
      }
      const cancel = clock.setTimeout(() => {
        signal?.removeEventListener('abort', stop)
        resolve()
      }, ms)
      if (signal?.aborted) stop()
      else signal?.addEventListener('abort', stop, { once: true })
    })
}
