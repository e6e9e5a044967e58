import { type OutboxRecord, partLength, type UnstoredRecord } from './record'

/** Small beside a request (1,000 records, 128 KB), so that bundles fill it well, and little is lost with a damaged one. */
export const mostRecords = 100
const mostCharacters = 4 * 1024
/** By how much the ages of a bundle's records may differ, in ms, or as a share of the age. */
const widestSpanMs = 1000
const widestSpanShare = 0.1

/** A record, or a bundle, that is not stored yet. */
export interface Arrival extends Pick<UnstoredRecord, 'stream' | 'payload' | 'eventTimeMs' | 'count' | 'parts'> {
  /** Its text may stand in a list with others of the stream, separated by commas. */
  readonly listable: boolean
}

/**
 * Bundles records of a stream that come in together. They are stored, sent and deleted as one, until the cloud refuses it:
 * a record of its own costs the store twenty times as much as its place in a bundle.
 */
export class Bundler {
  private readonly open = new Map<string, Bundle>()
  private latest: Bundle | undefined

  /** @param pass gets what is complete, each stream in its order */
  constructor(
    private readonly nowMs: number,
    private readonly pass: (arrival: Arrival) => void,
  ) {}

  add(arrival: Arrival): void {
    const { stream, payload, eventTimeMs, listable, count } = arrival
    let open = this.latest?.stream === stream ? this.latest : this.open.get(stream)
    if (!listable || count > 1) {
      if (open) this.close(open)
      this.pass(arrival)
      return
    }
    const text = typeof payload === 'string' ? payload : payload.toString('utf8')
    if (open && !open.hasRoomFor(text.length, eventTimeMs, this.nowMs)) {
      this.close(open)
      open = undefined
    }
    if (!open) {
      open = new Bundle(stream)
      this.open.set(stream, open)
    }
    this.latest = open
    open.add(text, eventTimeMs)
  }

  end(): void {
    for (const open of this.open.values()) this.close(open)
  }

  private close(bundle: Bundle): void {
    this.open.delete(bundle.stream)
    if (this.latest === bundle) this.latest = undefined
    this.pass(bundle.arrival())
  }
}

/** What comes in at once for one lane, bundled as it comes: a thousand texts apart would weigh more than their bundles. */
export class Arrivals {
  private readonly complete: Arrival[] = []
  private only: Arrival | undefined
  private bundler: Bundler | undefined

  /** @param nowMs wall clock, Unix ms */
  constructor(private readonly nowMs: number) {}

  /** @param listable whether its text may stand in a list with others of the stream, separated by commas */
  add(stream: string, payload: Buffer | string, eventTimeMs: number, listable = false): void {
    const arrival = { stream, payload, eventTimeMs, listable, count: 1, parts: undefined }
    if (!this.only) {
      this.only = arrival
      return
    }
    if (!this.bundler) {
      this.bundler = new Bundler(this.nowMs, (complete) => this.complete.push(complete))
      this.bundler.add(this.only)
    }
    this.bundler.add(arrival)
  }

  /** All of them; nothing is added any more. */
  all(): readonly Arrival[] {
    if (!this.bundler) return this.only ? [this.only] : []
    this.bundler.end()
    return this.complete
  }
}

class Bundle {
  private readonly texts: string[] = []
  private readonly eventTimesMs: number[] = []
  private characters = 0
  private firstEventMs = Number.POSITIVE_INFINITY
  private lastEventMs = Number.NEGATIVE_INFINITY

  constructor(readonly stream: string) {}

  /**
   * Whether one more has room. Whether data is live or late is told by its age, for a bundle as a whole; so only such as
   * are about equally old go together.
   */
  hasRoomFor(characters: number, eventTimeMs: number, nowMs: number): boolean {
    if (this.texts.length >= mostRecords || this.characters + characters > mostCharacters) return false
    const last = Math.max(this.lastEventMs, eventTimeMs)
    const spanMs = last - Math.min(this.firstEventMs, eventTimeMs)
    return spanMs <= widestSpanMs || spanMs <= (nowMs - last) * widestSpanShare
  }

  add(text: string, eventTimeMs: number): void {
    this.texts.push(text)
    this.eventTimesMs.push(eventTimeMs)
    this.characters += text.length
    if (eventTimeMs < this.firstEventMs) this.firstEventMs = eventTimeMs
    if (eventTimeMs > this.lastEventMs) this.lastEventMs = eventTimeMs
  }

  arrival(): Arrival {
    const { stream, texts, firstEventMs: eventTimeMs } = this
    return { stream, payload: texts.join(), eventTimeMs, count: texts.length, parts: this.parts(), listable: true }
  }

  /** Length of the text in UTF-16 (uint32) and event time (float64) of each; none for a single one. */
  private parts(): Buffer | undefined {
    if (this.texts.length === 1) return undefined
    const parts = Buffer.allocUnsafe(this.texts.length * partLength)
    for (const [at, text] of this.texts.entries()) {
      parts.writeUInt32BE(text.length, at * partLength)
      parts.writeDoubleBE(this.eventTimesMs[at] ?? 0, at * partLength + 4)
    }
    return parts
  }
}

/** The records of a bundle by themselves; a single one as it is. */
export function takeApart(record: OutboxRecord): OutboxRecord[] {
  if (!record.parts) return [record]
  const text = record.payload.toString('utf8')
  let end = -1
  return eventTimesOf(record).map((eventTimeMs, at): OutboxRecord => {
    const start = end + 1
    end = start + (record.parts?.readUInt32BE(at * partLength) ?? 0)
    const payload = Buffer.from(text.slice(start, end))
    return { ...record, sequence: record.sequence + at, count: 1, eventTimeMs, payload, parts: undefined }
  })
}

/** Of each record in it. */
export function eventTimesOf({ parts, count, eventTimeMs }: OutboxRecord): number[] {
  if (!parts) return [eventTimeMs]
  return Array.from({ length: count }, (_, at) => parts.readDoubleBE(at * partLength + 4))
}
