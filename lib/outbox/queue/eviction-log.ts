import type { Change } from '../log/change'
import type { LogEntry } from '../log/reader'
import {
  type EvictionCause,
  type EvictionEntry,
  type EvictionQuery,
  evictionEntriesKept,
  evictionEntry,
} from '../record/eviction'
import type { OutboxRecord } from '../record/record'
import type { QueueCore } from './queue-core'

/** No session has this name. */
export const evictionLane = '\0evictions'
/** Read in one go: each may name a hundred streams. */
const entriesPerSlice = 100

/** What was evicted, written together with the eviction; the latest thousand are kept, as notes of a lane of their own. */
export class EvictionLog {
  readonly #queue: Pick<QueueCore, 'log'>
  readonly #wallMs: () => number
  #next: number

  constructor(queue: Pick<QueueCore, 'log'>, wallMs: () => number) {
    this.#queue = queue
    this.#wallMs = wallMs
    const ledger = queue.log.ledger(evictionLane)
    this.#next = ledger ? ledger.lastSequence + 1 : 0
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
    const oldest = Math.max(0, this.#next - evictionEntriesKept)
    for (let end = Math.min(Math.floor(before), this.#next); end > oldest && entries.length < limit; ) {
      const start = Math.max(oldest, end - entriesPerSlice)
      for (const one of (await this.#slice(start, end)).reverse()) {
        const entry = decoded(one)
        if (entry && (lane === undefined || entry.lane === lane)) entries.push(entry)
      }
      end = start
    }
    return entries.slice(0, limit)
  }

  /** Writes down what was evicted, and forgets what was so long ago. */
  changes(
    lane: string,
    cause: EvictionCause,
    records: readonly OutboxRecord[],
    bytes: number,
    sequence: number,
  ): Change[] {
    const body = Buffer.from(JSON.stringify(evictionEntry(lane, cause, records, bytes, this.#wallMs())))
    const note = { lane: evictionLane, area: 'note' } as const
    const changes: Change[] = [{ type: 'put', ...note, sequence, count: 1, isAccepted: false, body }]
    const last = sequence - evictionEntriesKept
    if (last >= 0) changes.push({ type: 'settle', ...note, fate: 'dropped', sequences: [last] })
    return changes
  }

  async #slice(from: number, before: number): Promise<LogEntry[]> {
    const entries: LogEntry[] = []
    for (let start = from; ; ) {
      const slice = await this.#queue.log.read(evictionLane, 'note', start, before)
      entries.push(...slice.entries)
      if (slice.atEnd) return entries
      start = slice.nextSequence
    }
  }
}

function decoded({ sequence, body }: LogEntry): EvictionEntry | undefined {
  try {
    return { number: sequence, ...(JSON.parse(body.toString('utf8')) as Omit<EvictionEntry, 'number'>) }
  } catch {
    return undefined
  }
}
