import { crc32 } from '../record/crc32'
import { LogFault } from './fault'
import { mended } from './mend'

export const formatVersion = 1
const magic = Buffer.from('OUTBOXLG')
export const segmentHeaderLength = 40
const checked = segmentHeaderLength - 4

export interface SegmentHeader {
  readonly number: number
  readonly salt: number
  /** The segment that was written before; 0 for none. */
  readonly previous: number
  /** So many bytes of it count. */
  readonly previousEnd: number
}

export function encodeSegmentHeader({ number, salt, previous, previousEnd }: SegmentHeader): Buffer {
  const bytes = Buffer.alloc(segmentHeaderLength)
  magic.copy(bytes)
  bytes.writeUInt32BE(formatVersion, 8)
  bytes.writeUIntBE(number, 14, 6)
  bytes.writeUInt32BE(salt, 20)
  bytes.writeUIntBE(previous, 26, 6)
  bytes.writeUInt32BE(previousEnd, 32)
  bytes.writeUInt32BE(crc32(bytes.subarray(0, checked)), checked)
  return bytes
}

/** `undefined` where the bytes are damaged. @throws {LogFault} newer */
export function decodeSegmentHeader(bytes: Buffer): SegmentHeader | undefined {
  if (bytes.length < segmentHeaderLength) return undefined
  const right = mended(bytes.subarray(0, checked), bytes.readUInt32BE(checked))
  if (!right?.subarray(0, magic.length).equals(magic)) return undefined
  checkVersion(right.readUInt32BE(8))
  return {
    number: right.readUIntBE(14, 6),
    salt: right.readUInt32BE(20),
    previous: right.readUIntBE(26, 6),
    previousEnd: right.readUInt32BE(32),
  }
}

/** @throws {LogFault} newer */
export function checkVersion(version: number): void {
  if (version > formatVersion) throw new LogFault('newer', `format ${version}`)
}

const prefix = 'segment-'

export const segmentName = (number: number): string => prefix + String(number).padStart(12, '0')

/** `undefined` for the name of another file. */
export function segmentNumberOf(name: string): number | undefined {
  const [, digits] = /^segment-(\d{12})$/.exec(name) ?? []
  return digits === undefined ? undefined : Number(digits)
}
