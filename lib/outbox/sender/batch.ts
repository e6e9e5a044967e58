import { type OutboxRecord, type Size, sentBytes } from '../record/record'
import type { Pace } from './pace'

export interface BatchLimits extends Pick<Pace, 'records' | 'bytes'> {
  /** All of one order key. */
  readonly oneKey: boolean
}

/** A share of what the limits of a batch allow. */
const fullEnough = 0.75

/** What is taken together. */
export class Batch implements Size {
  readonly records: OutboxRecord[] = []
  count = 0
  bytes = 0

  readonly #limits: BatchLimits

  constructor(limits: BatchLimits) {
    this.#limits = limits
  }

  get isEmpty(): boolean {
    return this.records.length === 0
  }

  hasRoomFor({ count, bytes }: Size): boolean {
    return this.count + count <= this.#limits.records && this.bytes + bytes <= this.#limits.bytes
  }

  /** Takes the first of these, as many as there is room for; one always finds room. Answers how many. */
  fill(records: readonly OutboxRecord[]): number {
    let added = 0
    for (const record of records) {
      const { count } = record
      const bytes = sentBytes(record)
      if (!this.isEmpty && !this.hasRoomFor({ count, bytes })) break
      this.records.push(record)
      this.count += count
      this.bytes += bytes
      added++
    }
    return added
  }
}

/** Whether it is so much of a batch that more would hardly make a difference. */
export function isFullEnough({ count, bytes }: Size, limits: Pick<Pace, 'records' | 'bytes'>): boolean {
  return count >= fullEnough * limits.records || bytes >= fullEnough * limits.bytes
}
