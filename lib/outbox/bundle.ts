import { partitionOf } from './partition'
import { encodeParts, type Parts, partitionIn } from './parts'
import type { UnstoredRecord } from './record'

/** Small beside a request (1,000 records, 128 KB), so that bundles fill it well, and little is lost with a damaged one. */
export const mostRecords = 100
const mostCharacters = 4 * 1024
/** By how much the ages of a bundle's records may differ, in ms, or as a share of the age. */
const widestSpanMs = 1000
const widestSpanShare = 0.1

/** A record, or a bundle, that is not stored yet. */
export interface Arrival extends Pick<UnstoredRecord, 'stream' | 'payload' | 'eventTimeMs' | 'count' | 'parts'> {
  /** Its text may stand in a list with others, separated by commas. */
  readonly listable: boolean
}

/**
 * Bundles records of a partition that come in together. They are stored, sent and deleted as one, until the cloud refuses
 * it: a record of its own costs the store twenty times as much as its place in a bundle.
 */
export class Bundler {
  private readonly open = new Map<number, Bundle>()
  private latest: Bundle | undefined

  /** @param pass gets what is complete, each partition in its order */
  constructor(
    private readonly nowMs: number,
    private readonly pass: (arrival: Arrival) => void,
  ) {}

  add(arrival: Arrival): void {
    const { stream, payload, eventTimeMs, listable, count } = arrival
    if (listable && count === 1) {
      this.put(stream, typeof payload === 'string' ? payload : payload.toString('utf8'), eventTimeMs)
      return
    }
    const earlier = this.open.size > 0 ? this.open.get(partitionIn(arrival)) : undefined
    if (earlier) this.close(earlier)
    this.pass(arrival)
  }

  /** A single record whose text may stand in a list. */
  put(stream: string, text: string, eventTimeMs: number): void {
    const { latest } = this
    const partition = latest?.stream === stream ? latest.partition : partitionOf(stream)
    let open = latest?.partition === partition ? latest : this.open.get(partition)
    if (open && !open.hasRoomFor(stream, text.length, eventTimeMs, this.nowMs)) {
      this.close(open)
      open = undefined
    }
    if (!open) {
      open = new Bundle(partition, stream)
      this.open.set(partition, open)
    }
    this.latest = open
    open.add(stream, text, eventTimeMs)
  }

  end(): void {
    for (const open of this.open.values()) this.close(open)
  }

  private close(bundle: Bundle): void {
    this.open.delete(bundle.partition)
    if (this.latest === bundle) this.latest = undefined
    this.pass(bundle.arrival())
  }
}

class Bundle {
  private readonly texts: string[] = []
  private readonly eventTimesMs: number[] = []
  /** Of each record, once they are of several. */
  private streams: string[] | undefined
  private characters = 0
  private firstEventMs = Number.POSITIVE_INFINITY
  private lastEventMs = Number.NEGATIVE_INFINITY

  /** @param stream of the first record, later of the last */
  constructor(
    readonly partition: number,
    public stream: string,
  ) {}

  /**
   * Whether one more has room. Whether data is live or late is told by its age, for a bundle as a whole; so only such as
   * are about equally old go together.
   */
  hasRoomFor(stream: string, characters: number, eventTimeMs: number, nowMs: number): boolean {
    const nameCharacters = stream === this.stream ? 0 : stream.length
    if (this.texts.length >= mostRecords || this.characters + characters + nameCharacters > mostCharacters) return false
    const last = Math.max(this.lastEventMs, eventTimeMs)
    const spanMs = last - Math.min(this.firstEventMs, eventTimeMs)
    return spanMs <= widestSpanMs || spanMs <= (nowMs - last) * widestSpanShare
  }

  add(stream: string, text: string, eventTimeMs: number): void {
    if (stream !== this.stream) {
      this.streams ??= this.texts.map(() => this.stream)
      this.characters += stream.length
      this.stream = stream
    }
    this.streams?.push(stream)
    this.texts.push(text)
    this.eventTimesMs.push(eventTimeMs)
    this.characters += text.length
    if (eventTimeMs < this.firstEventMs) this.firstEventMs = eventTimeMs
    if (eventTimeMs > this.lastEventMs) this.lastEventMs = eventTimeMs
  }

  arrival(): Arrival {
    const { stream, streams, firstEventMs: eventTimeMs } = this
    const { texts, eventTimesMs } = this
    const parts = streams ? byStream({ texts, eventTimesMs, streams }) : { texts, eventTimesMs, streams }
    return {
      stream: streams ? '' : stream,
      payload: parts.texts.join(),
      eventTimeMs,
      count: texts.length,
      parts: texts.length > 1 ? encodeParts(parts) : undefined,
      listable: true,
    }
  }
}

/** Those of one stream behind each other, in their order. */
function byStream({ texts, eventTimesMs, streams }: Parts & { streams: readonly string[] }): Parts {
  const places = new Map<string, number[]>()
  for (const [at, stream] of streams.entries()) {
    const ofStream = places.get(stream)
    if (ofStream) ofStream.push(at)
    else places.set(stream, [at])
  }
  const order = [...places.values()].flat()
  return {
    texts: order.map((at) => texts[at] ?? ''),
    eventTimesMs: order.map((at) => eventTimesMs[at] ?? 0),
    streams: order.map((at) => streams[at] ?? ''),
  }
}
