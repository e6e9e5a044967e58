import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import type { Page } from 'playwright-core'
import { type Box, isSamePicture } from './picture'

/** A film is an animated PNG (APNG): browsers and README pages play it, what knows only PNG shows its first picture. */

export interface Frame {
  picture: Buffer
  /** For how long it is shown. */
  ms: number
  /** What is different in each run, such as a count. */
  besides: readonly Box[]
}

/** Writes a film, unless the file shows the same already. */
export async function saveFilm(page: Page, file: string, frames: readonly Frame[]): Promise<void> {
  if (existsSync(file)) {
    const before = framesOf(readFileSync(file))
    const same = frames.map(async ({ picture, besides }, index) => {
      const former = before[index]
      return former !== undefined && (await isSamePicture(page, [former, picture], besides))
    })
    if (before.length === frames.length && (await Promise.all(same)).every(Boolean)) return
  }
  writeFileSync(file, filmOf(frames))
}

/** @param frames pictures of the same size, as PNG */
export function filmOf(frames: readonly Pick<Frame, 'picture' | 'ms'>[]): Buffer {
  let sequence = 0
  const body = frames.flatMap(({ picture, ms }, index) => {
    const chunks = chunksOf(picture)
    const header = chunks.find(({ type }) => type === 'IHDR')
    if (!header) throw new Error('a frame is not a PNG')
    const control = Buffer.alloc(26)
    control.writeUInt32BE(sequence++, 0)
    // Width and height, as the header has them.
    header.data.copy(control, 4, 0, 8)
    control.writeUInt16BE(ms, 20)
    control.writeUInt16BE(1_000, 22)
    const data = chunks
      .filter(({ type }) => type === 'IDAT')
      .map(({ data }) => (index === 0 ? chunk('IDAT', data) : chunk('fdAT', Buffer.concat([uint32(sequence++), data]))))
    return [chunk('fcTL', control), ...data]
  })
  const [first] = frames
  const header = first ? chunksOf(first.picture).find(({ type }) => type === 'IHDR') : undefined
  if (!header) throw new Error('a film needs a frame')
  const forEver = 0
  const animation = Buffer.concat([uint32(frames.length), uint32(forEver)])
  return Buffer.concat([
    signature,
    chunk('IHDR', header.data),
    chunk('acTL', animation),
    ...body,
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** The pictures of a film that `filmOf` made, each as a PNG. */
export function framesOf(film: Buffer): Buffer[] {
  const chunks = chunksOf(film)
  const header = chunks.find(({ type }) => type === 'IHDR')
  if (!header) return []
  const parts: Buffer[][] = []
  for (const { type, data } of chunks) {
    if (type === 'fcTL') parts.push([])
    if (type === 'IDAT') parts.at(-1)?.push(data)
    if (type === 'fdAT') parts.at(-1)?.push(data.subarray(4))
  }
  return parts.map((data) =>
    Buffer.concat([
      signature,
      chunk('IHDR', header.data),
      ...data.map((one) => chunk('IDAT', one)),
      chunk('IEND', Buffer.alloc(0)),
    ]),
  )
}

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

function chunksOf(png: Buffer): { type: string; data: Buffer }[] {
  const chunks: { type: string; data: Buffer }[] = []
  for (let at = signature.length; at < png.length; ) {
    const length = png.readUInt32BE(at)
    chunks.push({ type: png.toString('latin1', at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) })
    at += 12 + length
  }
  return chunks
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data])
  return Buffer.concat([uint32(data.length), named, uint32(crc32(named))])
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
