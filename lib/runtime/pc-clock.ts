import type { NodeAPI } from 'node-red'
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
