import { crc32 } from '../record/crc32'

const polynomial = 0xedb88320
/** With longer ones, other damage would be taken for a flipped bit too often. */
const longestBody = 8 * 1024
/** A lost sector leaves zeros behind, text has none. */
const zeros = Buffer.alloc(64)

/**
 * Finds the one flipped bit that makes a checksum wrong, in the bytes or in the checksum itself.
 * @returns its number from the first byte's lowest bit on, -1 for one in the checksum; `undefined` where it was not one bit
 */
export function flippedBit(length: number, difference: number): number | undefined {
  if (hasOneBit(difference)) return -1
  // The remainder that a flip in the last bit leaves, and then, a bit at a time, those of the bits before.
  let remainder = polynomial
  for (let bit = 8 * length - 1; bit >= 0; bit--) {
    if (remainder === difference) return bit
    remainder = (remainder & 1 ? (remainder >>> 1) ^ polynomial : remainder >>> 1) >>> 0
  }
  return undefined
}

/**
 * The bytes with the one bit put right that makes their checksum wrong.
 * @param seed of the checksum
 * @returns `undefined` where that does not mend them; the bytes themselves where they are right, or the checksum is wrong
 */
export function mended(bytes: Buffer, checksum: number, seed = 0): Buffer | undefined {
  const difference = (crc32(bytes, seed) ^ checksum) >>> 0
  if (difference === 0) return bytes
  if (bytes.length > longestBody || bytes.includes(zeros)) return undefined
  const bit = flippedBit(bytes.length, difference)
  if (bit === undefined) return undefined
  if (bit < 0) return bytes
  const right = Buffer.from(bytes)
  right[bit >> 3] = (right[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return right
}

function hasOneBit(value: number): boolean {
  return value !== 0 && (value & (value - 1)) === 0
}
