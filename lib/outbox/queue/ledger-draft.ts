import { ConnectorError, say } from '../../core'
import { keyOf } from '../record/keys'
import { changeLedger, encodeChecked, type LaneLedger, type LedgerChange, type Writable } from '../record/ledger'
import type { StoreOperation } from '../store/store'

/** The ledgers as they will be once the group is on disk. */
export class LedgerDraft {
  readonly #changed = new Map<string, Writable<LaneLedger>>()
  readonly #claimed = new Map<string, Set<number>>()
  readonly #ledgers: ReadonlyMap<string, LaneLedger>

  constructor(ledgers: ReadonlyMap<string, LaneLedger>) {
    this.#ledgers = ledgers
  }

  change(lane: string, change: LedgerChange): void {
    changeLedger(this.#own(lane), change)
  }

  /**
   * Whether this record's fate is for the asker to decide: of one group, two may want to, such as a sender that buries what is
   * evicted. The first one has it.
   */
  claim(lane: string, sequence: number): boolean {
    const claimed = this.#claimed.get(lane) ?? new Set()
    if (claimed.has(sequence)) return false
    this.#claimed.set(lane, claimed.add(sequence))
    return true
  }

  /** Records up to this sequence have been given to the lane. */
  advance(lane: string, lastSequence: number): void {
    this.#own(lane).lastSequence = lastSequence
  }

  get(lane: string): LaneLedger {
    const ledger = this.#changed.get(lane) ?? this.#ledgers.get(lane)
    if (!ledger) throw new ConnectorError('INTERNAL', say`The outbox has no lane ${lane}.`)
    return ledger
  }

  set(ledger: LaneLedger): void {
    this.#changed.set(ledger.lane, { ...ledger })
  }

  operations(): StoreOperation[] {
    return [...this.#changed.values()].map((ledger) => ({
      type: 'put',
      key: keyOf('lane', ledger.laneNumber, 0),
      value: encodeChecked(ledger),
    }))
  }

  changes(): readonly LaneLedger[] {
    return [...this.#changed.values()]
  }

  /** One copy for all changes of the group: it may hold a thousand records. */
  #own(lane: string): Writable<LaneLedger> {
    const present = this.#changed.get(lane)
    if (present) return present
    const own = { ...this.get(lane) }
    this.#changed.set(lane, own)
    return own
  }
}
