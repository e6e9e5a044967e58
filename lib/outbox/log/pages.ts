import { Failures, fileAround, isOfDisk } from './bad-sectors'
import type { LogFile } from './disk'
import { checkedBody, headerLength, kinds, readHeader } from './entry'
import type { Files } from './files'
import { decodePage, newPage, type Page } from './page'
import type { Quarantine } from './quarantine'
import { scan } from './scan'
import type { Segment } from './segment'
import { segmentHeaderLength, segmentName } from './segment-header'

const pagesKept = 64

/** Puts of a row that were alive and of which nothing can be found. */
export type OnLost = (segment: Segment, row: number, puts: number, records: number, bytes: number) => void

/** The pages of the sealed segments, as they are needed. */
export class PageStore {
  readonly #kept = new Map<number, Page>()
  /** Of the segment that was searched through last, since pages of it are damaged or were never written. */
  #searched: { segment: Segment; pages: Promise<Page[]> } | undefined
  onLost: OnLost = () => undefined
  /** Fails where the disk can't be written either: then it may only be away for a while. */
  tryDisk: () => Promise<void> = async () => undefined

  readonly #files: Files
  readonly #quarantine: Quarantine
  readonly #failures: Failures

  constructor(files: Files, quarantine: Quarantine, monotonicMs: () => number) {
    this.#files = files
    this.#quarantine = quarantine
    this.#failures = new Failures(monotonicMs)
  }

  cached(segment: Segment, row: number): Page | undefined {
    return this.#kept.get(keyOf(segment, row))
  }

  /** @throws what the file system throws, where the page may still be read some time */
  async load(segment: Segment, row: number): Promise<Page> {
    const kept = this.cached(segment, row)
    if (kept) return kept
    const page = (await this.#read(segment, row)) ?? (await this.#searchFor(segment, row)) ?? newPage(0)
    this.#kept.set(keyOf(segment, row), page)
    for (const key of this.#kept.keys()) {
      if (this.#kept.size <= pagesKept) break
      this.#kept.delete(key)
    }
    return page
  }

  #read(segment: Segment, row: number): Promise<Page | undefined> {
    const reading = this.#files.use(segmentName(segment.number), (file) => readPage(file, segment, row))
    return reading.catch((failure) => this.#unlessLasting(failure, `${segment.number} ${row}`))
  }

  /** Makes it anew, at last without what the disk can't read. */
  async #searchFor(segment: Segment, row: number): Promise<Page | undefined> {
    const searching = this.#search(segment, (file) => file)
    const pages = await searching.catch((failure) => this.#unlessLasting(failure, `${segment.number}`))
    if (pages) return pages[row]
    await this.tryDisk()
    return (await this.#search(segment, fileAround))[row]
  }

  #unlessLasting(failure: unknown, key: string): undefined {
    if (!isOfDisk(failure) || !this.#failures.add(key)) throw failure
  }

  async #search(segment: Segment, as: (file: LogFile) => LogFile): Promise<Page[]> {
    if (this.#searched?.segment !== segment) {
      const pages = this.#files.use(segmentName(segment.number), (file) => this.#searchIn(segment, as(file)))
      this.#searched = { segment, pages }
      pages.catch(() => {
        this.#searched = undefined
      })
    }
    return this.#searched.pages
  }

  /** Makes pages anew that can't be read, from the entries. What is alive and not found is lost. */
  async #searchIn(segment: Segment, file: LogFile): Promise<Page[]> {
    const rows = segment.pages
    const found: Found[][] = Array.from({ length: rows?.length ?? 0 }, () => [])
    for await (const batch of scan(file, segmentHeaderLength, segment.end, segment.seed)) {
      for (const one of batch) {
        // Of one whose body is damaged, at least the place is known: whoever reads it will see.
        const { header } = one
        if (!header) await this.#quarantine.copy(file, segment.number, one)
        if (header?.kind !== kinds.put) continue
        const row = rows?.find(header.lane, header.area, header.sequence) ?? -1
        const { sequence, number, count } = header
        found[row]?.push({ sequence, number, count, offset: one.offset, length: one.length })
      }
    }
    const made: Page[] = []
    for (const [row, puts] of found.entries()) {
      const own = await readPage(file, segment, row)
      // Of what its own page tells, whoever reads it will see.
      if (!own) this.#book(segment, row, puts)
      made.push(own ?? pageOf(puts))
    }
    return made
  }

  #book(segment: Segment, row: number, puts: readonly Found[]): void {
    const { pages } = segment
    if (!pages) return
    let [live, records, bytes] = [pages.live[row] ?? 0, pages.records[row] ?? 0, pages.bytes[row] ?? 0]
    for (const { number, count, length } of puts) {
      if (!segment.live.has(number)) continue
      live--
      records -= count
      bytes -= length
    }
    if (live > 0) this.onLost(segment, row, live, records, bytes)
  }
}

/** `undefined` where it was never written, or is damaged. @throws what the file system throws */
async function readPage(file: LogFile, { seed, pages }: Segment, row: number): Promise<Page | undefined> {
  const [offset = 0, length = 0] = [pages?.offsets[row], pages?.lengths[row]]
  if (offset === 0) return undefined
  const bytes = Buffer.allocUnsafe(length)
  const header = (await file.read(bytes, offset)) === length ? readHeader(bytes, 0, seed) : undefined
  if (header?.kind !== kinds.page || headerLength + header.length !== length) return undefined
  const body = checkedBody(bytes.subarray(headerLength), header)
  try {
    return body && decodePage(body)
  } catch {
    return undefined
  }
}

interface Found {
  readonly sequence: number
  readonly number: number
  readonly offset: number
  readonly length: number
  readonly count: number
}

function pageOf(puts: Found[]): Page {
  puts.sort((a, b) => a.sequence - b.sequence || a.number - b.number)
  const page = newPage(puts.length)
  puts.forEach(({ number, sequence, offset, length, count }, at) => {
    page.numbers[at] = number
    page.sequences[at] = sequence
    page.offsets[at] = offset
    page.lengths[at] = length
    page.counts[at] = count
  })
  return page
}

const keyOf = ({ number }: Segment, row: number): number => number * 2 ** 20 + row
