import { type LaneLedger, newLedger } from '../record/ledger'

/** The committed ledgers of all lanes. */
export class LedgerBook {
  /** @param ledgers by lane; only the committer changes them once it is started */
  constructor(readonly ledgers: Map<string, LaneLedger>) {}

  /** The lane's ledger, made where it is missing, so that its figures exist before its first record. */
  ensure(lane: string): LaneLedger {
    const ledger =
      this.ledgers.get(lane) ?? newLedger(lane, 1 + Math.max(0, ...this.all().map(({ laneNumber }) => laneNumber)))
    this.ledgers.set(lane, ledger)
    return ledger
  }

  all(): readonly LaneLedger[] {
    return [...this.ledgers.values()]
  }

  lastSequence(): number {
    return Math.max(0, ...this.all().map(({ lastSequence }) => lastSequence))
  }

  /** Bytes kept, of all lanes, dead letters included. */
  heldBytes(): number {
    let bytes = 0
    for (const { pendingBytes, deadBytes } of this.ledgers.values()) bytes += pendingBytes + deadBytes
    return bytes
  }

  deadBytes(): number {
    return this.all().reduce((sum, { deadBytes }) => sum + deadBytes, 0)
  }

  /** What damage has hidden for a while may lie before everything that is still looked for. */
  lookFromTheBeginning(): void {
    for (const [lane, ledger] of this.ledgers) this.ledgers.set(lane, { ...ledger, headSequence: 0 })
  }
}
