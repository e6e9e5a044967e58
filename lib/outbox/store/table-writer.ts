import { crc32c, masked } from './crc32c'
import { varint } from './snappy'
import { footerLength, type Handle, magic, type TableEntry } from './table-file'

const blockBytes = 4096

/** A table of LevelDB that holds these entries: plain blocks, no filters. They come in LevelDB's order. */
export function writeTable(entries: readonly TableEntry[]): Buffer {
  const file: Buffer[] = []
  let length = 0
  const add = (block: Buffer): Handle => {
    const handle = { offset: length, size: block.length }
    const checked = Buffer.concat([block, Buffer.of(0)])
    file.push(checked, uint32(masked(crc32c(checked))))
    length += checked.length + 4
    return handle
  }
  const index = blocksOf(entries).map((block): TableEntry => {
    const handle = add(encodeBlock(block))
    return { key: block.at(-1)?.key ?? Buffer.alloc(0), value: encodeHandle(handle) }
  })
  const footer = encodeFooter(add(encodeBlock([])), add(encodeBlock(index)))
  return Buffer.concat([...file, footer])
}

export function encodeFooter(metaindex: Handle, index: Handle): Buffer {
  const footer = Buffer.alloc(footerLength)
  Buffer.concat([encodeHandle(metaindex), encodeHandle(index)]).copy(footer)
  magic.copy(footer, footerLength - magic.length)
  return footer
}

function blocksOf(entries: readonly TableEntry[]): TableEntry[][] {
  const blocks: TableEntry[][] = []
  let bytes = blockBytes
  for (const entry of entries) {
    if (bytes >= blockBytes) {
      blocks.push([])
      bytes = 0
    }
    blocks.at(-1)?.push(entry)
    bytes += entry.key.length + entry.value.length
  }
  return blocks
}

/** No key shares anything with the one before, so that each entry is a place to begin at. */
function encodeBlock(entries: readonly TableEntry[]): Buffer {
  const parts: Buffer[] = []
  const restarts: number[] = entries.length === 0 ? [0] : []
  let length = 0
  for (const { key, value } of entries) {
    restarts.push(length)
    const entry = Buffer.concat([varint(0), varint(key.length), varint(value.length), key, value])
    parts.push(entry)
    length += entry.length
  }
  return Buffer.concat([...parts, ...restarts.map(uint32), uint32(restarts.length)])
}

function encodeHandle({ offset, size }: Handle): Buffer {
  return Buffer.concat([varint(offset), varint(size)])
}

function uint32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeUInt32LE(value)
  return bytes
}
