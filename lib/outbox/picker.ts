import type { Freshness } from './destination'
import { firstOf, sizeOf } from './record'
import type { Segment } from './refusals'
import type { Attempt, Sending } from './sending'
import { isFullEnough } from './window'

/** Chooses what is sent next. */
export class Picker {
  private lastKind: Freshness = 'backlog'
  private refusalsFirst = false

  constructor(private readonly sending: Sending) {}

  /** The next attempt, entered as in flight, if anything may go. */
  next(nowMs: number): Attempt | undefined {
    const special = () => this.fromRefusals(nowMs) ?? this.fromParkedStreams(nowMs)
    // While everything is refused, only something else can tell whether the cloud takes anything at all.
    if (this.sending.gate.state === 'parked') return this.fromWindows(1) ?? this.fromSegments('far') ?? special()
    // Turn by turn, so that the splitting of a bad batch holds up nobody else.
    const attempt = this.refusalsFirst
      ? (special() ?? this.fromWindows())
      : (this.fromWindows() ?? (this.isReading() ? undefined : special()))
    if (attempt) this.refusalsFirst = !this.refusalsFirst
    return attempt
  }

  /** A probe that is others' turn waits until it is known whether there are others. */
  private isReading(): boolean {
    const { gate, reader, pace } = this.sending
    return gate.isProbing && (reader.isShort('live', pace) || reader.isShort('backlog', pace))
  }

  private fromRefusals(nowMs: number): Attempt | undefined {
    const suspect = this.sending.refusals.takeSuspect(nowMs)
    return suspect ? this.enter(suspect, 'segment') : this.fromSegments('near')
  }

  private fromSegments(end: 'near' | 'far'): Attempt | undefined {
    const { refusals, orderKeyOf } = this.sending
    const isFree = (segment: Segment) =>
      segment.records.every((record) => this.sending.isFree(orderKeyOf(record), segment.kind)) &&
      !refusals.hasEarlier(segment)
    const segment = refusals.takeSegment(isFree, end)
    return segment && this.enter(segment, 'segment')
  }

  private fromParkedStreams(nowMs: number): Attempt | undefined {
    const probe = this.sending.parked.takeDue(nowMs)
    return probe && this.enter({ kind: 'backlog', records: [probe], refusedSinceMs: nowMs }, 'stream-probe')
  }

  /** Live and backlog take turns: live gets half of the requests, and each the share that the other leaves. */
  private fromWindows(mostRecords = Number.POSITIVE_INFINITY): Attempt | undefined {
    const { options, pace, reader, gate } = this.sending
    // A probe is no turn: the first thing that gets through is live.
    const order: Freshness[] = this.lastKind === 'live' && !gate.isProbing ? ['backlog', 'live'] : ['live', 'backlog']
    const limits = {
      bytes: pace.bytes,
      records: Math.min(mostRecords, pace.records),
      oneKey: options.destination.batching === 'stream',
    }
    // Live data that is not read yet goes before backlog that is.
    if (reader.isShort('live', pace)) return undefined
    for (const kind of order) {
      if (this.isCollecting(kind)) continue
      const records = reader
        .window(kind)
        .take(limits, (key) => this.sending.isFree(key, kind), this.sending.waiting(kind))
      if (records.length === 0) continue
      this.lastKind = kind
      return this.enter({ kind, records, refusedSinceMs: Number.POSITIVE_INFINITY }, 'window')
    }
    return undefined
  }

  /**
   * A batch is read to its full size before it goes; and while one that is not full is under way, what arrives makes up the
   * next one, instead of many small ones beside it.
   */
  private isCollecting(kind: Freshness): boolean {
    const { options, pace, reader, inFlight } = this.sending
    if (reader.isShort(kind, pace)) return true
    if (options.destination.batching === 'stream') return false
    const { count, bytes } = reader.window(kind)
    if (count >= pace.records || bytes >= pace.bytes) return false
    return inFlight.some((attempt) => attempt.kind === kind && !isFullEnough(sizeOf(attempt.records), pace))
  }

  private enter(segment: Segment, origin: Attempt['origin']): Attempt {
    const { logins, orderKeyOf } = this.sending
    const attempt = {
      ...segment,
      origin,
      orderKeys: new Set(segment.records.map(orderKeyOf)),
      probedStream: origin === 'stream-probe' ? segment.records[0]?.stream : undefined,
      firstSequence: firstOf(segment.records),
      logins,
      abort: new AbortController(),
      taken: false,
    }
    this.sending.inFlight.push(attempt)
    return attempt
  }
}
