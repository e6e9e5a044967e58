import { crc32 } from '../record/crc32'
import { ByteReader, ByteWriter } from './bytes'
import type { LogLane } from './lanes'
import { type PageRow, PageRows, type Segment } from './segment'
import { checkVersion, formatVersion } from './segment-header'

const magic = Buffer.from('OUTBOXCP')
const headLength = 28
const crcAt = 24
export const checkpointNames = ['checkpoint-a', 'checkpoint-b'] as const

export interface CheckpointLane
  extends Pick<
    LogLane,
    'lane' | 'number' | 'accepted' | 'delivered' | 'dropped' | 'evicted' | 'damaged' | 'lastSequence'
  > {}

export interface CheckpointSegment {
  readonly number: number
  readonly end: number
  readonly entries: number
  readonly liveCount: number
  readonly liveBytes: number
  readonly live: Uint8Array
  readonly emptyCheckpoints: number
  /** `undefined` for the one that was written to. */
  readonly pages: PageRows | undefined
}

export interface Checkpoint {
  readonly generation: number
  readonly salt: number
  /** What is before this place is told here, what is behind it is not. */
  readonly segment: number
  readonly offset: number
  readonly lanes: readonly CheckpointLane[]
  readonly segments: readonly CheckpointSegment[]
}

/** What a checkpoint says of a segment. */
export function encodeSegmentState(segment: Segment): Buffer {
  const { number, end, entries, liveCount, liveBytes, live, emptyCheckpoints, pages } = segment
  const writer = new ByteWriter(64 + (entries >> 3) + 32 * (pages?.length ?? 0))
  writer.varint(number).varint(end).varint(entries).varint(liveCount).varint(liveBytes).varint(emptyCheckpoints)
  const bits = liveCount === 0 ? new Uint8Array() : live.bytes.subarray(0, (entries + 7) >> 3)
  writer.varint(bits.length).bytes(bits)
  writer.varint(pages ? pages.length + 1 : 0)
  for (let at = 0; at < (pages?.length ?? 0); at++) {
    const row = (pages as PageRows).row(at)
    writer
      .varint(row.lane)
      .varint(row.area)
      .varint(row.first)
      .varint(row.last - row.first)
    writer.varint(row.puts).varint(row.live).varint(row.records).varint(row.bytes)
    writer.varint(row.offset).varint(row.length)
  }
  return writer.end()
}

/**
 * @param states of the segments, encoded
 * @param version another one only in tests
 */
export function encodeCheckpoint(
  { generation, salt, segment, offset }: Omit<Checkpoint, 'lanes' | 'segments'>,
  lanes: Iterable<CheckpointLane>,
  laneCount: number,
  states: readonly Buffer[],
  version = formatVersion,
): Buffer {
  const writer = new ByteWriter(1024)
  writer.varint(salt).varint(segment).varint(offset).varint(laneCount)
  for (const { lane, number, accepted, delivered, dropped, evicted, damaged, lastSequence } of lanes) {
    writer.varint(number).varint(accepted).varint(delivered).varint(dropped).varint(evicted).varint(damaged)
    writer.varint(lastSequence).text(lane)
  }
  writer.varint(states.length)
  const head = Buffer.alloc(headLength)
  magic.copy(head)
  head.writeUInt32BE(version, 8)
  head.writeUIntBE(generation, 14, 6)
  const bytes = Buffer.concat([head, writer.end(), ...states])
  bytes.writeUInt32BE(bytes.length, 20)
  bytes.writeUInt32BE(checksum(bytes), crcAt)
  return bytes
}

/** `undefined` where the bytes are damaged. @throws {LogFault} newer */
export function decodeCheckpoint(bytes: Buffer): Checkpoint | undefined {
  if (bytes.length < headLength || !bytes.subarray(0, magic.length).equals(magic)) return undefined
  const length = bytes.readUInt32BE(20)
  if (length < headLength || length > bytes.length) return undefined
  const whole = bytes.subarray(0, length)
  if (checksum(whole) !== bytes.readUInt32BE(crcAt)) return undefined
  checkVersion(bytes.readUInt32BE(8))
  const reader = new ByteReader(whole.subarray(headLength))
  const place = { salt: reader.varint(), segment: reader.varint(), offset: reader.varint() }
  const lanes = listOf(reader, () => ({
    number: reader.varint(),
    accepted: reader.varint(),
    delivered: reader.varint(),
    dropped: reader.varint(),
    evicted: reader.varint(),
    damaged: reader.varint(),
    lastSequence: reader.varint(),
    lane: reader.text(),
  }))
  const segments = listOf(reader, () => decodeSegmentState(reader))
  return { generation: bytes.readUIntBE(14, 6), ...place, lanes, segments }
}

function decodeSegmentState(reader: ByteReader): CheckpointSegment {
  const state = {
    number: reader.varint(),
    end: reader.varint(),
    entries: reader.varint(),
    liveCount: reader.varint(),
    liveBytes: reader.varint(),
    emptyCheckpoints: reader.varint(),
    live: Uint8Array.from(reader.bytes(reader.varint())),
  }
  const rowCount = reader.varint()
  const rows: PageRow[] = []
  for (let at = 1; at < rowCount; at++) {
    const [lane, area, first] = [reader.varint(), reader.varint(), reader.varint()]
    rows.push({
      lane,
      area,
      first,
      last: first + reader.varint(),
      puts: reader.varint(),
      live: reader.varint(),
      records: reader.varint(),
      bytes: reader.varint(),
      offset: reader.varint(),
      length: reader.varint(),
    })
  }
  return { ...state, pages: rowCount > 0 ? new PageRows(rows) : undefined }
}

function listOf<Item>(reader: ByteReader, read: () => Item): Item[] {
  const items: Item[] = []
  for (let left = reader.varint(); left > 0; left--) items.push(read())
  return items
}

/** Of everything but itself. */
const checksum = (bytes: Buffer): number => crc32(bytes.subarray(crcAt + 4), crc32(bytes.subarray(0, crcAt)))
