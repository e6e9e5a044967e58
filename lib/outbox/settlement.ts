import { type DeadReason, encodeDeadLetter } from './dead-letter'
import { keyOf } from './keys'
import type { Leases } from './leases'
import type { LedgerDraft } from './ledger-draft'
import { encodeRecord, type OutboxRecord, storedBytes } from './record'
import type { StoreOperation } from './store'

/** What became of records that were leased. */
export interface Settlement {
  readonly delivered?: readonly OutboxRecord[]
  readonly dead?: readonly { readonly record: OutboxRecord; readonly reason: DeadReason }[]
  /** No pending record of the lane lies before this sequence any more. */
  readonly headSequence?: number
}

/** The operations of a settlement, and the records that it takes away. What is no longer leased is passed over. */
export function planSettlement(
  draft: LedgerDraft,
  lane: string,
  { delivered = [], dead = [], headSequence = 0 }: Settlement,
  leases: Leases,
  wallMs: number,
): { operations: StoreOperation[]; gone: OutboxRecord[] } {
  const { laneNumber } = draft.get(lane)
  const confirmed = delivered.filter(({ sequence }) => leases.isOpen(sequence))
  const given = dead.filter(({ record }) => leases.isOpen(record.sequence))
  const letters = given.map(({ record, reason }) => {
    const pendingKey = keyOf('pending', laneNumber, record.sequence)
    const value = encodeDeadLetter(pendingKey, encodeRecord(pendingKey, record), reason, wallMs)
    return { key: keyOf('dead', laneNumber, record.sequence), value }
  })
  const gone = [...confirmed, ...given.map(({ record }) => record)]

  draft.change(lane, {
    delivered: confirmed.length,
    dead: given.length,
    pendingBytes: -gone.reduce((sum, record) => sum + storedBytes(record), 0),
    deadBytes: letters.reduce((sum, { value }) => sum + value.length, 0),
  })
  const ledger = draft.get(lane)
  if (headSequence > ledger.headSequence) {
    // Who reads the lane may not know of a request that an earlier reader left under way.
    const going = new Set(gone.map(({ sequence }) => sequence))
    draft.set({
      ...ledger,
      headSequence: Math.max(ledger.headSequence, Math.min(headSequence, leases.firstOpen(going))),
    })
  }
  return {
    gone,
    operations: [
      ...gone.map(({ sequence }): StoreOperation => ({ type: 'del', key: keyOf('pending', laneNumber, sequence) })),
      ...letters.map((letter): StoreOperation => ({ type: 'put', ...letter })),
    ],
  }
}
