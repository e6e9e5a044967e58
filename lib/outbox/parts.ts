import { partitionOf } from './partition'
import { type OutboxRecord, partLength, tailStart, type UnstoredRecord } from './record'

const runLength = 4

/** Records side by side, before they are stored; those of one stream behind each other. */
export interface Parts {
  readonly texts: readonly string[]
  readonly eventTimesMs: readonly number[]
  /** Of each; none where all are of the same. */
  readonly streams: readonly string[] | undefined
}

/**
 * What it takes to tell the records of a bundle apart: length of the text in UTF-16 (uint32) and event time (float64) of
 * each. Where they are of several streams, these follow: length of the rest (uint32), partition (uint8), and of each run
 * of records of one stream how many they are (uint16), length of the stream's name (uint16), the name.
 */
export function encodeParts({ texts, eventTimesMs, streams }: Parts): Buffer {
  const tail = streams && encodeStreams(streams)
  const tailAt = tailStart(texts.length)
  const bytes = Buffer.allocUnsafe(tailAt + (tail?.length ?? 0))
  for (let at = 0; at < texts.length; at++) {
    bytes.writeUInt32BE(texts[at]?.length ?? 0, at * partLength)
    bytes.writeDoubleBE(eventTimesMs[at] ?? 0, at * partLength + 4)
  }
  tail?.copy(bytes, tailAt)
  return bytes
}

function encodeStreams(streams: readonly string[]): Buffer {
  const head = Buffer.allocUnsafe(5)
  const pieces = [head]
  for (let at = 0; at < streams.length; ) {
    const name = streams[at] ?? ''
    const start = at
    while (streams[at] === name) at++
    const run = Buffer.allocUnsafe(runLength)
    run.writeUInt16BE(at - start)
    run.writeUInt16BE(Buffer.byteLength(name), 2)
    pieces.push(run, Buffer.from(name))
  }
  const tail = Buffer.concat(pieces)
  tail.writeUInt32BE(tail.length - 4)
  tail.writeUInt8(partitionOf(streams[0] ?? ''), 4)
  return tail
}

type Shape = Pick<UnstoredRecord, 'stream' | 'count' | 'parts'>

/** Whether it is a bundle of several streams; its `stream` is empty. */
export const isMixed = ({ count, parts }: Shape): boolean => parts !== undefined && parts.length > tailStart(count)

/** Of all that is in it. */
export function partitionIn(record: Shape): number {
  return isMixed(record) ? (record.parts?.[tailStart(record.count) + 4] ?? 0) : partitionOf(record.stream)
}

/** The stream of each record in it. */
export function streamsOf(record: Shape): string[] {
  const { stream, count, parts } = record
  if (!parts || !isMixed(record)) return new Array<string>(count).fill(stream)
  const streams: string[] = []
  for (let at = tailStart(count) + 5; at < parts.length; ) {
    const nameStart = at + runLength
    const nameEnd = nameStart + parts.readUInt16BE(at + 2)
    const name = parts.toString('utf8', nameStart, nameEnd)
    for (let left = parts.readUInt16BE(at); left > 0; left--) streams.push(name)
    at = nameEnd
  }
  return streams
}

/** When each record in it was measured, Unix ms. */
export function eventTimesOf({
  parts,
  count,
  eventTimeMs,
}: Pick<OutboxRecord, 'parts' | 'count' | 'eventTimeMs'>): number[] {
  if (!parts) return [eventTimeMs]
  return Array.from({ length: count }, (_, at) => parts.readDoubleBE(at * partLength + 4))
}

/** The records of a bundle by themselves; a single one as it is. */
export function takeApart(record: OutboxRecord): OutboxRecord[] {
  const { parts, sequence } = record
  if (!parts) return [record]
  const text = record.payload.toString('utf8')
  const streams = streamsOf(record)
  let end = -1
  return eventTimesOf(record).map((eventTimeMs, at): OutboxRecord => {
    const start = end + 1
    end = start + parts.readUInt32BE(at * partLength)
    const payload = Buffer.from(text.slice(start, end))
    const stream = streams[at] ?? record.stream
    return { ...record, stream, sequence: sequence + at, count: 1, eventTimeMs, payload, parts: undefined }
  })
}
