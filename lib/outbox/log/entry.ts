import { crc32 } from '../record/crc32'
import { flippedBit, mended } from './mend'

export const kinds = { put: 1, settle: 2, lane: 3, page: 4 } as const
export type Kind = (typeof kinds)[keyof typeof kinds]

/** What a lane keeps, each in the order of its sequences. */
export const areas = { pending: 1, dead: 2, note: 3 } as const
export type Area = keyof typeof areas

/** `passed`: it lives on as something else: a dead letter, single records, a record again. */
export const fates = { delivered: 1, dropped: 2, evicted: 3, damaged: 4, passed: 5 } as const
export type Fate = keyof typeof fates

/** accepted: new; tied: counts only with its whole group; last: of its group. */
export const flags = { accepted: 1, tied: 2, last: 4 } as const

export const headerLength = 38
/** FE "LOG". */
export const entryMagic = Buffer.from([0xfe, 0x4c, 0x4f, 0x47])
const at = {
  crc: 4,
  bodyCrc: 8,
  length: 12,
  number: 16,
  group: 20,
  kind: 22,
  flags: 23,
  area: 24,
  fate: 25,
  count: 26,
  lane: 28,
  sequence: 32,
} as const

export interface EntryFields {
  readonly kind: Kind
  readonly flags: number
  /** A value of `areas`, or 0. */
  readonly area: number
  /** A value of `fates`, or 0. */
  readonly fate: number
  readonly count: number
  readonly lane: number
  readonly sequence: number
}

/** What an entry holds: bytes, or what can write them. */
export interface Body {
  readonly length: number
  /** Writes all of them from this place on. */
  copy(target: Buffer, start: number): unknown
}

export interface EntryHeader extends EntryFields {
  /** Of the body. */
  readonly length: number
  readonly bodyCrc: number
  /** Of the entry, in its segment. */
  readonly number: number
  /** Of what was written together, modulo 2^16. */
  readonly group: number
}

/** What the checksums of a segment's headers begin with, so that entries of other places don't pass for its own. */
export function seedOf(salt: number, segment: number): number {
  const bytes = Buffer.alloc(12)
  bytes.writeUInt32BE(salt, 0)
  bytes.writeUIntBE(segment, 4, 6)
  return crc32(bytes)
}

/** Writes an entry. @returns where the next one begins */
export function writeEntry(
  target: Buffer,
  start: number,
  fields: EntryFields,
  number: number,
  group: number,
  body: Body,
  seed: number,
): number {
  const bodyStart = start + headerLength
  const end = bodyStart + body.length
  body.copy(target, bodyStart)
  target.set(entryMagic, start)
  target.writeUInt32BE(crc32(target.subarray(bodyStart, end)), start + at.bodyCrc)
  target.writeUInt32BE(body.length, start + at.length)
  target.writeUInt32BE(number, start + at.number)
  target.writeUInt16BE(group & 0xffff, start + at.group)
  target[start + at.kind] = fields.kind
  target[start + at.flags] = fields.flags
  target[start + at.area] = fields.area
  target[start + at.fate] = fields.fate
  target.writeUInt16BE(fields.count, start + at.count)
  target.writeUInt32BE(fields.lane, start + at.lane)
  target.writeUIntBE(fields.sequence, start + at.sequence, 6)
  target.writeUInt32BE(headerCrc(target, start, seed), start + at.crc)
  return end
}

/** The header at this place, or `undefined`. A single flipped bit is mended. */
export function readHeader(source: Buffer, start: number, seed: number): EntryHeader | undefined {
  if (start + headerLength > source.length) return undefined
  const header = source.subarray(start + at.bodyCrc, start + headerLength)
  const isMarked = source.readUInt32BE(start) === entryMagic.readUInt32BE()
  const crc = source.readUInt32BE(start + at.crc)
  if (headerCrc(source, start, seed) === crc)
    return isMarked || isNearlyMarked(source, start) ? parse(header) : undefined
  const right = isMarked ? mended(header, crc, seed) : undefined
  return right && parse(right)
}

/** Where the next entry begins whose header is whole, from here on; -1 for none. */
export function findEntry(source: Buffer, from: number, seed: number): number {
  for (let start = source.indexOf(entryMagic, from); start >= 0; start = source.indexOf(entryMagic, start + 1)) {
    if (start + headerLength > source.length) return -1
    if (headerCrc(source, start, seed) === source.readUInt32BE(start + at.crc)) return start
  }
  return -1
}

/** The body of an entry that is known beforehand, if every byte of it is as it was written. */
export function expectedBody(
  source: Buffer,
  start: number,
  seed: number,
  { number, sequence, lane, length }: Pick<EntryHeader, 'number' | 'sequence' | 'lane' | 'length'>,
): Buffer | undefined {
  const end = start + length
  if (end > source.length || headerCrc(source, start, seed) !== source.readUInt32BE(start + at.crc)) return undefined
  if (source.readUInt32BE(start + at.number) !== number || source.readUInt32BE(start + at.lane) !== lane)
    return undefined
  if (source.readUIntBE(start + at.sequence, 6) !== sequence) return undefined
  if (source.readUInt32BE(start + at.length) !== length - headerLength) return undefined
  const body = source.subarray(start + headerLength, end)
  return crc32(body) === source.readUInt32BE(start + at.bodyCrc) ? body : undefined
}

/** The body as it was written, a flipped bit put right; `undefined` where it is damaged beyond that. */
export function checkedBody(body: Buffer, { bodyCrc }: EntryHeader): Buffer | undefined {
  return mended(body, bodyCrc)
}

const remainders = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1
  return remainder
})

/** For so few bytes, a call out of JavaScript takes longer than they do. */
function headerCrc(source: Buffer, start: number, seed: number): number {
  let crc = ~seed
  const end = start + headerLength
  for (let place = start + at.bodyCrc; place < end; place++)
    crc = (remainders[(crc ^ (source[place] ?? 0)) & 0xff] ?? 0) ^ (crc >>> 8)
  return ~crc >>> 0
}

function parse(header: Buffer): EntryHeader {
  const from = (offset: number) => offset - at.bodyCrc
  return {
    kind: header[from(at.kind)] as Kind,
    flags: header[from(at.flags)] ?? 0,
    area: header[from(at.area)] ?? 0,
    fate: header[from(at.fate)] ?? 0,
    count: header.readUInt16BE(from(at.count)),
    lane: header.readUInt32BE(from(at.lane)),
    sequence: header.readUIntBE(from(at.sequence), 6),
    length: header.readUInt32BE(from(at.length)),
    bodyCrc: header.readUInt32BE(0),
    number: header.readUInt32BE(from(at.number)),
    group: header.readUInt16BE(from(at.group)),
  }
}

function isNearlyMarked(source: Buffer, start: number): boolean {
  const difference = (source.readUInt32BE(start) ^ entryMagic.readUInt32BE()) >>> 0
  return flippedBit(0, difference) === -1
}
