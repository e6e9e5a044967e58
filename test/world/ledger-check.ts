import { decodeDeadLetter } from '../../lib/outbox/record/dead-letter'
import type { EvictionEntry } from '../../lib/outbox/record/eviction'
import { areaOf, keyLength, laneNumberOf } from '../../lib/outbox/record/keys'
import { decodeChecked, type LaneLedger, pendingOf } from '../../lib/outbox/record/ledger'
import { decodeRecord } from '../../lib/outbox/record/record'
import type { StoreOperation } from '../../lib/outbox/store/store'
import type { DiskWitness } from './disk'
import type { Truth } from './truth'

interface Kept {
  readonly area: 'pending' | 'dead'
  readonly laneNumber: number
  readonly ids: readonly number[]
}

/**
 * Reads along what goes onto the disk. Each batch is whole there or not at all, so after each the ledger on the disk has to
 * be true of what lies beside it, and whatever has left must have gone somewhere.
 */
export class LedgerCheck implements DiskWitness {
  readonly #kept = new Map<string, Kept>()
  readonly #pending = new Map<number, number>()
  readonly #dead = new Map<number, number>()
  /** How many places on the disk hold a value. */
  readonly #places = new Map<number, number>()
  readonly ledgers = new Map<number, LaneLedger>()

  constructor(private readonly truth: Truth) {}

  isKept(id: number): boolean {
    return (this.#places.get(id) ?? 0) > 0
  }

  isPending(id: number): boolean {
    for (const { area, ids } of this.#kept.values()) if (area === 'pending' && ids.includes(id)) return true
    return false
  }

  /** Of all dead letters. */
  deadBytes(): number {
    let bytes = 0
    for (const ledger of this.ledgers.values()) bytes += ledger.deadBytes
    return bytes
  }

  applied(operations: readonly StoreOperation[]): void {
    const gone = new Map<number, number>()
    const come = new Set<number>()
    let evicted = 0
    const before = new Map(this.ledgers)
    for (const operation of operations) {
      const area = areaOf(operation.key)
      if (area === 'pending' || area === 'dead') this.#change(operation, area, gone, come)
      else if (operation.type === 'put' && area === 'lane') this.#learn(operation.value)
      else if (operation.type === 'put' && area === 'eviction')
        evicted += decodeChecked<EvictionEntry>(operation.value)?.count ?? 0
    }
    this.#settle(gone, evicted, before)
    if (evicted > 0) this.#lookForHaste(gone, come)
    for (const ledger of this.ledgers.values()) this.#compare(ledger)
  }

  #change(operation: StoreOperation, area: 'pending' | 'dead', gone: Map<number, number>, come: Set<number>): void {
    const place = operation.key.toString('latin1')
    const counts = area === 'pending' ? this.#pending : this.#dead
    const laneNumber = laneNumberOf(operation.key)
    const count = (by: number) => counts.set(laneNumber, (counts.get(laneNumber) ?? 0) + by)
    const before = this.#kept.get(place)
    if (before) {
      this.#kept.delete(place)
      count(-before.ids.length)
      for (const id of before.ids) {
        this.#places.set(id, (this.#places.get(id) ?? 0) - 1)
        gone.set(id, laneNumber)
      }
    }
    if (operation.type === 'del') return
    const ids = this.#idsOf(operation.key, operation.value, area)
    this.#kept.set(place, { area, laneNumber, ids })
    count(ids.length)
    for (const id of ids) {
      this.#places.set(id, (this.#places.get(id) ?? 0) + 1)
      come.add(id)
      const value = this.truth.of(id)
      if (!value) continue
      if (area === 'dead') value.hasDied = true
      value.isSettled = false
    }
  }

  #idsOf(key: Buffer, value: Buffer, area: 'pending' | 'dead'): number[] {
    const record = area === 'dead' ? decodeDeadLetter(value, keyLength)?.record : decodeRecord(key, value)
    if (!record) {
      this.truth.violated('a record that cannot be read', `${area} record is not readable as it was written`)
      return []
    }
    const ids = this.truth.idsIn(record.payload.toString())
    if (ids.length !== record.count)
      this.truth.violated('a wrong count', `a record says ${record.count}, and holds ${ids.length} values`)
    return ids
  }

  #learn(value: Buffer): void {
    const ledger = decodeChecked<LaneLedger>(value)
    if (ledger) this.ledgers.set(ledger.laneNumber, ledger)
  }

  /** Whoever is not on the disk any more was taken by the cloud, evicted, thrown away, or never accepted. */
  #settle(gone: ReadonlyMap<number, number>, evicted: number, before: ReadonlyMap<number, LaneLedger>): void {
    let unexplained = 0
    let example = -1
    for (const [id] of gone) {
      const value = this.truth.of(id)
      if (!value || this.isKept(id)) continue
      if (value.taken > 0) value.isSettled = true
      else if (value.offer === 'accepted') {
        unexplained++
        example = id
        value.isGivenUp = true
      }
    }
    let booked = evicted
    for (const [number, { dropped, damaged }] of this.ledgers) {
      const earlier = before.get(number)
      booked += dropped - (earlier?.dropped ?? 0) + damaged - (earlier?.damaged ?? 0)
    }
    if (unexplained > booked)
      this.truth.violated(
        'a value is lost',
        `${unexplained} accepted values, such as ${example}, left the disk, and the cloud has not got them; booked are ${booked}`,
      )
  }

  /** What is being sent is evicted only where nothing else is left that could be. */
  #lookForHaste(gone: ReadonlyMap<number, number>, come: ReadonlySet<number>): void {
    const { values, opening } = this.truth
    const early = values.find(
      ({ id, underWay, confirmedIn }) => underWay > 0 && gone.has(id) && !this.isKept(id) && confirmedIn !== opening,
    )
    if (!early) return
    const other = values.find(({ id, wasSent }) => !wasSent && !come.has(id) && this.isPending(id))
    if (other)
      this.truth.violated(
        'evicted on its way',
        `value ${early.id} of ${early.stream} was evicted while it was being sent, and value ${other.id}, which nobody has sent, was not`,
      )
  }

  #compare(ledger: LaneLedger): void {
    const { lane, laneNumber } = ledger
    const pending = this.#pending.get(laneNumber) ?? 0
    const dead = this.#dead.get(laneNumber) ?? 0
    if (pendingOf(ledger) === pending && ledger.dead === dead) return
    const { accepted, delivered, dropped, evicted, damaged } = ledger
    const sum = `accepted ${accepted} = delivered ${delivered} + pending ${pendingOf(ledger)} + dead ${ledger.dead} + dropped ${dropped} + evicted ${evicted} + damaged ${damaged}`
    this.truth.violated(
      'the sum',
      `${lane}: the ledger says ${sum}; the disk holds ${pending} pending and ${dead} dead`,
    )
  }
}
