import { crc32, crc32OfFew } from './crc32'
import { keyLength } from './keys'

/** One accepted record, as the store keeps it and as a destination receives it. */
export interface OutboxRecord {
  /** Order of acceptance within the outbox; also the record's key in the store. */
  readonly sequence: number
  /** The cloud session that it travels on. */
  readonly lane: string
  /** What it must stay in order with: a device or a sensor. */
  readonly stream: string
  /** Wall clock at acceptance, Unix ms. For people only: nothing is decided by it. */
  readonly acceptedWallMs: number
  /** Monotonic clock at acceptance, ms; comparable only within the same `bootId`. */
  readonly acceptedMonotonicMs: number
  /** The boot (or process) that the monotonic time belongs to: 32 hex digits. */
  readonly bootId: string
  /** When the value was measured, Unix ms. */
  readonly eventTimeMs: number
  /** True when the wall clock showed an impossible year at acceptance. */
  readonly clockImplausible: boolean
  /** The cloud-ready JSON text, UTF-8. */
  readonly payload: Buffer
}

const formatVersion = 1
const offsets = { crc: 0, version: 4, flags: 5, wall: 6, monotonic: 14, event: 22, boot: 30, laneLength: 46 } as const
const headerLength = 50
const implausibleClockFlag = 1

/** Lane and stream names are counted in 16 bits. */
export const longestName = 0xffff

/**
 * The bytes of a record: CRC-32 over the key and all that follows, version, flags, the three times (float64), boot id
 * (16 bytes), the two names' lengths (uint16), lane, stream, payload. The key is under the CRC too, so that a value which
 * damage has moved under another key is noticed.
 */
export function encodeRecord(key: Uint8Array, record: OutboxRecord): Buffer {
  const laneLength = nameBytes(record.lane)
  const streamLength = Buffer.byteLength(record.stream)
  if (laneLength > longestName || streamLength > longestName) throw new RangeError('lane or stream name is too long')
  const value = Buffer.allocUnsafe(headerLength + laneLength + streamLength + record.payload.length)
  value[offsets.version] = formatVersion
  value[offsets.flags] = record.clockImplausible ? implausibleClockFlag : 0
  value.writeDoubleBE(record.acceptedWallMs, offsets.wall)
  value.writeDoubleBE(record.acceptedMonotonicMs, offsets.monotonic)
  value.writeDoubleBE(record.eventTimeMs, offsets.event)
  value.write(record.bootId, offsets.boot, 16, 'hex')
  value.writeUInt16BE(laneLength, offsets.laneLength)
  value.writeUInt16BE(streamLength, offsets.laneLength + 2)
  value.write(record.lane, headerLength)
  value.write(record.stream, headerLength + laneLength)
  record.payload.copy(value, headerLength + laneLength + streamLength)
  value.writeUInt32BE(checksum(key, value), offsets.crc)
  return value
}

/** The record, or `undefined` when key or value are damaged in any way. The payload is a view into `value`. */
export function decodeRecord(key: Buffer, value: Buffer): OutboxRecord | undefined {
  if (!isWholeRecord(key, value)) return undefined
  const streamStart = headerLength + value.readUInt16BE(offsets.laneLength)
  const payloadStart = streamStart + value.readUInt16BE(offsets.laneLength + 2)
  return {
    sequence: key.readUIntBE(key.length - 6, 6),
    ...originOf(value, streamStart),
    stream: value.toString('utf8', streamStart, payloadStart),
    acceptedWallMs: value.readDoubleBE(offsets.wall),
    acceptedMonotonicMs: value.readDoubleBE(offsets.monotonic),
    eventTimeMs: value.readDoubleBE(offsets.event),
    clockImplausible: ((value[offsets.flags] ?? 0) & implausibleClockFlag) !== 0,
    payload: value.subarray(payloadStart),
  }
}

/** Whether key and value are as they were written. */
export function isWholeRecord(key: Buffer, value: Buffer): boolean {
  if (value.length < headerLength || value[offsets.version] !== formatVersion) return false
  return value.readUInt32BE(offsets.crc) === checksum(key, value)
}

/** What a record takes in the store by our own count: key, header, names and payload, in bytes. */
export function storedBytes({ lane, stream, payload }: OutboxRecord): number {
  return keyLength + headerLength + nameBytes(lane) + Buffer.byteLength(stream) + payload.length
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
