import {
  type EvictionCause,
  type EvictionEntry,
  type EvictionQuery,
  evictionEntriesKept,
  evictionEntry,
} from '../record/eviction'
import { areaRange, keyOf, sequenceOf } from '../record/keys'
import { decodeChecked, encodeChecked } from '../record/ledger'
import type { OutboxRecord } from '../record/record'
import type { StoreOperation } from '../store/store'
import { entriesOf } from './open-queue'
import type { QueueCore } from './queue-core'

/** Read in one go: each may name a hundred streams. */
const entriesPerSlice = 100

/** What was evicted, written in the batch that evicts it; the latest thousand are kept. */
export class EvictionLog {
  readonly #queue: Pick<QueueCore, 'store'>
  readonly #wallMs: () => number
  #next = 0

  constructor(queue: Pick<QueueCore, 'store'>, wallMs: () => number) {
    this.#queue = queue
    this.#wallMs = wallMs
  }

  async start(): Promise<void> {
    const [last] = await entriesOf(this.#queue.store(), areaRange('eviction'), { limit: 1, reverse: true })
    this.#next = last ? sequenceOf(last[0]) + 1 : 0
  }

  /** The first of so many numbers in a row. */
  takeNumbers(count: number): number {
    const first = this.#next
    this.#next += count
    return first
  }

  /** The newest entries, newest first. */
  async entries({ limit = 100, before = this.#next, lane }: EvictionQuery): Promise<readonly EvictionEntry[]> {
    const entries: EvictionEntry[] = []
    for (let end = Math.min(Math.floor(before), this.#next); end > 0 && entries.length < limit; ) {
      const range = { ...areaRange('eviction'), before: keyOf('eviction', 0, end) }
      const slice = await entriesOf(this.#queue.store(), range, { limit: entriesPerSlice, reverse: true })
      const [oldest] = slice.at(-1) ?? []
      if (!oldest) break
      for (const [key, value] of slice) {
        const entry = decodeChecked<Omit<EvictionEntry, 'number'>>(value)
        if (entry && (lane === undefined || entry.lane === lane)) entries.push({ number: sequenceOf(key), ...entry })
      }
      end = sequenceOf(oldest)
    }
    return entries.slice(0, limit)
  }

  /** Writes down what was evicted, and forgets what was so long ago. */
  operations(
    lane: string,
    cause: EvictionCause,
    records: readonly OutboxRecord[],
    bytes: number,
    entry: number,
  ): StoreOperation[] {
    const value = encodeChecked(evictionEntry(lane, cause, records, bytes, this.#wallMs()))
    const operations: StoreOperation[] = [{ type: 'put', key: keyOf('eviction', 0, entry), value }]
    if (entry >= evictionEntriesKept)
      operations.push({ type: 'del', key: keyOf('eviction', 0, entry - evictionEntriesKept) })
    return operations
  }
}
