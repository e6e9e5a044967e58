import { crc32 as zlibCrc32 } from 'node:zlib'

/** CRC-32 (IEEE 802.3, as in zlib) of `data`, continued from `seed`. */
export const crc32: (data: Uint8Array, seed?: number) => number = zlibCrc32

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1
  return remainder
})

/** The same, and sooner done for a few bytes: a call out of JavaScript takes longer than they do. */
export function crc32OfFew(data: Uint8Array, seed = 0): number {
  let crc = ~seed
  for (const byte of data) crc = (table[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8)
  return ~crc >>> 0
}
