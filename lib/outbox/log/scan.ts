import type { LogFile } from './disk'
import { checkedBody, type EntryHeader, findEntry, headerLength, readHeader } from './entry'

/** An entry that is whole, where it begins and how long it is; or bytes that are not. */
export type Scanned =
  | {
      readonly type: 'entry'
      readonly header: EntryHeader
      readonly body: Buffer
      readonly offset: number
      readonly length: number
      readonly isMended: boolean
    }
  | Hole

export interface Hole {
  readonly type: 'hole'
  readonly offset: number
  readonly length: number
  /** Where it is an entry whose header is whole. */
  readonly header?: EntryHeader
}

const windowBytes = 256 * 1024

/**
 * The entries of a segment and what lies between them, a window of the file at a time.
 * @param end so many bytes of the file count
 * @param seed of the headers
 */
export async function* scan(file: LogFile, start: number, end: number, seed: number): AsyncGenerator<Scanned[]> {
  let length = windowBytes
  for (let offset = start; offset < end; ) {
    const bytes = Buffer.allocUnsafe(Math.min(length, end - offset))
    const read = await file.read(bytes, offset)
    const isEnd = read < bytes.length || offset + read >= end
    const { found, used, wantedBytes } = scanWindow(bytes.subarray(0, read), offset, isEnd, end - offset, seed)
    if (found.length > 0) yield found
    if (isEnd && used === 0 && wantedBytes <= read) return
    offset += used
    length = Math.max(windowBytes, wantedBytes)
  }
}

interface Window {
  found: Scanned[]
  /** So many bytes are done with. */
  used: number
  /** What it takes to read the next entry. */
  wantedBytes: number
}

function scanWindow(bytes: Buffer, base: number, isEnd: boolean, leftBytes: number, seed: number): Window {
  const found: Scanned[] = []
  let at = 0
  while (at < bytes.length) {
    const header = readHeader(bytes, at, seed)
    const next = header && at + headerLength + header.length
    if (header && next !== undefined && next <= bytes.length) {
      const stored = bytes.subarray(at + headerLength, next)
      const body = checkedBody(stored, header)
      const place = { offset: base + at, length: next - at }
      if (body) found.push({ type: 'entry', header, body, ...place, isMended: body !== stored })
      else found.push({ type: 'hole', ...place, header })
      at = next
      continue
    }
    if (header && next !== undefined && next <= leftBytes && !isEnd) return { found, used: at, wantedBytes: next - at }
    if (!header && !isEnd && at + headerLength > bytes.length) return { found, used: at, wantedBytes: 0 }
    const resumed = findEntry(bytes, at + 1, seed)
    // What begins at the end of the window may be a header.
    const until = resumed >= 0 ? resumed : isEnd ? bytes.length : Math.max(at + 1, bytes.length - headerLength + 1)
    found.push({ type: 'hole', offset: base + at, length: until - at })
    at = until
  }
  return { found, used: at, wantedBytes: 0 }
}
