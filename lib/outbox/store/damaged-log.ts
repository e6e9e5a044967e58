import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { nextTurn } from '../../core'
import { keyLength, keyOf } from '../record/keys'
import { isWholeEntry } from '../record/whole-entry'
import { crc32c, masked } from './crc32c'
import { ReusedMemory } from './reused-memory'
import type { Store, StoreEntry } from './store'

/** LevelDB's log: blocks of 32 KB; in them pieces, each behind its CRC-32C (masked), length (uint16) and type. */
const blockLength = 32_768
const headerLength = 7
const blocksPerTurn = 8
const putBackEntries = 500

const tags = { del: 0, put: 1 } as const
const areas = ['pending', 'dead'] as const

/** The names of a folder's logs, the oldest first. */
export async function logsIn(folder: string): Promise<readonly string[]> {
  const names: string[] = await readdir(folder).catch(() => [])
  return names.filter((name) => name.endsWith('.log')).sort()
}

/** Whether every piece of a store's logs is as it was written. */
export async function areWholeLogs(folder: string): Promise<boolean> {
  const memory = new ReusedMemory()
  for (const name of await logsIn(folder)) if (!(await isWholeLogFile(join(folder, name), memory))) return false
  return true
}

/** One that can't be read is left to LevelDB, which tells why. */
async function isWholeLogFile(path: string, memory: ReusedMemory): Promise<boolean> {
  const file = await open(path).catch(() => undefined)
  if (!file) return true
  const piece = memory.take(blocksPerTurn * blockLength)
  try {
    for (;;) {
      let length = 0
      for (let read = -1; read !== 0 && length < piece.length; length += read)
        read = (await file.read(piece, length, piece.length - length)).bytesRead
      if (!(await isWholeLog(piece.subarray(0, length)))) return false
      if (length < piece.length) return true
    }
  } catch {
    return true
  } finally {
    await file.close()
  }
}

/** Puts back what opening has lost of the rescued. */
export async function putBack(store: Store, rescued: readonly StoreEntry[]): Promise<void> {
  for (let start = 0; start < rescued.length; start += putBackEntries) {
    const missing: StoreEntry[] = []
    for (const entry of rescued.slice(start, start + putBackEntries))
      if ((await store.get(entry[0])) === undefined) missing.push(entry)
    if (missing.length > 0) await store.batch(missing.map(([key, value]) => ({ type: 'put', key, value })))
  }
}

/** Whether every piece is as it was written. One that a crash has cut off looks like one whose length is damaged. */
export async function isWholeLog(log: Buffer): Promise<boolean> {
  for (let block = 0; block < log.length; block += blockLength) {
    if ((block / blockLength) % blocksPerTurn === blocksPerTurn - 1) await nextTurn()
    const end = Math.min(log.length, block + blockLength)
    for (let at = block; at + headerLength <= end; ) {
      const length = log.readUInt16LE(at + 4)
      const pieceEnd = at + headerLength + length
      if (length === 0 && log[at + 6] === 0) break
      if (pieceEnd > end) return false
      if (log.readUInt32LE(at) !== masked(crc32c(log.subarray(at + headerLength - 1, pieceEnd)))) return false
      at = pieceEnd
    }
  }
  return true
}

/**
 * Whole records and dead letters that the logs put and don't delete again. LevelDB gives up the rest of a block, and all that
 * reaches into it, for one bad byte; but every record proves by its own checksum that it is whole.
 */
export function entriesLeftIn(logs: readonly Buffer[]): StoreEntry[] {
  const entries = new Map<string, StoreEntry>()
  const deleted: string[] = []
  for (const log of logs.map(withoutBlockHeaders)) {
    for (const area of areas) {
      for (const at of placesOf(log, tags.put, area)) {
        const key = log.subarray(at, at + keyLength)
        const value = lengthPrefixed(log, at + keyLength)
        if (value && isWholeEntry(key, value)) entries.set(key.toString('hex'), [key, value])
      }
      for (const at of placesOf(log, tags.del, area)) deleted.push(log.toString('hex', at, at + keyLength))
    }
  }
  for (const key of deleted) entries.delete(key)
  return [...entries.values()]
}

/** What is written goes on behind the header of the next block, wherever it meets a block's end. */
function withoutBlockHeaders(log: Buffer): Buffer {
  const blocks: Buffer[] = []
  for (let block = 0; block < log.length; block += blockLength)
    blocks.push(log.subarray(block + headerLength, block + blockLength))
  return Buffer.concat(blocks)
}

/** Where keys of the area stand behind the tag and their length. */
function* placesOf(log: Buffer, tag: number, area: (typeof areas)[number]): Generator<number> {
  const beginning = Buffer.of(tag, keyLength, keyOf(area, 0, 0)[0] ?? 0)
  for (let at = log.indexOf(beginning); at >= 0; at = log.indexOf(beginning, at + 1)) yield at + 2
}

/** The bytes behind their length, 7 bits a byte, the lowest first. */
function lengthPrefixed(log: Buffer, start: number): Buffer | undefined {
  let length = 0
  for (let at = start, factor = 1; at < log.length && at < start + 5; at++, factor *= 128) {
    const byte = log[at] ?? 0
    length += (byte & 127) * factor
    if (byte < 128) return at + 1 + length <= log.length ? log.subarray(at + 1, at + 1 + length) : undefined
  }
  return undefined
}
