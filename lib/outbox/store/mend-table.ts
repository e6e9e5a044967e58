import { keyLength } from '../record/keys'
import { isWholeEntry } from '../record/whole-entry'
import { crc32c, masked, singleError, unmasked } from './crc32c'
import { uncompress } from './snappy'
import {
  beginningOfBlock,
  blockTrailerLength,
  checkedBytes,
  contentOf,
  entriesFrom,
  entriesIn,
  footerLength,
  type Handle,
  internalKeyLength,
  isIntact,
  type Layout,
  layoutOf,
  liesWithin,
  readFooter,
  storedChecksum,
  type TableEntry,
  walk,
} from './table-file'
import { encodeFooter, writeTable } from './table-writer'

const types = { del: 0, put: 1 } as const

/**
 * The table as it was written, where at most one byte of each block is damaged, or of its end: the checksums tell which.
 * `undefined` where more is.
 */
export function mendTable(damaged: Buffer): Buffer | undefined {
  const file = Buffer.from(damaged)
  const layout = mendLayout(file)
  if (!layout) return undefined
  const areSound =
    layout.data.every((handle) => isIntact(file, handle) || mendBlock(file, handle, isSoundData)) &&
    layout.meta.every((handle) => isIntact(file, handle) || mendBlock(file, handle, () => true))
  return areSound ? file : undefined
}

/**
 * A new table of what is left of a damaged one; `undefined` when that is nothing. It keeps the numbers of the writes, and
 * the deletions, so that LevelDB itself decides by them what is newest, here and in its other files. Where a deletion is
 * lost, its record comes back and is sent once more: better than losing one.
 */
export function rebuildTable(damaged: Buffer): Buffer | undefined {
  const file = Buffer.from(damaged)
  const layout = mendLayout(file)
  const found: TableEntry[] = []
  const gaps: Handle[] = []
  const blocks = layout?.data.map((handle) => ({ ...handle, isGap: false })) ?? walk(file)
  for (const block of blocks) {
    const isSound = !block.isGap && (isIntact(file, block) || mendBlock(file, block, isSoundData))
    if (isSound) found.push(...entriesIn(contentOf(file, block).bytes).entries.filter(isOurs))
    else gaps.push(block)
  }
  const newest = found.reduce((most, { key }) => (writeOf(key) > most ? writeOf(key) : most), 0n)
  for (const gap of gaps) found.push(...salvage(file, gap, newest))
  const entries = new Map(found.map((entry) => [entry.key.toString('hex'), entry]))
  const ordered = [...entries.values()].sort(inLevelOrder)
  return ordered.length > 0 ? writeTable(ordered) : undefined
}

/** End and index, mended in place if need be. */
function mendLayout(file: Buffer): Layout | undefined {
  const footer = readFooter(file) ?? { metaindex: undefined, index: undefined }
  for (const block of [footer.metaindex, footer.index])
    if (block && liesWithin(file, block) && !isIntact(file, block)) mendBlock(file, block, () => true)
  return layoutOf(file) ?? withNewFooter(file)
}

/** Where all blocks stand undamaged back to back, the last two are metaindex and index. */
function withNewFooter(file: Buffer): Layout | undefined {
  const end = file.length - footerLength
  if (end < 0) return undefined
  const blocks = [...walk(file.subarray(0, end))]
  const [metaindex, index] = blocks.slice(-2)
  if (!metaindex || !index || blocks.some(({ isGap }) => isGap)) return undefined
  encodeFooter(metaindex, index).copy(file, end)
  return layoutOf(file)
}

/** Mends one byte in place, of the block or of its checksum, if what comes out is sound. */
function mendBlock(file: Buffer, handle: Handle, isSound: (file: Buffer, handle: Handle) => boolean): boolean {
  if (!liesWithin(file, handle)) return false
  const bytes = checkedBytes(file, handle)
  const checksum = masked(crc32c(bytes))
  if (haveOneByteApart(checksum, storedChecksum(file, handle))) {
    file.writeUInt32LE(checksum, handle.offset + bytes.length)
    return isSound(file, handle)
  }
  const error = singleError(bytes, unmasked(storedChecksum(file, handle)))
  if (!error) return false
  bytes[error.at] = (bytes[error.at] as number) ^ error.change
  if (isSound(file, handle)) return true
  bytes[error.at] = (bytes[error.at] as number) ^ error.change
  return false
}

function haveOneByteApart(one: number, other: number): boolean {
  const difference = one ^ other
  return [0xff, 0xff00, 0xff0000, 0xff000000].some((mask) => (difference & ~mask) === 0)
}

/** Larger damage may look like a single byte's: one case in thousands. Then hardly anything in the block makes sense. */
function isSoundData(file: Buffer, handle: Handle): boolean {
  const content = contentOf(file, handle)
  const { entries, isWhole } = entriesIn(content.bytes)
  return content.isWhole && isWhole && entries.every(isOurs)
}

function isOurs({ key, value }: TableEntry): boolean {
  if (key.length !== internalKeyLength) return false
  if (key[keyLength] === types.del) return value.length === 0
  return key[keyLength] === types.put && isWholeEntry(key.subarray(0, keyLength), value)
}

/**
 * Whole records in a damaged block, plain or packed, found from wherever a key is written in full. The number of the
 * write is under no checksum: damage must not make it newer than all the others.
 */
function salvage(file: Buffer, gap: Handle, newest: bigint): TableEntry[] {
  const plain = file.subarray(gap.offset, gap.offset + gap.size + blockTrailerLength)
  const unpacked = uncompress(plain).bytes
  const found: TableEntry[] = []
  for (const content of [plain, unpacked]) {
    for (let at = content.indexOf(beginningOfBlock); at >= 0; at = content.indexOf(beginningOfBlock, at + 1)) {
      for (const { key, value } of entriesFrom(content, at, content.length).entries) {
        if (value.length === 0 || !isOurs({ key, value })) continue
        found.push({ key: withWrite(key, writeOf(key) < newest ? writeOf(key) : newest), value })
      }
    }
  }
  return found
}

function withWrite(key: Buffer, write: bigint): Buffer {
  const changed = Buffer.from(key)
  changed.writeBigUInt64LE((write << 8n) | BigInt(types.put), keyLength)
  return changed
}

function writeOf(key: Buffer): bigint {
  return key.readBigUInt64LE(keyLength) >> 8n
}

/** By our key, then the newest write first. */
function inLevelOrder(one: TableEntry, other: TableEntry): number {
  const order = one.key.compare(other.key, 0, keyLength, 0, keyLength)
  if (order !== 0) return order
  return other.key.readBigUInt64LE(keyLength) > one.key.readBigUInt64LE(keyLength) ? 1 : -1
}
