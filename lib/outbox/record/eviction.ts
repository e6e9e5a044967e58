import { eventTimesOf, streamsOf } from './parts'
import { countAll, type OutboxRecord } from './record'

/** `dead-full`: dead letters that made room for others. */
export type EvictionCause = 'full' | 'age' | 'dead-full'

/** What was thrown away, by whom and of which time. Written together with the end of the records. */
export interface EvictionEntry {
  /** Rises with every entry of the outbox. */
  readonly number: number
  readonly atMs: number
  readonly lane: string
  readonly cause: EvictionCause
  readonly count: number
  readonly bytes: number
  /** At most 100 streams; the rest is in `count` only. */
  readonly streams: readonly { stream: string; count: number; firstEventMs: number; lastEventMs: number }[]
}

const streamsNamed = 100
/** Entries kept; older ones make room. The counters know about all. */
export const evictionEntriesKept = 1000

/** Which entries, newest first. */
export interface EvictionQuery {
  /** How many at most; default 100. */
  readonly limit?: number | undefined
  /** Only those with a smaller number: the last of one page leads to the next. */
  readonly before?: number | undefined
  /** Only those of this lane. */
  readonly lane?: string | undefined
}

export function evictionEntry(
  lane: string,
  cause: EvictionCause,
  records: readonly OutboxRecord[],
  bytes: number,
  atMs: number,
): Omit<EvictionEntry, 'number'> {
  const streams = new Map<string, EvictionEntry['streams'][number]>()
  for (const record of records) {
    const timesMs = eventTimesOf(record)
    for (const [at, stream] of streamsOf(record).entries()) {
      const known = streams.get(stream)
      const timeMs = timesMs[at] ?? record.eventTimeMs
      streams.set(stream, {
        stream,
        count: (known?.count ?? 0) + 1,
        firstEventMs: Math.min(known?.firstEventMs ?? timeMs, timeMs),
        lastEventMs: Math.max(known?.lastEventMs ?? timeMs, timeMs),
      })
    }
  }
  return { atMs, lane, cause, count: countAll(records), bytes, streams: [...streams.values()].slice(0, streamsNamed) }
}

/**
 * How old a record is at least, in ms. Within a boot the monotonic clock tells; of an earlier boot only the time since
 * this start is certain, because the wall clock may have been set meanwhile.
 */
export function certainAgeMs(
  record: OutboxRecord,
  now: { bootId: string; monotonicMs: number; openedMonotonicMs: number },
): number {
  const since = record.bootId === now.bootId ? record.acceptedMonotonicMs : now.openedMonotonicMs
  return Math.max(0, now.monotonicMs - since)
}
