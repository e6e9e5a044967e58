import type { Freshness } from './destination'
import type { OrderKey } from './order'
import { backoffMs } from './pace'
import { isMixed, partitionIn, streamsOf } from './parts'
import { firstOf, type OutboxRecord } from './record'
import type { FaultRun } from './server-faults'
import { grouped } from './window'

/** A part of a batch that was refused, or that the cloud may have stumbled at, to be sent by itself. */
export interface Segment {
  readonly kind: Freshness
  readonly records: readonly OutboxRecord[]
  /** When the batch that it comes from was first refused, monotonic ms. */
  readonly refusedSinceMs: number
  readonly faults?: FaultRun
}

interface Suspect extends Segment {
  readonly refusals: number
  readonly retryAtMs: number
}

/** The second refusal counts only if it comes this much later than the first. */
const secondTryMs = 1000
const longestRetryMs = 5 * 60_000

/**
 * What the cloud refuses for its content. A batch is halved until the bad record is alone; alone, it is sent once more,
 * at least a second later. Refused again by a cloud that has taken others since, it is given up; without that proof the
 * fault may lie in the cloud, and it is only tried again, ever more slowly.
 */
export class Refusals {
  private readonly segments: Segment[] = []
  private readonly suspects: Suspect[] = []

  /** Halves what was refused. A single record becomes a suspect. Answers `guilty` when it is to be given up. */
  refused(segment: Segment, nowMs: number, lastAcceptedMs: number): 'split' | 'waits' | 'guilty' {
    const [only] = segment.records
    if (segment.records.length > 1) {
      const { kind, records, refusedSinceMs } = segment
      this.split({ kind, records, refusedSinceMs })
      return 'split'
    }
    const refusals = (isSuspect(segment) ? segment.refusals : 0) + 1
    const isProven = lastAcceptedMs >= segment.refusedSinceMs
    if (refusals > 1 && isProven) return 'guilty'
    const waitMs = isProven ? secondTryMs : Math.max(secondTryMs, backoffMs(refusals - 1, 1, { capMs: longestRetryMs }))
    if (only) this.suspects.push({ ...segment, refusals, retryAtMs: nowMs + waitMs })
    return 'waits'
  }

  /** Halves it. A single record is to be sent by itself. */
  split(segment: Segment): void {
    const { records } = segment
    const middle = Math.ceil(records.length / 2)
    this.push(segment, [records.slice(0, middle), records.slice(middle)])
  }

  /**
   * Halves by streams, for a fault that belongs to one of them; a single stream by its records. While bundles of several
   * streams are among them, by partitions, and one of these by its records: the streams of a bundle keep their places.
   */
  splitByStream(segment: Segment): void {
    const { records } = segment
    const runs = [...grouped<OrderKey>(records, records.some(isMixed) ? partitionIn : ({ stream }) => stream).values()]
    const middle = Math.ceil(runs.length / 2)
    if (runs.length === 1) this.split(segment)
    else this.push(segment, [runs.slice(0, middle).flat(), runs.slice(middle).flat()])
  }

  /**
   * The streams of the parts of this freshness.
   * @param isSuspected of those at which the cloud may have stumbled, or of those whose content was refused
   */
  streams(kind: Freshness, isSuspected: boolean, except?: Segment): Set<string> {
    const streams = new Set<string>()
    for (const segment of this.segments)
      if (segment !== except && segment.kind === kind && (segment.faults !== undefined) === isSuspected)
        for (const record of segment.records) for (const stream of streamsOf(record)) streams.add(stream)
    return streams
  }

  /**
   * Whether it has to wait for another part with earlier records of one of its streams. Parts of live and late batches that
   * were suspected one after the other may wait for each other in a circle: then the one with the earliest record goes.
   */
  hasEarlier(segment: Segment): boolean {
    const before = this.allBefore(segment)
    for (const part of before)
      if (firstOf(part.records) < firstOf(segment.records) || !this.allBefore(part).has(segment)) return true
    return false
  }

  /** The parts that it waits for, and those that these wait for. */
  private allBefore(segment: Segment): Set<Segment> {
    const parts = new Set(this.before(segment))
    for (const part of parts) for (const earlier of this.before(part)) parts.add(earlier)
    return parts
  }

