import { type OutboxRecord, partLength } from './record'

/** Small beside a request (1,000 records, 128 KB), so that bundles fill it well, and little is lost with a damaged one. */
export const mostRecords = 100
const mostCharacters = 16 * 1024
/** Half the time between two records may make their difference: is it live, or late? */
const widestSpanMs = 1000
const widestSpanShare = 0.1

/**
 * Records of one stream that came in together. They are stored, sent and deleted as one, until the cloud refuses it: a
 * record of its own costs the store twenty times as much as its place in a bundle.
 */
export class Bundle {
  private readonly texts: string[] = []
  private readonly eventTimesMs: number[] = []
  private characters = 0
  firstEventMs = Number.POSITIVE_INFINITY
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

  get count(): number {
    return this.texts.length
  }

  payload(): string {
    return this.texts.join()
  }

  /** Length of the text in UTF-16 (uint32) and event time (float64) of each; none for a single one. */
  parts(): Buffer | undefined {
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
