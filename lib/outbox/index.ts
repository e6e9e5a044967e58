import type { Outbox, OutboxOptions } from './outbox'

export { type Scheduler, systemScheduler } from '../core'
export { type LaneFigures, type OutboxFigures, prometheusText } from './figures'
export type { AttachOptions, Lane } from './lane'
export type { FormerFolder } from './move-folder'
export type { Outbox, OutboxEvent, OutboxOptions } from './outbox'
export type { Arrivals } from './queue/arrivals'
export type { DiskSpace } from './queue/capacity'
export type { DeadLetters } from './queue/dead-letters'
export { diskOutlook } from './queue/disk-outlook'
export type { NewRecord } from './queue/intake'
export type { QueueOptions, WhenDeadFull, WhenFull } from './queue/options'
export type { DeadLetter, DeadReason, DeadRecord } from './record/dead-letter'
export type { EvictionEntry, EvictionQuery } from './record/eviction'
export { grouped, type OutboxRecord } from './record/record'
export { Batch } from './sender/batch'
export type { Destination, Freshness, RetryClass } from './sender/destination'
export type { LaneState } from './sender/gate'
export { limitsOf, usualLiveLimitMs } from './sender/pace'

/** As `openOutbox` of the outbox itself, which is loaded now: a Node-RED that uses none starts without it. */
export async function openOutbox(options: OutboxOptions): Promise<Outbox> {
  return (require('./outbox') as typeof import('./outbox')).openOutbox(options)
}

/** As `moveOutbox` of the outbox itself, which is loaded now. */
export async function moveOutbox(from: string, to: string, options?: Omit<OutboxOptions, 'folder'>) {
  return (require('./move-folder') as typeof import('./move-folder')).moveOutbox(from, to, options)
}

/** As `countRecords` of the outbox itself, which is loaded now. */
export async function countRecords(folder: string, mostBytes: number, options?: Omit<OutboxOptions, 'folder'>) {
  return (require('./move-folder') as typeof import('./move-folder')).countRecords(folder, mostBytes, options)
}

/** Whose `Arrivals` collect what is to be taken in together; loaded when first called, like the outbox. */
export function loadArrivals(): typeof import('./queue/arrivals') {
  return require('./queue/arrivals') as typeof import('./queue/arrivals')
}
