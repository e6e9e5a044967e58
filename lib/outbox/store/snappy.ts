import type { ReusedMemory } from './reused-memory'

export interface Uncompressed {
  /** As far as it goes: up to the first element that makes no sense. */
  readonly bytes: Buffer
  readonly isWhole: boolean
}

/** A repetition takes three bytes and makes 64 at most. */
const highestRatio = 22

/**
 * Raw Snappy: the length (varint), then elements, each of which either carries bytes or repeats what was there before. Their
 * lowest two bits tell the kind. Source: format_description.txt of Snappy.
 * @param memory where to put it; default: memory of its own
 */
export function uncompress(packed: Buffer, memory?: ReusedMemory): Uncompressed {
  const head = readVarint(packed, 0)
  if (!head || head.value > packed.length * highestRatio) return { bytes: Buffer.alloc(0), isWhole: false }
  const bytes = memory?.take(head.value) ?? Buffer.allocUnsafe(head.value)
  let end = 0
  let at = head.next
  const cut = () => ({ bytes: bytes.subarray(0, end), isWhole: false })
  while (at < packed.length) {
    const tag = packed[at++] as number
    const kind = tag & 3
    let length = (tag >>> 2) + 1
    if (kind === 0) {
      const more = Math.max(0, length - 60)
      if (at + more > packed.length) return cut()
      if (more > 0) length = packed.readUIntLE(at, more) + 1
      at += more
      if (at + length > packed.length || end + length > bytes.length) return cut()
      packed.copy(bytes, end, at, at + length)
      at += length
    } else {
      const width = kind === 3 ? 4 : kind
      if (at + width > packed.length) return cut()
      let offset = packed.readUIntLE(at, width)
      at += width
      if (kind === 1) {
        length = ((tag >>> 2) & 7) + 4
        offset += (tag >>> 5) << 8
      }
      if (offset === 0 || offset > end || end + length > bytes.length) return cut()
      // Byte by byte: it may repeat what it is writing.
      for (let one = 0; one < length; one++) bytes[end + one] = bytes[end + one - offset] as number
    }
    end += length
  }
  return { bytes: bytes.subarray(0, end), isWhole: end === bytes.length }
}

/** Seven bits a byte, the lowest first; up to 2^53. */
export function readVarint(bytes: Uint8Array, at: number): { value: number; next: number } | undefined {
  let value = 0
  for (let next = at, factor = 1; next < bytes.length && next < at + 8; next++, factor *= 128) {
    const byte = bytes[next] as number
    value += (byte & 127) * factor
    if (byte < 128) return Number.isSafeInteger(value) ? { value, next: next + 1 } : undefined
  }
  return undefined
}

export function varint(value: number): Buffer {
  const bytes: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.of(...bytes, rest)
    bytes.push((rest % 128) | 128)
  }
}
