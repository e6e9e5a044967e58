import { type DeadRecord, encodeDeadLetter } from '../record/dead-letter'
import { keyOf } from '../record/keys'
import { takeApart } from '../record/parts'
import { countAll, encodeRecord, type OutboxRecord, storedBytes } from '../record/record'
import type { StoreOperation } from '../store/store'
import type { Leases } from './leases'
import type { LedgerDraft } from './ledger-draft'

/** What became of records that were leased. */
export interface Settlement {
  readonly delivered?: readonly OutboxRecord[]
  /** Thrown away by a person, or given to another lane. */
  readonly dropped?: readonly OutboxRecord[]
  /** Single ones: a bundle is taken apart before. */
  readonly dead?: readonly DeadRecord[]
  /** No pending record of the lane lies before this sequence any more. */
  readonly headSequence?: number
}

/** The operations of a settlement, the records that it takes away, and those given up. What is no longer leased is passed over. */
export function planSettlement(
  draft: LedgerDraft,
  lane: string,
  { delivered = [], dropped = [], dead = [], headSequence = 0 }: Settlement,
  leases: Leases,
  wallMs: number,
): { operations: StoreOperation[]; gone: OutboxRecord[]; given: DeadRecord[] } {
  const { laneNumber } = draft.get(lane)
  const isOurs = ({ sequence }: OutboxRecord) => leases.isOpen(sequence) && draft.claim(lane, sequence)
  const confirmed = delivered.filter(isOurs)
  const thrownAway = dropped.filter(isOurs)
  const given = dead.filter(({ record }) => isOurs(record))
  const letters = given.map(({ record, reason }) => {
    const pendingKey = keyOf('pending', laneNumber, record.sequence)
    const value = encodeDeadLetter(pendingKey, encodeRecord(pendingKey, record), reason, wallMs)
    return { key: keyOf('dead', laneNumber, record.sequence), value }
  })
  const gone = [...confirmed, ...thrownAway, ...given.map(({ record }) => record)]

  draft.change(lane, {
    delivered: countAll(confirmed),
    dropped: countAll(thrownAway),
    dead: given.length,
    pendingBytes: -bytesOfAll(gone),
    deadBytes: letters.reduce((sum, { value }) => sum + value.length, 0),
  })
  const ledger = draft.get(lane)
  if (headSequence > ledger.headSequence) {
    // Who reads the lane may not know of a request that an earlier reader left under way.
    const going = new Set(gone.map(({ sequence }) => sequence))
    draft.set({
      ...ledger,
      headSequence: Math.max(ledger.headSequence, leases.firstOpen(headSequence, going)),
    })
  }
  return {
    gone,
    given,
    operations: [
      ...gone.map(({ sequence }): StoreOperation => ({ type: 'del', key: keyOf('pending', laneNumber, sequence) })),
      ...letters.map((letter): StoreOperation => ({ type: 'put', ...letter })),
    ],
  }
}

/** A bundle that is taken apart. */
export interface Parting {
  readonly bundle: OutboxRecord
  /** Of the bundle. */
  readonly bytes: number
  readonly singles: readonly OutboxRecord[]
  /** What these take more than the bundle. */
  readonly grownBytes: number
}

export function partingOf(bundle: OutboxRecord): Parting {
  const singles = takeApart(bundle)
  const bytes = storedBytes(bundle.lane, bundle)
  return { bundle, bytes, singles, grownBytes: bytesOfAll(singles) - bytes }
}

/**
 * The operations that store the records of a bundle by themselves; the first takes the bundle's place. None where the
 * bundle's lease has ended meanwhile.
 */
export function planParting(
  draft: LedgerDraft,
  lane: string,
  { bundle, singles, grownBytes }: Parting,
  leases: Leases,
): StoreOperation[] {
  if (!leases.isOpen(bundle.sequence) || !draft.claim(lane, bundle.sequence)) return []
  const { laneNumber } = draft.get(lane)
  draft.change(lane, { pendingBytes: grownBytes })
  return singles.map((record) => {
    leases.take(record.sequence)
    const key = keyOf('pending', laneNumber, record.sequence)
    return { type: 'put', key, value: encodeRecord(key, record) }
  })
}

/** What the records take in the store. */
export function bytesOfAll(records: readonly OutboxRecord[]): number {
  let bytes = 0
  for (const record of records) bytes += storedBytes(record.lane, record)
  return bytes
}
