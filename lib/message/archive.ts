import { promisify } from 'node:util'
import { crc32, inflateRaw } from 'node:zlib'

/** A file in a ZIP archive; nothing of it is unpacked yet. */
export interface ArchiveEntry {
  /** With its folders, as the archive has it. */
  name: string
  /** Unpacked, as the archive claims. */
  bytes: number
  /**
   * Unpacks it.
   * @param maxBytes no more is ever unpacked, whatever the archive claims
   * @throws ArchiveFault where it is larger, encrypted, packed in an unknown way, or broken
   */
  unpack(maxBytes: number): Promise<Buffer>
}

export type ArchiveFaultKind = 'broken' | 'encrypted' | 'too-large' | 'too-many'

/** Why an archive cannot be read. */
export class ArchiveFault extends Error {
  override readonly name = 'ArchiveFault'
  constructor(readonly kind: ArchiveFaultKind) {
    super(`The archive is ${kind}`)
  }
}

const endMark = 0x06054b50
const endBytes = 22
const longestCommentBytes = 0xffff
const directoryMark = 0x02014b50
const directoryBytes = 46
const localMark = 0x04034b50
const localBytes = 30
const stored = 0
const deflated = 8

const inflate = promisify(inflateRaw)

/** Whether it begins as a ZIP archive does, an empty one too; `.xlsx` files are such archives. */
export function isArchive(bytes: Buffer): boolean {
  if (bytes.length < endBytes) return false
  const mark = bytes.readUInt32LE(0)
  return mark === localMark || mark === endMark
}

/**
 * The files of a ZIP archive by its central directory, without folders. Source: PKWARE's APPNOTE 6.3, sections 4.3 and 4.4.
 * Archives in parts and those that need ZIP64 (more than 4 GB or 65,535 files) count as broken: nobody holds them in memory.
 * @throws ArchiveFault `broken`, or `too-many` for more than `maxEntries` files
 */
export function readArchive(bytes: Buffer, maxEntries: number): ArchiveEntry[] {
  const end = endOfDirectory(bytes)
  const count = bytes.readUInt16LE(end + 10)
  if (count > maxEntries) throw new ArchiveFault('too-many')
  const entries: ArchiveEntry[] = []
  let at = bytes.readUInt32LE(end + 16)
  for (let index = 0; index < count; index++) {
    if (at + directoryBytes > end || bytes.readUInt32LE(at) !== directoryMark) throw new ArchiveFault('broken')
    const header = bytes.subarray(at)
    const nameEnd = directoryBytes + header.readUInt16LE(28)
    const name = header.toString('utf8', directoryBytes, nameEnd).replaceAll('\\', '/')
    if (!name.endsWith('/')) entries.push(entryOf(bytes, header, name))
    at += nameEnd + header.readUInt16LE(30) + header.readUInt16LE(32)
  }
  return entries
}

/** Where the record is that ends an archive: at the end, before a comment of any length. */
function endOfDirectory(bytes: Buffer): number {
  const earliest = Math.max(0, bytes.length - endBytes - longestCommentBytes)
  for (let at = bytes.length - endBytes; at >= earliest; at--) {
    if (bytes.readUInt32LE(at) === endMark && at + endBytes + bytes.readUInt16LE(at + 20) === bytes.length) return at
  }
  throw new ArchiveFault('broken')
}

function entryOf(archive: Buffer, header: Buffer, name: string): ArchiveEntry {
  const isEncrypted = (header.readUInt16LE(8) & 1) === 1
  const method = header.readUInt16LE(10)
  const checksum = header.readUInt32LE(16)
  const packedBytes = header.readUInt32LE(20)
  const bytes = header.readUInt32LE(24)
  const localAt = header.readUInt32LE(42)
  return {
    name,
    bytes,
    async unpack(maxBytes) {
      if (isEncrypted) throw new ArchiveFault('encrypted')
      if (bytes > maxBytes) throw new ArchiveFault('too-large')
      const content = await unpacked(packedContent(archive, localAt, packedBytes), method, maxBytes)
      if (content.length !== bytes || crc32(content) !== checksum) throw new ArchiveFault('broken')
      return content
    },
  }
}

function packedContent(archive: Buffer, localAt: number, packedBytes: number): Buffer {
  if (localAt + localBytes > archive.length || archive.readUInt32LE(localAt) !== localMark)
    throw new ArchiveFault('broken')
  const start = localAt + localBytes + archive.readUInt16LE(localAt + 26) + archive.readUInt16LE(localAt + 28)
  if (start + packedBytes > archive.length) throw new ArchiveFault('broken')
  return archive.subarray(start, start + packedBytes)
}

async function unpacked(content: Buffer, method: number, maxBytes: number): Promise<Buffer> {
  if (method === stored) return content
  if (method !== deflated) throw new ArchiveFault('broken')
  try {
    return await inflate(content, { maxOutputLength: Math.max(1, maxBytes) })
  } catch (failure) {
    const isTooLarge = (failure as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
    throw new ArchiveFault(isTooLarge ? 'too-large' : 'broken')
  }
}
