import { joined, say, type Text } from '../core'
import type { DeadRecord } from '../outbox'

/** One line in the log stands for all dead letters of a lane in this time. */
const burstMs = 10 * 60_000

interface Burst {
  endsAtMs: number
  unsaid: number
}

/** Writes the first dead letter of a burst into the log, and with the next burst's how many were kept quiet. */
export class DeadLetterLog {
  readonly #warn: (text: Text) => void
  readonly #monotonicMs: () => number
  readonly #bursts = new Map<string, Burst>()

  constructor(warn: (text: Text) => void, monotonicMs = () => performance.now()) {
    this.#warn = warn
    this.#monotonicMs = monotonicMs
  }

  died(lane: string, letters: readonly DeadRecord[]): void {
    const [first] = letters
    if (!first) return
    const nowMs = this.#monotonicMs()
    const burst = this.#bursts.get(lane)
    if (burst && nowMs < burst.endsAtMs) {
      burst.unsaid += letters.length
      return
    }
    this.#bursts.set(lane, { endsAtMs: nowMs + burstMs, unsaid: letters.length - 1 })
    const { record, reason } = first
    const what = say`The cloud refuses a value of ${record.stream || lane} for good; it is kept as a dead letter. ${reason.text}`
    const todo = say`Look at it, try it again or drop it with the outbox control node.`
    const more = burst?.unsaid ? [say`Since the previous line, ${burst.unsaid} more have become dead letters.`] : []
    this.#warn(joined([what, todo, ...more], ' '))
  }
}
