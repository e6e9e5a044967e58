import type { NodeAPI } from 'node-red'
import { type Scheduler, systemScheduler } from '../outbox'
import { runtimeState } from './runtime-state'

/** The clock by which messages arrive and outboxes keep time: this PC's, unless somebody has put another there before. */
export function clockOf(RED: NodeAPI): Scheduler {
  return runtimeState(RED, 'clock', () => systemScheduler)
}
