import type { LaneLedger } from '../log/lanes'
import type { SegmentLog } from '../log/segment-log'
import type { OutboxRecord } from '../record/record'
import type { Leases } from './leases'
import type { Held } from './options'
import type { ReadResult } from './tail'
import type { Work } from './work'

/**
 * The queue as those see it who do a part of its work: the reader, the evictors, the dead letters. Each takes of it what it
 * needs.
 */
export interface QueueCore {
  /** For reading, and for the room it knows of. */
  readonly log: Pick<SegmentLog, 'idle' | 'read' | 'ledger'>
  /** Of dead letters that somebody takes away. */
  readonly deadLeases: Leases
  leasesOf(lane: string): Leases
  /** The lane's counters; before its first record, zeros. */
  ledgerOf(lane: string): LaneLedger
  all(): readonly LaneLedger[]
  /** Bytes kept, of all lanes, dead letters included. */
  heldBytes(): number
  deadBytes(): number
  /** Whether one more dead letter of this size may be kept. */
  hasDeadRoom(bytes: number): boolean
  /** Resolves once it is on disk. */
  submit(work: Work): Promise<void>
  /** The first of so many in a row. */
  takeSequences(count: number): number
  read(lane: string, fromSequence: number, beforeSequence: number): Promise<ReadResult>
  /** Records that are gone from the log: their leases end. */
  removed(lane: string, records: readonly OutboxRecord[]): void
  /** See `QueueEvents`, also of those that follow. */
  reappeared(lane: string, sequence: number): void
  counted(lane: string): void
  evicted(lane: string): void
  held(lane: string, from: number, before: number): Held
  surrender(lane: string, unsent: ReadonlySet<OutboxRecord>): void
}
