import { crc32 as zlibCrc32 } from 'node:zlib'

/** CRC-32 (IEEE 802.3, as in zlib) of `data`, continued from `seed`. */
export const crc32: (data: Uint8Array, seed?: number) => number = zlibCrc32
