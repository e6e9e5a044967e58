/**
 * The key space: one letter for the area, the lane's number (uint16), the sequence (uint48), all big-endian, so that
 * the store's byte order is the order of acceptance within a lane.
 */
export type Area = 'pending' | 'dead' | 'eviction' | 'lane' | 'format'

const letters: Record<Area, number> = { pending: 0x72, dead: 0x64, eviction: 0x65, lane: 0x73, format: 0x6d }

export const keyLength = 9
export const lastSequence = 2 ** 48 - 1

export function keyOf(area: Area, laneNumber: number, sequence: number): Buffer {
  const key = Buffer.allocUnsafe(keyLength)
  key[0] = letters[area]
  key.writeUInt16BE(laneNumber, 1)
  key.writeUIntBE(sequence, 3, 6)
  return key
}

export function sequenceOf(key: Uint8Array): number {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).readUIntBE(3, 6)
}

export function laneNumberOf(key: Uint8Array): number {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).readUInt16BE(1)
}

export const formatKey = keyOf('format', 0, 0)

/** `undefined` for a key that is not one of ours. */
export function areaOf(key: Uint8Array): Area | undefined {
  return (Object.keys(letters) as Area[]).find((area) => letters[area] === key[0])
}

/** Everything of one area, of one lane or of all. `before` is exclusive. */
export function areaRange(area: Area, laneNumber?: number): { from: Buffer; before: Buffer } {
  return {
    from: keyOf(area, laneNumber ?? 0, 0),
    before: Buffer.concat([keyOf(area, laneNumber ?? 0xffff, lastSequence), Buffer.of(0)]),
  }
}
