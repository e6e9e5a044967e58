import { areaRange, keyOf } from '../record/keys'
import { type LaneLedger, pendingOf } from '../record/ledger'
import type { Store } from '../store/store'

const worthwhileBytes = 32 * 2 ** 20
const worthwhileWhenEmptyBytes = 2 ** 20

/**
 * LevelDB keeps what is deleted on disk until it compacts, which it does when more is written, so after a drain never.
 * Only the deleted beginning of the lane is compacted: the backlog behind it would be copied for nothing.
 */
export class SpaceReclaimer {
  readonly #removedBytes = new Map<string, number>()
  #running = false

  readonly #store: () => Store

  constructor(store: () => Store) {
    this.#store = store
  }

  removed(ledger: LaneLedger, bytes: number): void {
    const { lane, laneNumber, headSequence } = ledger
    const total = (this.#removedBytes.get(lane) ?? 0) + bytes
    this.#removedBytes.set(lane, total)
    const empty = pendingOf(ledger) === 0
    if (this.#running || total < (empty ? worthwhileWhenEmptyBytes : worthwhileBytes)) return
    this.#removedBytes.set(lane, 0)
    const { from, before } = areaRange('pending', laneNumber)
    void this.#compact(from, empty ? before : keyOf('pending', laneNumber, headSequence))
  }

  /** A failure costs nothing but the space, and shows at the next write. */
  async #compact(from: Buffer, before: Buffer): Promise<void> {
    this.#running = true
    try {
      await this.#store().compact({ from, before })
    } catch {
    } finally {
      this.#running = false
    }
  }
}
