import { partitionOf } from './partition'
import { encodeParts, partitionIn } from './parts'
import type { UnstoredRecord } from './record'

/** Small beside a request (1,000 records, 128 KB), so that bundles fill it well, and little is lost with a damaged one. */
export const mostRecords = 100
const mostCharacters = 4 * 1024
/** By how much the ages of a bundle's records may differ, in ms, or as a share of the age. */
const widestSpanMs = 1000
const widestSpanShare = 0.1
/** Less than this may lie between two readings of one clock. */
const sameClockMs = 1000

/** A record, or a bundle, that is not stored yet. */
export interface Arrival
  extends Pick<UnstoredRecord, 'stream' | 'payload' | 'eventTimeMs' | 'isArrival' | 'count' | 'parts'> {
  /** Its text may stand in a list with others, separated by commas. */
  readonly listable: boolean
}

/**
 * Bundles records of a partition that come in together. They are stored, sent and deleted as one, until the cloud refuses
 * it: a record of its own costs the store twenty times as much as its place in a bundle.
 */
export class Bundler {
  readonly #open = new Map<number, Bundle>()
  #latest: Bundle | undefined

  readonly #nowMs: number
  readonly #pass: (arrival: Arrival, clockOffsetMs: number) => void

  /** @param pass gets what is complete, each partition in its order */
  constructor(nowMs: number, pass: (arrival: Arrival, clockOffsetMs: number) => void) {
    this.#nowMs = nowMs
    this.#pass = pass
  }

  /** @param clockOffsetMs by how much the clock was ahead of the monotonic one when it came; matters for arrival times only */
  add(arrival: Arrival, clockOffsetMs = 0): void {
    const { stream, payload, eventTimeMs, isArrival, listable, count } = arrival
    if (listable && count === 1) {
      const text = typeof payload === 'string' ? payload : payload.toString('utf8')
      this.put(stream, text, eventTimeMs, isArrival, clockOffsetMs)
      return
    }
    const earlier = this.#open.size > 0 ? this.#open.get(partitionIn(arrival)) : undefined
    if (earlier) this.#close(earlier)
    this.#pass(arrival, clockOffsetMs)
  }

  /** A single record whose text may stand in a list. */
  put(stream: string, text: string, eventTimeMs: number, isArrival: boolean, clockOffsetMs = 0): void {
    const latest = this.#latest
    const partition = latest?.stream === stream ? latest.partition : partitionOf(stream)
    let open = latest?.partition === partition ? latest : this.#open.get(partition)
    if (
      open &&
      !(open.isOfClock(isArrival, clockOffsetMs) && open.hasRoomFor(stream, text.length, eventTimeMs, this.#nowMs))
    ) {
      this.#close(open)
      open = undefined
    }
    if (!open) {
      open = new Bundle(partition, stream, isArrival, clockOffsetMs)
      this.#open.set(partition, open)
    }
    this.#latest = open
    open.add(stream, text, eventTimeMs)
  }

  end(): void {
    for (const open of this.#open.values()) this.#close(open)
  }

  #close(bundle: Bundle): void {
    this.#open.delete(bundle.partition)
    if (this.#latest === bundle) this.#latest = undefined
    this.#pass(bundle.arrival(), bundle.clockOffsetMs)
  }
}

class Bundle {
  readonly #texts: string[] = []
  readonly #eventTimesMs: number[] = []
  readonly #streams: string[]
  readonly #streamNumbers: number[] = []
  /** Once there are several. */
  #numberOf: Map<string, number> | undefined
  #characters = 0
  #firstEventMs = Number.POSITIVE_INFINITY
  #lastEventMs = Number.NEGATIVE_INFINITY

  readonly #isArrival: boolean

  /** @param stream of the first record, later of the last */
  constructor(
    readonly partition: number,
    public stream: string,
    isArrival: boolean,
    readonly clockOffsetMs: number,
  ) {
    this.#isArrival = isArrival
    this.#streams = [stream]
  }

  /** Arrival times that prove wrong are set right for a bundle as a whole: those of other clocks go into another. */
  isOfClock(isArrival: boolean, clockOffsetMs: number): boolean {
    return isArrival === this.#isArrival && (!isArrival || Math.abs(clockOffsetMs - this.clockOffsetMs) < sameClockMs)
  }

  /**
   * Whether one more has room. Whether data is live or late is told by its age, for a bundle as a whole; so only such as
   * are about equally old go together.
   */
  hasRoomFor(stream: string, characters: number, eventTimeMs: number, nowMs: number): boolean {
    const nameCharacters = stream === this.stream ? 0 : stream.length
    if (this.#texts.length >= mostRecords || this.#characters + characters + nameCharacters > mostCharacters)
      return false
    const last = Math.max(this.#lastEventMs, eventTimeMs)
    const spanMs = last - Math.min(this.#firstEventMs, eventTimeMs)
    return spanMs <= widestSpanMs || spanMs <= (nowMs - last) * widestSpanShare
  }

  add(stream: string, text: string, eventTimeMs: number): void {
    this.#streamNumbers.push(this.#take(stream))
    this.#texts.push(text)
    this.#eventTimesMs.push(eventTimeMs)
    this.#characters += text.length
    if (eventTimeMs < this.#firstEventMs) this.#firstEventMs = eventTimeMs
    if (eventTimeMs > this.#lastEventMs) this.#lastEventMs = eventTimeMs
  }

  arrival(): Arrival {
    const texts = this.#texts
    const eventTimesMs = this.#eventTimesMs
    const streams = this.#streams
    const streamNumbers = this.#streamNumbers
    const eventTimeMs = this.#firstEventMs
    const isArrival = this.#isArrival
    return {
      stream: streams.length > 1 ? '' : this.stream,
      payload: texts.join(),
      eventTimeMs,
      isArrival,
      count: texts.length,
      parts: texts.length > 1 ? encodeParts({ texts, eventTimesMs, streams, streamNumbers }) : undefined,
      listable: true,
    }
  }

  /** The stream's number. */
  #take(stream: string): number {
    if (this.#streams.length === 1 && stream === this.stream) return 0
    this.#numberOf ??= new Map([[this.stream, 0]])
    this.stream = stream
    const known = this.#numberOf.get(stream)
    if (known !== undefined) return known
    const number = this.#streams.push(stream) - 1
    this.#numberOf.set(stream, number)
    this.#characters += stream.length
    return number
  }
}
