import { keyLength } from '../record/keys'
import { crc32c, masked } from './crc32c'
import type { ReusedMemory } from './reused-memory'
import { readVarint, type Uncompressed, uncompress } from './snappy'

/** Where a block lies. Behind it come its type (0 plain, 1 Snappy) and the masked CRC-32C of block and type. */
export interface Handle {
  readonly offset: number
  readonly size: number
}

/** The key is LevelDB's own: ours, then the number of the write (56 bits) with the type in the lowest byte. */
export interface TableEntry {
  readonly key: Buffer
  readonly value: Buffer
}

/** Where everything in a table lies, as its end and its index tell. */
export interface Layout {
  readonly data: readonly Handle[]
  readonly metaindex: Handle
  readonly index: Handle
  /** Those that the metaindex names: filters. */
  readonly meta: readonly Handle[]
}

export const blockTrailerLength = 5
export const footerLength = 48
export const internalKeyLength = keyLength + 8
export const magic = Buffer.from('57fb808b247547db', 'hex')
/** One entry's header, or one restart point with their count. */
const shortestBlock = 8
/** The first entry of a block shares nothing with one before. */
export const beginningOfBlock = Buffer.of(0, internalKeyLength)
/** In a packed block that much lies before its first entry: its length, and the length of what follows literally. */
const packedHeader = 6
const longestSought = 1 << 16

/** Whether the block is as it was written. */
export function isIntact(file: Buffer, handle: Handle): boolean {
  if (!liesWithin(file, handle)) return false
  const { offset, size } = handle
  return masked(crc32c(file, 0, offset, offset + size + 1)) === storedChecksum(file, handle)
}

/** Block and type: what the checksum is about. */
export function checkedBytes(file: Buffer, { offset, size }: Handle): Buffer {
  return file.subarray(offset, offset + size + 1)
}

export function storedChecksum(file: Buffer, { offset, size }: Handle): number {
  return file.readUInt32LE(offset + size + 1)
}

export function liesWithin(file: Buffer, { offset, size }: Handle): boolean {
  return offset + size + blockTrailerLength <= file.length
}

/** What the block holds; of a damaged one as far as it can be told. */
export function contentOf(file: Buffer, { offset, size }: Handle, memory?: ReusedMemory): Uncompressed {
  const bytes = file.subarray(offset, offset + size)
  return file[offset + size] === 0 ? { bytes, isWhole: true } : uncompress(bytes, memory)
}

/**
 * A block's entries: each tells how much of its key it shares with the one before, the lengths of the rest of the key and
 * of the value. Behind them the places at which nothing is shared (uint32), and their number.
 */
export function entriesIn(content: Buffer): { entries: readonly TableEntry[]; isWhole: boolean } {
  const end = entriesEnd(content)
  if (end === undefined) return { entries: [], isWhole: false }
  const { entries, next } = entriesFrom(content, 0, end)
  return { entries, isWhole: next === end }
}

/** Entries one after another, up to the first that makes no sense; `next` is where that one begins. */
export function entriesFrom(content: Buffer, start: number, end: number): { entries: TableEntry[]; next: number } {
  const entries: TableEntry[] = []
  let key = Buffer.alloc(0)
  let next = start
  while (next < end) {
    const place = placeOfEntry(content, next)
    if (!place || place.sharedLength > key.length || place.end > end) break
    const { sharedLength, keyStart, valueStart } = place
    key = Buffer.concat([key.subarray(0, sharedLength), content.subarray(keyStart, valueStart)])
    next = place.end
    entries.push({ key, value: content.subarray(valueStart, next) })
  }
  return { entries, next }
}

/** `undefined` when the end or the index is damaged. @param memory to unpack the index in */
export function layoutOf(file: Buffer, memory?: ReusedMemory): Layout | undefined {
  const { metaindex, index } = readFooter(file) ?? {}
  if (!metaindex || !index || !file.subarray(-magic.length).equals(magic)) return undefined
  const data = handlesIn(file, index, memory)
  const meta = handlesIn(file, metaindex, memory)
  return data && meta && { data, meta, metaindex, index }
}

