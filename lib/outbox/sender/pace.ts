import type { Size } from '../record/record'

/** How much is sent at a time. */
export interface Pace {
  readonly records: number
  /** Of their payloads. */
  readonly bytes: number
  /** Requests at the same time. */
  readonly concurrency: number
}

export interface PaceLimits {
  readonly maxRecords: number
  readonly maxBytes: number
  readonly maxConcurrency: number
}

export const widestPace: PaceLimits = { maxRecords: 1000, maxBytes: 128 * 1024, maxConcurrency: 8 }

/** Of a destination. */
export function limitsOf({
  maxRecords = widestPace.maxRecords,
  maxBytes = widestPace.maxBytes,
}: {
  maxRecords?: number | undefined
  maxBytes?: number | undefined
}): PaceLimits {
  return {
    ...widestPace,
    maxRecords: Math.min(maxRecords, widestPace.maxRecords),
    maxBytes: Math.min(maxBytes, widestPace.maxBytes),
  }
}

/** Younger is live where nothing else is said. */
export const usualLiveLimitMs = 60_000

/** One record at a time, to find out whether anything arrives. */
export const slowestPace: Pace = { records: 1, bytes: 1, concurrency: 1 }

export function startingPace({ maxRecords, maxBytes }: PaceLimits): Pace {
  return { records: maxRecords, bytes: maxBytes, concurrency: 1 }
}

/** After a success with more waiting behind it: a little more of everything. */
export function faster(pace: Pace, limits: PaceLimits): Pace {
  return {
    records: Math.min(limits.maxRecords, Math.ceil(pace.records + limits.maxRecords / 50)),
    bytes: Math.min(limits.maxBytes, Math.ceil(pace.bytes + limits.maxBytes / 50)),
    // One more per round of requests, not per request.
    concurrency: Math.min(limits.maxConcurrency, pace.concurrency + 1 / Math.floor(pace.concurrency)),
  }
}

/** After a batch of this size was too large, or took too long. */
export function smaller(pace: Pace, sent: Size): Pace {
  return {
    ...pace,
    records: Math.max(1, Math.floor(Math.min(pace.records, sent.count) / 2)),
    bytes: Math.max(1, Math.floor(Math.min(pace.bytes, sent.bytes) / 2)),
  }
}

export function throttled(pace: Pace): Pace {
  return {
    records: Math.max(1, Math.floor(pace.records / 2)),
    bytes: Math.max(1024, Math.floor(pace.bytes / 2)),
    concurrency: Math.max(1, Math.floor(pace.concurrency / 2)),
  }
}

/** Exponential, capped, with full jitter. @param random 0 up to 1 */
export function backoffMs(failures: number, random: number, { baseMs = 1000, capMs = 60_000 } = {}): number {
  return random * Math.min(capMs, baseMs * 2 ** Math.min(failures, 30))
}

/** How many records go together, after so many did in vain: half of them; where that was little, half of what would have been sent. */
export function smallerGroup(group: number, refused: number): number {
  return Math.max(1, Math.floor((refused * 2 >= group ? Math.min(group, refused) : group) / 2))
}
