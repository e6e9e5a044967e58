import type { LaneLedger } from '../record/ledger'
import type { OutboxRecord } from '../record/record'
import type { Store } from '../store/store'
import type { Leases } from './leases'
import type { Held } from './options'
import type { ReadResult } from './tail'
import type { Work } from './work'

/**
 * The queue as those see it who do a part of its work: the reader, the evictor, the recount, the dead letters. Each takes of it
 * what it needs.
 */
export interface QueueCore {
  /** Of dead letters that somebody takes away. */
  readonly deadLeases: Leases
  leasesOf(lane: string): Leases
  /** Creates the lane's ledger, so that its figures exist before its first record. */
  ensureLane(lane: string): LaneLedger
  all(): readonly LaneLedger[]
  /** Bytes kept, of all lanes, dead letters included. */
  heldBytes(): number
  deadBytes(): number
  /** Whether one more dead letter of this size may be kept. */
  hasDeadRoom(bytes: number): boolean
  /** The open store, for reading. @throws {StoreFault} while it is being opened again */
  store(): Store
  /** Resolves once it is on disk. */
  submit(work: Work): Promise<void>
  /** Runs the task while no group is being written, so that store and ledgers agree. */
  quietly<Result>(task: (ledgers: readonly LaneLedger[]) => Result): Promise<Result>
  /** The first of so many in a row. */
  takeSequences(count: number): number
  read(lane: string, fromSequence: number, beforeSequence: number): Promise<ReadResult>
  /** The same for the writer, which can't wait for itself. @throws {StoreFault} where a table is damaged */
  readToWrite(lane: string, fromSequence: number, beforeSequence: number): Promise<ReadResult>
  /** Verifies the tables of the open store. Resolves to true after damage, when that is mended. */
  mendTables(): Promise<boolean>
  /** Records that are gone from the store: their leases end, their space is won back. */
  removed(lane: string, records: readonly OutboxRecord[]): void
  /** See `QueueEvents`, also of those that follow. */
  reappeared(lane: string, sequence: number): void
  evicted(lane: string): void
  held(lane: string, from: number, before: number): Held
  surrender(lane: string, unsent: ReadonlySet<OutboxRecord>): void
}