/** The last 48 bytes: where metaindex and index lie, filled up with zeros, then a magic number. */
export function readFooter(file: Buffer): Pick<Layout, 'metaindex' | 'index'> | undefined {
  const start = file.length - footerLength
  const metaindex = start >= 0 ? readHandle(file, start) : undefined
  const index = metaindex && readHandle(file, metaindex.next)
  return index && { metaindex: metaindex.handle, index: index.handle }
}

function handlesIn(file: Buffer, block: Handle, memory?: ReusedMemory): readonly Handle[] | undefined {
  if (!isIntact(file, block)) return undefined
  const { bytes, isWhole } = contentOf(file, block, memory)
  const end = entriesEnd(bytes)
  if (!isWhole || end === undefined) return undefined
  const handles: Handle[] = []
  for (let at = 0; at < end; ) {
    // Without their keys: there are thousands of entries, and the keys tell nothing here.
    const place = placeOfEntry(bytes, at)
    const handle = place && readHandle(bytes, place.valueStart)?.handle
    if (!place || place.end > end || !handle || !liesWithin(file, handle)) return undefined
    handles.push(handle)
    at = place.end
  }
  return handles
}

interface EntryPlace {
  /** Of the key, how much is the same as in the one before. */
  readonly sharedLength: number
  /** Where the rest of the key begins. */
  readonly keyStart: number
  readonly valueStart: number
  readonly end: number
}

function placeOfEntry(content: Buffer, at: number): EntryPlace | undefined {
  const shared = readVarint(content, at)
  const unshared = shared && readVarint(content, shared.next)
  const length = unshared && readVarint(content, unshared.next)
  if (!length) return undefined
  const valueStart = length.next + unshared.value
  return { sharedLength: shared.value, keyStart: length.next, valueStart, end: valueStart + length.value }
}

/** Where the list of restart points begins; `undefined` where that makes no sense. */
function entriesEnd(content: Buffer): number | undefined {
  const restarts = content.length >= 4 ? content.readUInt32LE(content.length - 4) : 0
  const end = content.length - 4 - 4 * restarts
  return restarts === 0 || end < 0 ? undefined : end
}

function readHandle(bytes: Buffer, at: number): { handle: Handle; next: number } | undefined {
  const offset = readVarint(bytes, at)
  const size = offset && readVarint(bytes, offset.next)
  return size && { handle: { offset: offset.value, size: size.value }, next: size.next }
}

/**
 * Finds the blocks without the index: they lie back to back, and one ends where the checksum of what has gone before is
 * the one that follows. Behind a damaged one the next is sought wherever a block's first entry may begin, as long as it
 * is of usual size. Gaps are reported, too.
 */
export function* walk(file: Buffer): Generator<Handle & { readonly isGap: boolean }> {
  for (let at = 0; at < file.length; ) {
    const end = endOfBlock(file, at, file.length)
    if (end !== undefined) {
      yield { offset: at, size: end - at, isGap: false }
      at = end + blockTrailerLength
    } else {
      const next = nextBlock(file, at + 1) ?? file.length
      yield { offset: at, size: next - at, isGap: true }
      at = next
    }
  }
}

function nextBlock(file: Buffer, from: number): number | undefined {
  for (let at = file.indexOf(beginningOfBlock, from); at >= 0; at = file.indexOf(beginningOfBlock, at + 1))
    for (let start = Math.max(from, at - packedHeader); start <= at; start++)
      if (endOfBlock(file, start, Math.min(file.length, start + longestSought)) !== undefined) return start
  return undefined
}

function endOfBlock(file: Buffer, start: number, limit: number): number | undefined {
  let crc = 0
  let from = start
  for (let end = start + shortestBlock; end + blockTrailerLength <= limit; end++) {
    if ((file[end] as number) > 1) continue
    crc = crc32c(file.subarray(from, end), crc)
    from = end
    if (masked(crc32c(file.subarray(end, end + 1), crc)) === file.readUInt32LE(end + 1)) return end
  }
  return undefined
}
