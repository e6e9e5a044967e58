import type { Change } from '../log/change'
import { type DeadRecord, encodeDeadLetter } from '../record/dead-letter'
import { takeApart } from '../record/parts'
import { encodeRecord, type OutboxRecord } from '../record/record'
import type { Claims } from './claims'
import type { Leases } from './leases'

/** What became of records that were leased. */
export interface Settlement {
  readonly delivered?: readonly OutboxRecord[]
  /** Thrown away by a person, or given to another lane. */
  readonly dropped?: readonly OutboxRecord[]
  /** Single ones: a bundle is taken apart before. */
  readonly dead?: readonly DeadRecord[]
}

/** What is written of a settlement, the records that it takes away, and those given up. What is no longer leased is passed over. */
export function planSettlement(
  claims: Claims,
  lane: string,
  { delivered = [], dropped = [], dead = [] }: Settlement,
  leases: Leases,
  wallMs: number,
): { changes: Change[]; gone: OutboxRecord[]; given: DeadRecord[] } {
  const isOurs = ({ sequence }: OutboxRecord) => leases.isOpen(sequence) && claims.claim(lane, sequence)
  const confirmed = delivered.filter(isOurs)
  const thrownAway = dropped.filter(isOurs)
  const given = dead.filter(({ record }) => isOurs(record))
  const buried = given.map(({ record }) => record)
  const changes: Change[] = []
  for (const [records, fate] of [
    [confirmed, 'delivered'],
    [thrownAway, 'dropped'],
    [buried, 'passed'],
  ] as const)
    if (records.length > 0)
      changes.push({ type: 'settle', lane, area: 'pending', fate, sequences: sequencesOf(records) })
  for (const one of given) {
    const { sequence } = one.record
    const body = encodeDeadLetter(one, wallMs)
    changes.push({ type: 'put', lane, area: 'dead', sequence, count: 1, isAccepted: false, body })
  }
  return { changes, gone: [...confirmed, ...thrownAway, ...buried], given }
}

/** A bundle that is taken apart. */
export interface Parting {
  readonly bundle: OutboxRecord
  readonly singles: readonly OutboxRecord[]
}

export function partingOf(bundle: OutboxRecord): Parting {
  return { bundle, singles: takeApart(bundle) }
}

/** Keeps the records of a bundle by themselves; the first takes the bundle's place. Nothing where the bundle's lease has ended meanwhile. */
export function planParting(claims: Claims, lane: string, { bundle, singles }: Parting, leases: Leases): Change[] {
  if (!leases.isOpen(bundle.sequence) || !claims.claim(lane, bundle.sequence)) return []
  return singles.map((record): Change => {
    const { sequence } = record
    leases.take(sequence)
    return { type: 'put', lane, area: 'pending', sequence, count: 1, isAccepted: false, body: encodeRecord(record) }
  })
}

export const sequencesOf = (records: readonly OutboxRecord[]): number[] => records.map(({ sequence }) => sequence)
