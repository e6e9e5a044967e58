import { type Checkpoint, checkpointNames, decodeCheckpoint } from '../../lib/outbox/log/checkpoint'
import { type EntryHeader, findEntry, flags, headerLength, readHeader } from '../../lib/outbox/log/entry'
import { crc32 } from '../../lib/outbox/record/crc32'
import type { Folder } from './disk'

/** An entry, and where it begins in its file. */
export interface Scanned {
  readonly header: EntryHeader
  readonly body: Buffer
  readonly offset: number
}

/** The later checkpoint that is whole. */
export function newest(folder: Folder): Checkpoint | undefined {
  const checkpoints = checkpointNames.flatMap((name) => decodeCheckpoint(folder.bytesOf(name) ?? Buffer.alloc(0)) ?? [])
  return checkpoints.sort((a, b) => b.generation - a.generation)[0]
}

/**
 * The entries one after the other; where bytes are lost, from the next good one on.
 * @param start of these bytes in the file
 */
export function entriesIn(bytes: Buffer, start: number, seed: number): { entries: Scanned[]; isWhole: boolean } {
  const entries: Scanned[] = []
  let isWhole = true
  for (let at = 0; at < bytes.length; ) {
    const header = readHeader(bytes, at, seed)
    const next = at + headerLength + (header?.length ?? 0)
    const body = bytes.subarray(at + headerLength, next)
    if (header && next <= bytes.length && crc32(body) === header.bodyCrc) {
      entries.push({ header, body, offset: start + at })
      at = next
      continue
    }
    const resumed = findEntry(bytes, at + 1, seed)
    if (resumed < 0) break
    isWhole = false
    at = resumed
  }
  const last = entries.at(-1)
  return { entries, isWhole: isWhole && (!last || (last.header.flags & flags.last) !== 0) }
}
