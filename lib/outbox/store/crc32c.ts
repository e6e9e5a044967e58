const firstTable = Int32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte
  for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0x82f63b78 : 0)
  return remainder
})
const secondTable = firstTable.map(afterZero)
const thirdTable = secondTable.map(afterZero)
const fourthTable = thirdTable.map(afterZero)
/** From the highest byte of a remainder in the table to the byte that it belongs to: each is there once. */
const byteOfHighest = Uint8Array.from({ length: 256 }, (_, highest) =>
  firstTable.findIndex((remainder) => remainder >>> 24 === highest),
)

/** CRC-32C (Castagnoli) of the bytes from `start` to `end`, continued from `seed`, as LevelDB uses it. Four bytes a step. */
export function crc32c(bytes: Uint8Array, seed = 0, start = 0, end = bytes.length): number {
  let crc = ~seed
  let at = start
  for (; at + 4 <= end; at += 4) {
    crc ^=
      byteAt(bytes, at) | (byteAt(bytes, at + 1) << 8) | (byteAt(bytes, at + 2) << 16) | (byteAt(bytes, at + 3) << 24)
    crc =
      remainderIn(fourthTable, crc) ^
      remainderIn(thirdTable, crc >>> 8) ^
      remainderIn(secondTable, crc >>> 16) ^
      remainderIn(firstTable, crc >>> 24)
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ remainderIn(firstTable, crc ^ byteAt(bytes, at))
  return ~crc >>> 0
}

/** As LevelDB stores it: a checksum over bytes that hold checksums would be weak. */
export function masked(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0
}

export function unmasked(stored: number): number {
  const rotated = (stored - 0xa282ead8) >>> 0
  return ((rotated >>> 17) | (rotated << 15)) >>> 0
}

/**
 * The one byte whose change makes the checksum right. What a single damaged byte does to a CRC tells its place and its
 * change, as each further byte only moves that along: stepping back from the end, it shows as a remainder of the table.
 */
export function singleError(bytes: Uint8Array, expected: number): { at: number; change: number } | undefined {
  let difference = crc32c(bytes) ^ expected
  for (let at = bytes.length - 1; at >= 0; at--) {
    const byte = byteAt(byteOfHighest, difference >>> 24)
    const remainder = remainderIn(firstTable, byte)
    if (difference === remainder) return { at, change: byte }
    difference = ((difference ^ remainder) << 8) | byte
  }
  return undefined
}

function afterZero(remainder: number): number {
  return (remainder >>> 8) ^ remainderIn(firstTable, remainder)
}

function remainderIn(table: Int32Array, byte: number): number {
  return table[byte & 0xff] as number
}

function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] as number
}