  /**
   * The parts that hold earlier records of one of the streams. Those of streams that are suspected elsewhere are parted from
   * the others before they are sent (see `Sending.isEntangled`), so that the others need not wait for them.
   */
  private before(segment: Segment): Segment[] {
    const { kind, records } = segment
    const first = new Map<string, number>()
    for (const record of records)
      for (const stream of streamsOf(record))
        first.set(stream, Math.min(record.sequence, first.get(stream) ?? Number.POSITIVE_INFINITY))
    const suspected = this.streams(kind, true, segment)
    const others = [...first].filter(([stream]) => !suspected.has(stream))
    const decisive = others.length > 0 ? new Map(others) : first
    const isEarlier = (record: OutboxRecord) =>
      streamsOf(record).some((stream) => record.sequence < (decisive.get(stream) ?? Number.NEGATIVE_INFINITY))
    return this.segments.filter((part) => part.kind === kind && part.records.some(isEarlier))
  }

  /** Takes out of the parts everything that doesn't belong there any more. */
  remove(isGone: (record: OutboxRecord) => boolean): OutboxRecord[] {
    const removed: OutboxRecord[] = []
    for (const segment of this.segments.splice(0)) {
      const records = segment.records.filter((record) => !isGone(record))
      if (records.length === segment.records.length) this.segments.push(segment)
      else {
        removed.push(...segment.records.filter(isGone))
        if (records.length > 0) this.segments.push({ ...segment, records })
      }
    }
    return removed
  }

  /** Sent, but without an answer about the content: comes again first; after a fault of the cloud last. */
  putBack(segment: Segment): void {
    if (isSuspect(segment)) this.suspects.push(segment)
    else if (segment.faults) this.segments.unshift(segment)
    else this.segments.push(segment)
  }

  /** The dead letters are full: the suspect waits. */
  putOff(segment: Segment, untilMs: number): void {
    this.suspects.push({ ...segment, refusals: isSuspect(segment) ? segment.refusals : 1, retryAtMs: untilMs })
  }

  /** The cloud has taken something: suspects that waited for this proof are due. */
  accepted(nowMs: number): void {
    this.suspects.forEach((suspect, at) => {
      if (suspect.refusedSinceMs <= nowMs && suspect.retryAtMs > nowMs + secondTryMs)
        this.suspects[at] = { ...suspect, retryAtMs: nowMs + secondTryMs }
    })
  }

  /** Everything is due. */
  hurry(): void {
    this.suspects.forEach((suspect, at) => {
      this.suspects[at] = { ...suspect, retryAtMs: Number.NEGATIVE_INFINITY }
    })
  }

  /** The next part, or, from the `far` end, the one that is least alike to what was just refused. */
  takeSegment(isFree: (segment: Segment) => boolean, end: 'near' | 'far' = 'near'): Segment | undefined {
    const at = end === 'near' ? this.segments.findLastIndex(isFree) : this.segments.findIndex(isFree)
    return at < 0 ? undefined : this.segments.splice(at, 1)[0]
  }

  takeSuspect(nowMs: number): Segment | undefined {
    const at = this.suspects.findIndex(({ retryAtMs }) => retryAtMs <= nowMs)
    return at < 0 ? undefined : this.suspects.splice(at, 1)[0]
  }

  nextSuspectMs(): number {
    return Math.min(Number.POSITIVE_INFINITY, ...this.suspects.map(({ retryAtMs }) => retryAtMs))
  }

  get suspectCount(): number {
    return this.suspects.length
  }

  get parts(): number {
    return this.segments.length
  }

  held(): OutboxRecord[] {
    return [...this.segments, ...this.suspects].flatMap(({ records }) => records)
  }

  /** Left half first: it is older. */
  private push(segment: Segment, [left = [], right = []]: OutboxRecord[][]): void {
    for (const records of [right, left]) if (records.length > 0) this.segments.push({ ...segment, records })
  }
}

function isSuspect(segment: Segment): segment is Suspect {
  return 'refusals' in segment
}
