import type { Arrivals } from './arrivals'
import type { Outbox, OutboxOptions } from './outbox'

export type { Arrivals } from './arrivals'
export type { DiskSpace } from './capacity'
export { classifyConnectorError } from './classify'
export type { DeadLetter, DeadReason, DeadRecord } from './dead-letter'
export type { DeadLetters } from './dead-letters'
export type { Destination, Freshness, RetryClass } from './destination'
export { diskOutlook } from './disk-outlook'
export type { EvictionEntry, EvictionQuery } from './eviction'
export { type LaneFigures, type OutboxFigures, prometheusText } from './figures'
export type { LaneState } from './gate'
export type { NewRecord } from './intake'
export type { AttachOptions, Lane } from './lane'
export type { FormerFolder } from './move-folder'
export type { QueueOptions, WhenDeadFull, WhenFull } from './options'
export type { Outbox, OutboxEvent, OutboxOptions } from './outbox'
export type { OutboxRecord } from './record'
export { type Scheduler, systemScheduler } from './scheduler'

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

let arrivals: typeof import('./arrivals') | undefined

/** An empty collection of what is to be taken in together; loaded when first used, like the outbox. */
export function gatherArrivals(arrivedMs: number, sinceMs?: number): Arrivals {
  arrivals ??= require('./arrivals') as typeof import('./arrivals')
  return new arrivals.Arrivals(arrivedMs, sinceMs)
}
