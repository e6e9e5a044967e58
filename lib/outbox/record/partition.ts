/** Twice as many as requests of a lane are under way at most; more would make smaller bundles. Part of the stored form. */
const partitionCount = 16

/**
 * Streams are dealt out to a few partitions, by FNV-1a of their names as they are stored. A lane whose requests hold many
 * streams keeps order by partition, so that a bundle may hold several streams of one.
 */
export function partitionOf(stream: string): number {
  let hash = 0x811c9dc5
  let surrogates = 0
  for (let at = 0; at < stream.length; at++) {
    const code = stream.charCodeAt(at)
    if ((code & 0xf800) === 0xd800) surrogates++
    hash = Math.imul(hash ^ code, 0x01000193)
  }
  // Half of a pair is stored as another character.
  const stored = surrogates > 0 ? Buffer.from(stream).toString() : stream
  if (stored !== stream) return partitionOf(stored)
  // The lowest bits of the product depend on the lowest bits of the characters alone.
  return presentPartition(hash ^ (hash >>> 15))
}

/** Of one that was stored when there were more of them: the streams in it are of one partition still. */
export function presentPartition(stored: number): number {
  return stored & (partitionCount - 1)
}
