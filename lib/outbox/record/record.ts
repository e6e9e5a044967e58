import { crc32, crc32OfFew } from './crc32'
import { keyLength } from './keys'

/** One accepted record, or a bundle of them (parts.ts), as the store keeps it and as a destination receives it. */
export interface OutboxRecord {
  /** Order of acceptance within the outbox; also the record's key in the store. A bundle has `count` of them in a row. */
  readonly sequence: number
  /** Of records that it stands for: 1, or more for a bundle. */
  readonly count: number
  /** The cloud session that it travels on. */
  readonly lane: string
  /** What it must stay in order with: a device or a sensor. Empty for a bundle of several: see `streamsOf`. */
  readonly stream: string
  /** Wall clock at acceptance, Unix ms. For people only: nothing is decided by it. */
  readonly acceptedWallMs: number
  /** Monotonic clock at acceptance, ms; comparable only within the same `bootId`. */
  readonly acceptedMonotonicMs: number
  /** The boot (or process) that the monotonic time belongs to: 32 hex digits. */
  readonly bootId: string
  /** When the value was measured, Unix ms; in a bundle, the earliest. */
  readonly eventTimeMs: number
  /** True when the wall clock showed an impossible year at acceptance. */
  readonly clockImplausible: boolean
  /**
   * It names no time of its own: `eventTimeMs` is when it came, by the clock of then, which may prove wrong. The accepted
   * times tell by how much that clock was ahead of the monotonic one; with `clockImplausible` it was not set at all. In a
   * bundle it is so of all records.
   */
  readonly isArrival: boolean
  /** It was a dead letter, and is tried again: the cloud has refused it already, while it took others. */
  readonly isRevived: boolean
  /** The cloud-ready JSON text, UTF-8; of a bundle, those of its records, separated by commas. */
  readonly payload: Buffer
  /** Of a bundle, what it takes to tell its records apart. */
  readonly parts: Buffer | undefined
}

/** A record to be stored; its text may not be bytes yet. */
export type UnstoredRecord = Omit<OutboxRecord, 'payload'> & { readonly payload: Buffer | string }

const singleVersion = 1
const bundleVersion = 2
/** A bundle of several streams. */
const mixedVersion = 3
const offsets = { crc: 0, version: 4, flags: 5, wall: 6, monotonic: 14, event: 22, boot: 30, laneLength: 46 } as const
const headerLength = 50
const countLength = 2
/** Of one record in the parts of a bundle. */
export const partLength = 12
/** Where, in the parts of a bundle of several streams, these are named. */
export const tailStart = (count: number): number => count * partLength
const implausibleClockFlag = 1
/** Records of versions before this flag count as such with times of their own. */
const arrivalFlag = 2
const revivedFlag = 4

/** Lane and stream names are counted in 16 bits. */
export const longestName = 0xffff

/**
 * The bytes of a record: CRC-32 over the key and all that follows, version, flags, the three times (float64), boot id
 * (16 bytes), the two names' lengths (uint16), lane, stream, in a bundle the count (uint16) and that many parts, payload.
 * The key is under the CRC too, so that a value which damage has moved under another key is noticed.
 * @param allocate gives memory of this length, which need not be cleared
 */
export function encodeRecord(
  key: Uint8Array,
  record: UnstoredRecord,
  allocate: (length: number) => Buffer = Buffer.allocUnsafe,
): Buffer {
  const { payload, parts, count } = record
  const laneLength = nameBytes(record.lane)
  const streamLength = Buffer.byteLength(record.stream)
  if (laneLength > longestName || streamLength > longestName) throw new RangeError('lane or stream name is too long')
  const partsStart = headerLength + laneLength + streamLength
  const payloadStart = partsStart + partsBytes(parts)
  const value = allocate(payloadStart + Buffer.byteLength(payload))
  value[offsets.version] = parts ? bundleVersionOf(parts, count) : singleVersion
  value[offsets.flags] =
    (record.clockImplausible ? implausibleClockFlag : 0) |
    (record.isArrival ? arrivalFlag : 0) |
    (record.isRevived ? revivedFlag : 0)
  value.writeDoubleBE(record.acceptedWallMs, offsets.wall)
  value.writeDoubleBE(record.acceptedMonotonicMs, offsets.monotonic)
  value.writeDoubleBE(record.eventTimeMs, offsets.event)
  value.write(record.bootId, offsets.boot, 16, 'hex')
  value.writeUInt16BE(laneLength, offsets.laneLength)
  value.writeUInt16BE(streamLength, offsets.laneLength + 2)
  value.write(record.lane, headerLength)
  value.write(record.stream, headerLength + laneLength)
  if (parts) {
    value.writeUInt16BE(count, partsStart)
    parts.copy(value, partsStart + countLength)
  }
  if (typeof payload === 'string') value.write(payload, payloadStart)
  else payload.copy(value, payloadStart)
  value.writeUInt32BE(checksum(key, value), offsets.crc)
  return value
}

