import type { OutboxRecord } from './record'

const firstProbeMs = 5 * 60_000
const longestProbeMs = 15 * 60_000

interface ParkedStream {
  /** The first record that was refused; it alone is sent to find out whether the cloud knows the stream now. */
  probe: OutboxRecord
  /** The earliest record left in the queue. */
  firstSequence: number
  probeAtMs: number
  attempts: number
}

/** Streams that the cloud doesn't know or allow, or stumbles at. Their records stay in the queue; the others go on. */
export class ParkedStreams {
  private readonly streams = new Map<string, ParkedStream>()
  private readonly probing = new Set<string>()

  get count(): number {
    return this.streams.size
  }

  has(stream: string): boolean {
    return this.streams.has(stream)
  }

  /** Parks the stream, or puts off its next probe. Answers which of the records need no longer be held. */
  park(records: readonly OutboxRecord[], nowMs: number): OutboxRecord[] {
    const [first] = records
    if (!first) return []
    const { probe, attempts, ...parked } = this.streams.get(first.stream) ?? {
      probe: first,
      firstSequence: first.sequence,
      attempts: 0,
    }
    const waitMs = Math.min(longestProbeMs, firstProbeMs * 2 ** attempts)
    // What was sent late may be refused after what was sent live.
    const firstSequence = Math.min(parked.firstSequence, first.sequence)
    this.streams.set(first.stream, { probe, firstSequence, probeAtMs: nowMs + waitMs, attempts: attempts + 1 })
    this.probing.delete(first.stream)
    return records.filter(({ sequence }) => sequence !== probe.sequence)
  }

  /** A record of a parked stream was met and left in the queue. */
  passed({ stream, sequence }: OutboxRecord): void {
    const parked = this.streams.get(stream)
    if (parked) parked.firstSequence = Math.min(parked.firstSequence, sequence)
  }

  /** The next probe that is due, if any. */
  takeDue(nowMs: number): OutboxRecord | undefined {
    for (const [stream, { probe, probeAtMs }] of this.streams) {
      if (probeAtMs > nowMs || this.probing.has(stream)) continue
      this.probing.add(stream)
      return probe
    }
    return undefined
  }

  /**
   * The probe didn't find out: it is due again at once; of a bundle that was taken apart, the first record. Answers which
   * need no longer be held.
   */
  undecided(stream: string, records: readonly OutboxRecord[]): readonly OutboxRecord[] {
    this.probing.delete(stream)
    const parked = this.streams.get(stream)
    const [first, ...others] = records
    if (parked && first) parked.probe = first
    return others
  }

  /** The cloud takes the stream again. Answers where to read on, if it was parked. */
  release(stream: string): number | undefined {
    const parked = this.streams.get(stream)
    this.streams.delete(stream)
    this.probing.delete(stream)
    return parked?.firstSequence
  }

  nextProbeMs(): number {
    let next = Number.POSITIVE_INFINITY
    for (const [stream, { probeAtMs }] of this.streams) if (!this.probing.has(stream)) next = Math.min(next, probeAtMs)
    return next
  }

  probeNow(): void {
    for (const parked of this.streams.values()) parked.probeAtMs = Number.NEGATIVE_INFINITY
  }

  firstSequence(): number {
    return Math.min(...[...this.streams.values()].map(({ firstSequence }) => firstSequence))
  }

  /** The records that are held for probing, but for those on their way. */
  held(): OutboxRecord[] {
    return [...this.streams].filter(([stream]) => !this.probing.has(stream)).map(([, { probe }]) => probe)
  }
}
