import { isMixed, partitionIn, streamsOf } from '../record/parts'
import { grouped, type OutboxRecord } from '../record/record'
import { CondemnedRecords } from './condemned'
import type { Freshness } from './destination'
import type { OrderKey } from './order'
import { backoffMs } from './pace'

/** Records on their way, or to be sent next, and when they, or those they were sent with, were first refused. */
export interface Segment {
  readonly kind: Freshness
  readonly records: readonly OutboxRecord[]
  /** Monotonic ms. */
  readonly refusedSinceMs: number
  /** Together with the records they were refused: where those are taken, one of these is to blame. */
  readonly rest?: readonly OutboxRecord[]
}

export interface Suspect extends Segment {
  readonly refusals: number
  readonly retryAtMs: number
  /** How often it was sent since, and nothing was said about its content. */
  readonly faults?: number
}

/** The second refusal counts only if it comes this much later than the first. */
const secondTryMs = 1000
const longestRetryMs = 5 * 60_000
/** A record that has been refused for this long, with nothing else to try, is given up without proof. */
const longestDoubtMs = 60 * 60_000
const mostSuspects = 10_000

/**
 * What the cloud refuses for its content. A batch of several streams is halved until the stream is alone; the record is
 * then found on the stream's own way (`AsideStream`). Alone, it is sent once more, at least a second later. Refused again by
 * a cloud that has taken others since, it is given up; without that proof the fault may lie in the cloud, and it is only
 * tried again, ever more slowly.
 */
export class Refusals {
  readonly #segments: Segment[] = []
  readonly #suspects: Suspect[] = []
  readonly condemned = new CondemnedRecords()
  /** Some suspects wait for proof. */
  #isProofAwaited = false

  /**
   * A single record was refused.
   * @param refusals how often by now
   * @param isProven whether the cloud takes others
   * @param isGeneral whether everything is refused
   */
  refused(
    segment: Segment,
    refusals: number,
    { nowMs, isProven, isGeneral }: { nowMs: number; isProven: boolean; isGeneral: boolean },
  ): 'waits' | 'guilty' {
    const isOverdue = !isGeneral && nowMs - segment.refusedSinceMs >= longestDoubtMs
    if (refusals > 1 && (isProven || isOverdue)) return 'guilty'
    const waitMs = isProven ? secondTryMs : Math.max(secondTryMs, backoffMs(refusals - 1, 1, { capMs: longestRetryMs }))
    this.#isProofAwaited ||= !isProven
    this.#suspects.push({ ...segment, refusals, retryAtMs: nowMs + waitMs })
    return 'waits'
  }

  /**
   * Halves what was refused, for the first half to be sent: by streams; while bundles of several streams are among them, by
   * partitions, and one of these by its records: the streams of a bundle keep their places.
   */
  split({ kind, records, refusedSinceMs }: Segment): void {
    const runs = [...grouped<OrderKey>(records, records.some(isMixed) ? partitionIn : ({ stream }) => stream).values()]
    const half = <Item>(items: readonly Item[]) => Math.ceil(items.length / 2)
    const [only] = runs
    const first = runs.length === 1 && only ? only.slice(0, half(only)) : runs.slice(0, half(runs)).flat()
    const taken = new Set(first)
    const rest = records.filter((record) => !taken.has(record))
    this.#segments.push({ kind, records: first, refusedSinceMs, ...(rest.length > 0 && { rest }) })
  }

