import { lastSequence, type OutboxRecord } from '../record/record'
import { bytesOfAll, storedBytes } from './bytes'
import type { QueueCore } from './queue-core'

/** What it needs of the queue. */
export type StretchQueue = Pick<QueueCore, 'held' | 'leasesOf' | 'read' | 'surrender'>

/** A lane from its beginning, as far as it was read for what could be evicted. */
export class Stretch {
  readonly #free: OutboxRecord[] = []

  readonly #queue: StretchQueue
  readonly #lane: string
  /** Read up to here. */
  before = 0

  constructor(
    queue: StretchQueue,
    lane: string,
    public atEnd: boolean,
  ) {
    this.#queue = queue
    this.#lane = lane
  }

  /** Reads one slice more. Answers how many bytes of it could be evicted as things are. */
  async readOn(): Promise<number> {
    const lane = this.#lane
    const { before } = this
    const { records, nextSequence, atEnd } = await this.#queue.read(lane, before, lastSequence)
    this.#free.push(...records)
    this.atEnd = atEnd
    this.before = atEnd ? lastSequence : nextSequence
    return bytesOfAll([...records, ...this.#queue.held(lane, before, this.before).unsent])
  }

  /** What has not been sent yet. */
  unsent(): OutboxRecord[] {
    const leases = this.#queue.leasesOf(this.#lane)
    const free = this.#free.filter(({ sequence }) => !leases.isHeld(sequence))
    return [...free, ...this.#queue.held(this.#lane, 0, this.before).unsent]
  }

  underWay(): readonly OutboxRecord[] {
    return this.#queue.held(this.#lane, 0, this.before).underWay
  }

  /** Takes those of this lane from whoever holds them. */
  take(unsent: readonly OutboxRecord[]): void {
    const leases = this.#queue.leasesOf(this.#lane)
    const ofLane = unsent.filter(({ lane }) => lane === this.#lane)
    this.#queue.surrender(this.#lane, new Set(ofLane.filter(({ sequence }) => !leases.take(sequence))))
  }
}

export function bySequence(records: readonly OutboxRecord[]): OutboxRecord[] {
  return [...records].sort((a, b) => a.sequence - b.sequence)
}

/** The oldest of what has not been sent, before this sequence: this much, or all. */
export function oldestOf(stretches: readonly Stretch[], before: number, wantedBytes: number): OutboxRecord[] {
  const chosen: OutboxRecord[] = []
  let bytes = 0
  for (const record of bySequence(stretches.flatMap((stretch) => stretch.unsent()))) {
    if (bytes >= wantedBytes || record.sequence >= before) break
    bytes += storedBytes(record)
    chosen.push(record)
  }
  return chosen
}