/** The record, or `undefined` when key or value are damaged in any way. The payload is a view into `value`. */
export function decodeRecord(key: Buffer, value: Buffer): OutboxRecord | undefined {
  if (!isWholeRecord(key, value)) return undefined
  const streamStart = headerLength + value.readUInt16BE(offsets.laneLength)
  const streamEnd = streamStart + value.readUInt16BE(offsets.laneLength + 2)
  const isBundle = value[offsets.version] !== singleVersion
  const count = isBundle ? value.readUInt16BE(streamEnd) : 1
  const payloadStart = streamEnd + (isBundle ? countLength + partsLength(value, streamEnd + countLength, count) : 0)
  const { lane, bootId } = originOf(value, streamStart)
  // In the order of the interface, as `intake.ts` has it: V8 handles objects of one make sooner.
  return {
    sequence: key.readUIntBE(key.length - 6, 6),
    count,
    lane,
    stream: value.toString('utf8', streamStart, streamEnd),
    acceptedWallMs: value.readDoubleBE(offsets.wall),
    acceptedMonotonicMs: value.readDoubleBE(offsets.monotonic),
    bootId,
    eventTimeMs: value.readDoubleBE(offsets.event),
    clockImplausible: ((value[offsets.flags] ?? 0) & implausibleClockFlag) !== 0,
    isArrival: ((value[offsets.flags] ?? 0) & arrivalFlag) !== 0,
    isRevived: ((value[offsets.flags] ?? 0) & revivedFlag) !== 0,
    payload: value.subarray(payloadStart),
    parts: isBundle ? value.subarray(streamEnd + countLength, payloadStart) : undefined,
  }
}

/** Whether key and value are as they were written. */
export function isWholeRecord(key: Buffer, value: Buffer): boolean {
  const version = value[offsets.version]
  if (value.length < headerLength || version === undefined || version < singleVersion || version > mixedVersion)
    return false
  return value.readUInt32BE(offsets.crc) === checksum(key, value)
}

/** Of a value that is whole: how many records it holds. */
export function countOf(value: Buffer): number {
  if (value[offsets.version] === singleVersion) return 1
  const names = value.readUInt16BE(offsets.laneLength) + value.readUInt16BE(offsets.laneLength + 2)
  return value.readUInt16BE(headerLength + names)
}

/** Whether a value, whole or damaged, may hold more than one record. */
export const mayBeBundle = (value: Buffer): boolean => value[offsets.version] !== singleVersion

/** What a record takes in the store by our own count: key, header, names, parts and payload, in bytes. */
export function storedBytes(
  lane: string,
  { stream, payload, parts }: Pick<UnstoredRecord, 'stream' | 'payload' | 'parts'>,
): number {
  const names = nameBytes(lane) + Buffer.byteLength(stream)
  return keyLength + headerLength + names + partsBytes(parts) + Buffer.byteLength(payload)
}

const bundleVersionOf = (parts: Buffer, count: number): number =>
  parts.length > tailStart(count) ? mixedVersion : bundleVersion

/** Of a bundle that is whole. */
function partsLength(value: Buffer, start: number, count: number): number {
  const tailAt = tailStart(count)
  return value[offsets.version] === mixedVersion ? tailAt + 4 + value.readUInt32BE(start + tailAt) : tailAt
}

const partsBytes = (parts: Buffer | undefined): number => (parts ? countLength + parts.length : 0)

/** Of all of them. */
export function countAll(records: readonly OutboxRecord[]): number {
  let count = 0
  for (const record of records) count += record.count
  return count
}

/** The lowest of their sequences. */
export function firstOf(records: readonly OutboxRecord[]): number {
  return records.reduce((first, { sequence }) => Math.min(first, sequence), Number.POSITIVE_INFINITY)
}

/** What a record takes in a request, with a comma. */
export const sentBytes = ({ payload }: OutboxRecord): number => payload.length + 1

let lastName = ''
let lastNameBytes = 0

/** A name's length in UTF-8. The lane's is asked for at every record, and is the same string then. */
export function nameBytes(name: string): number {
  if (name !== lastName) {
    lastName = name
    lastNameBytes = Buffer.byteLength(name)
  }
  return lastNameBytes
}

type Origin = Pick<OutboxRecord, 'lane' | 'bootId'>
let lastOrigin: { bytes: Buffer; origin: Origin } | undefined

/** Lane and boot id. Records that lie beside each other share them, and then the very same strings. */
function originOf(value: Buffer, laneEnd: number): Origin {
  const { boot, laneLength } = offsets
  if (lastOrigin?.bytes.compare(value, boot, laneEnd) === 0) return lastOrigin.origin
  const origin = {
    lane: value.toString('utf8', headerLength, laneEnd),
    bootId: value.toString('hex', boot, laneLength),
  }
  lastOrigin = { bytes: Buffer.from(value.subarray(boot, laneEnd)), origin }
  return origin
}

function checksum(key: Uint8Array, value: Buffer): number {
  return crc32(value.subarray(offsets.version), crc32OfFew(key))
}

/** Of records: how many, those in bundles included, and their bytes as they are sent. */
export interface Size {
  readonly count: number
  readonly bytes: number
}

export function sizeOf(records: readonly OutboxRecord[]): Size {
  let count = 0
  let bytes = 0
  for (const record of records) {
    count += record.count
    bytes += sentBytes(record)
  }
  return { count, bytes }
}
