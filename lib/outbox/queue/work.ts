import type { Arrival } from '../record/bundle'
import type { StoreOperation } from '../store/store'
import type { LedgerDraft } from './ledger-draft'

/** Something to be written. What an append holds may be refused; what settles a record's fate waits until it can. */
export type Work = Append | Settle

export interface Append {
  readonly kind: 'append'
  readonly lane: string
  readonly arrivals: readonly Arrival[]
  /** By how much the clock that gave arrival times was ahead of the monotonic one. */
  readonly clockOffsetMs: number
  /** What they take at most. */
  readonly bytes: number
}

export interface Settle {
  readonly kind: 'settle'
  /** How many store entries it is about, roughly. Default 1. */
  readonly entries?: number
  /** Written in a group of its own, so that store and ledgers are known to agree before and after. */
  readonly alone?: boolean
  /** The operations, and the ledger's changes into the draft. Called once more when the group has to be rewritten. */
  plan(draft: LedgerDraft): readonly StoreOperation[]
  /** Runs in the turn in which the group is known to be on disk. */
  committed?(): void
  /** It could not be written, and never will be. */
  abandoned?(): void
}
