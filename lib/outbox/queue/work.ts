import type { Change } from '../log/change'
import type { Arrival } from '../record/bundle'
import type { Claims } from './claims'

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
  /** How many entries of the log it is about, roughly. Default 1. */
  readonly entries?: number
  /** After a power cut, all of it is there or nothing. */
  readonly together?: boolean
  /** What is to be written. Called once more when the group has to be written again. */
  plan(claims: Claims): readonly Change[]
  /** It is on the disk. */
  committed?(): void
  /** It could not be written, and never will be. */
  abandoned?(): void
}
