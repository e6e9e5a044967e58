import { partitionOf, presentPartition } from './partition'
import { type OutboxRecord, partLength, tailStart, type UnstoredRecord } from './record'

/** Records side by side, before they are stored. */
export interface Parts {
  readonly texts: readonly string[]
  readonly eventTimesMs: readonly number[]
  /** The streams that they are of, 255 at most. */
  readonly streams: readonly string[]
  /** Of each record, which of the streams. */
  readonly streamNumbers: readonly number[]
}

/** Length of the tail, partition, number of streams. */
const tailHeadLength = 6

/**
 * What it takes to tell the records of a bundle apart: length of the text in UTF-16 (uint32) and event time (float64) of
 * each. Where they are of several streams, a tail follows: length of the rest (uint32), partition (uint8), number of
 * streams (uint8), of each record which stream (uint8), of each stream the length of its name (uint16) and the name.
 */
export function encodeParts({ texts, eventTimesMs, streams, streamNumbers }: Parts): Buffer {
  const tailAt = tailStart(texts.length)
  const tailLength = streams.length > 1 ? tailHeadLength + texts.length + bytesOfNames(streams) : 0
  const bytes = Buffer.allocUnsafe(tailAt + tailLength)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  for (let at = 0; at < texts.length; at++) {
    view.setUint32(at * partLength, texts[at]?.length ?? 0)
    view.setFloat64(at * partLength + 4, eventTimesMs[at] ?? 0)
  }
  if (tailLength === 0) return bytes
  view.setUint32(tailAt, tailLength - 4)
  bytes[tailAt + 4] = partitionOf(streams[0] ?? '')
  bytes[tailAt + 5] = streams.length
  bytes.set(streamNumbers, tailAt + tailHeadLength)
  let at = tailAt + tailHeadLength + texts.length
  for (const name of streams) {
    const length = bytes.write(name, at + 2)
    bytes.writeUInt16BE(length, at)
    at += 2 + length
  }
  return bytes
}

function bytesOfNames(names: readonly string[]): number {
  let bytes = 0
  for (const name of names) bytes += 2 + Buffer.byteLength(name)
  return bytes
}

type Shape = Pick<UnstoredRecord, 'stream' | 'count' | 'parts'>

/** Whether it is a bundle of several streams; its `stream` is empty. */
export const isMixed = ({ count, parts }: Shape): boolean => parts !== undefined && parts.length > tailStart(count)

/** Of all that is in it. */
export function partitionIn(record: Shape): number {
  return isMixed(record)
    ? presentPartition(record.parts?.[tailStart(record.count) + 4] ?? 0)
    : partitionOf(record.stream)
}

/** The stream of each record in it. */
export function streamsOf(record: Shape): string[] {
  const { stream, count, parts } = record
  if (!parts || !isMixed(record)) return new Array<string>(count).fill(stream)
  const names = namesIn(parts, count)
  const numbersAt = tailStart(count) + tailHeadLength
  return Array.from({ length: count }, (_, at) => names[parts[numbersAt + at] ?? 0] ?? '')
}

/** The streams of all of them, each once. */
export function streamsIn(records: readonly Shape[]): Set<string> {
  const streams = new Set<string>()
  for (const record of records) {
    const { stream, count, parts } = record
    if (!parts || !isMixed(record)) streams.add(stream)
    else for (const name of namesIn(parts, count)) streams.add(name)
  }
  return streams
}

/** Of a bundle of several streams, their names. */
function namesIn(parts: Buffer, count: number): string[] {
  const names: string[] = []
  for (let at = tailStart(count) + tailHeadLength + count; at < parts.length; ) {
    const end = at + 2 + parts.readUInt16BE(at)
    names.push(parts.toString('utf8', at + 2, end))
    at = end
  }
  return names
}

/** The stream of all of them, if it is one. */
export function onlyStream(records: readonly Shape[]): string | undefined {
  const [first] = records
  if (!first) return undefined
  for (const record of records) if (record.stream !== first.stream || isMixed(record)) return undefined
  return first.stream
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