  /** The streams of the parts of this freshness. */
  streams(kind: Freshness): Set<string> {
    const streams = new Set<string>()
    for (const segment of this.#segments)
      if (segment.kind === kind)
        for (const record of all(segment)) for (const stream of streamsOf(record)) streams.add(stream)
    return streams
  }

  /** Takes out of the parts everything that doesn't belong there any more; suspects stay. */
  remove(isGone: (record: OutboxRecord) => boolean): OutboxRecord[] {
    const removed: OutboxRecord[] = []
    for (const segment of this.#segments.splice(0)) {
      const gone = all(segment).filter(isGone)
      removed.push(...gone)
      if (gone.length === 0) this.#segments.push(segment)
      else this.#keep(segment, new Set(gone))
    }
    return removed
  }

  /** Suspects, and those given up that find no room. */
  readonly judged = {
    remove: (isGone: (record: OutboxRecord) => boolean): OutboxRecord[] => {
      const suspects = removedFrom(this.#suspects, ({ records: [record] }) => record !== undefined && isGone(record))
      const records = suspects.flatMap(({ records }) => records)
      for (const record of records) this.condemned.settled(record)
      return [...records, ...this.condemned.remove(isGone)]
    },
  }

  /** Sent, but without an answer about the content: comes again first. */
  putBack(segment: Segment): void {
    if (isSuspect(segment)) this.#suspects.push(segment)
    else this.#segments.push(segment)
  }

  /** The cloud, or the line, had a fault at this suspect: it is tried again later, ever more slowly. */
  putOff(suspect: Segment, nowMs: number): void {
    if (!isSuspect(suspect)) return
    const { faults = 0 } = suspect
    this.#suspects.push({ ...suspect, faults: faults + 1, retryAtMs: nowMs + backoffMs(faults, 1) })
  }

  /** The cloud has taken something: suspects that waited for this proof are due. */
  accepted(nowMs: number): void {
    if (!this.#isProofAwaited) return
    this.#isProofAwaited = false
    this.#suspects.forEach((suspect, at) => {
      if (suspect.retryAtMs > nowMs + secondTryMs) this.#suspects[at] = { ...suspect, retryAtMs: nowMs + secondTryMs }
    })
  }

  /** Everything is due. */
  hurry(): void {
    this.condemned.hurry()
    this.#suspects.forEach((suspect, at) => {
      this.#suspects[at] = { ...suspect, retryAtMs: Number.NEGATIVE_INFINITY }
    })
  }

  takeSegment(isFree: (segment: Segment) => boolean): Segment | undefined {
    const at = this.#segments.findLastIndex(isFree)
    return at < 0 ? undefined : this.#segments.splice(at, 1)[0]
  }

  takeSuspect(nowMs: number): Suspect | undefined {
    const at = this.#suspects.findIndex(({ retryAtMs }) => retryAtMs <= nowMs)
    if (at >= 0) return this.#suspects.splice(at, 1)[0]
    const record = this.condemned.takeDue(nowMs)
    // It was found guilty already; refused once more, it is so at once.
    const refusedSinceMs = Number.NEGATIVE_INFINITY
    return record && { kind: 'late', records: [record], refusedSinceMs, refusals: 1, retryAtMs: nowMs }
  }

  /** See `Accused.nextMs`. */
  nextSuspectMs(nowMs: number): number {
    let next = this.condemned.nextMs(nowMs)
    for (const { retryAtMs } of this.#suspects) if (retryAtMs > nowMs) next = Math.min(next, retryAtMs)
    return next
  }

  /** Single records that were refused once and are to be tried again. */
  get suspects(): number {
    return this.#suspects.length
  }

  /** So many are suspected that they are judged before others are. */
  get isFull(): boolean {
    return this.#suspects.length >= mostSuspects
  }

  get parts(): number {
    return this.#segments.length
  }

  held(): OutboxRecord[] {
    return [...[...this.#segments, ...this.#suspects].flatMap(all), ...this.condemned.held()]
  }

  #keep({ kind, records, refusedSinceMs, rest = [] }: Segment, gone: ReadonlySet<OutboxRecord>): void {
    const left = records.filter((record) => !gone.has(record))
    const leftRest = rest.filter((record) => !gone.has(record))
    const [first, then] = left.length > 0 ? [left, leftRest] : [leftRest, []]
    if (first.length > 0) this.#segments.push({ kind, records: first, refusedSinceMs, rest: then })
  }
}

/** Those to be sent, and those refused together with them. */
export function all({ records, rest }: Segment): readonly OutboxRecord[] {
  return rest ? [...records, ...rest] : records
}

export function isSuspect(segment: Segment): segment is Suspect {
  return 'refusals' in segment
}

function removedFrom<Item>(items: Item[], isGone: (item: Item) => boolean): Item[] {
  const removed = items.filter(isGone)
  if (removed.length > 0) items.splice(0, items.length, ...items.filter((item) => !isGone(item)))
  return removed
}
