import type { LogDisk, LogFile } from './disk'
import { flags, headerLength, kinds, writeEntry } from './entry'
import { faultOf } from './fault'
import type { GroupBytes } from './group-bytes'
import type { LogIndex } from './live-index'
import { encodePage } from './page'
import { type PageRow, Segment } from './segment'
import { encodeSegmentHeader, segmentHeaderLength, segmentName } from './segment-header'

export interface TailOptions {
  readonly disk: LogDisk
  readonly index: LogIndex
  readonly salt: number
  readonly turn: () => Promise<void>
}

/** The end of the log: the file that is written to, and the next one. */
export class Tail {
  #file: LogFile | undefined
  /** Nobody knows what is behind the end of the file. */
  #isDoubtful = false
  #group = 0
  #nextNumber: number

  readonly #options: TailOptions

  /** @param nextNumber of the next segment */
  constructor(options: TailOptions, nextNumber: number) {
    this.#options = options
    this.#nextNumber = nextNumber
  }

  /** A segment has to be begun before anything is written. */
  get isDoubtful(): boolean {
    return this.#isDoubtful
  }

  get group(): number {
    return this.#group
  }

  /** Goes on where an earlier process has ended. */
  async resume(group: number, isDoubtful: boolean): Promise<void> {
    const { disk, index } = this.#options
    this.#group = group
    this.#isDoubtful = isDoubtful
    this.#file = await disk.open(segmentName(index.active.number))
  }

  /**
   * Writes a group behind the end, and syncs it. The end is where it was until the caller moves it.
   * @returns how many bytes that were
   * @throws {LogFault} full, io
   */
  async write(bytes: GroupBytes): Promise<number> {
    if (bytes.length === 0) return 0
    await this.#write(async (file, active) => {
      const next = () => bytes.piece(active.entries, this.#group, active.seed)
      const first = next()
      if (first.length === bytes.length) return file.append(first, active.end)
      let end = active.end
      for (let piece = first; piece.length > 0; piece = next()) {
        await file.write(piece, end)
        end += piece.length
      }
      return file.sync()
    })
    return bytes.length
  }

  async #write(write: (file: LogFile, active: Segment) => Promise<void>): Promise<void> {
    if (!this.#file || this.#isDoubtful) throw faultOf('no file to write to')
    this.#group++
    try {
      await write(this.#file, this.#options.index.active)
    } catch (failure) {
      const fault = faultOf(failure)
      if (fault.kind === 'full') await this.#cutBack()
      // After a failed sync nobody knows what is on the disk, and the next one may succeed without it.
      else this.#isDoubtful = true
      throw fault
    }
  }

  /**
   * Seals the segment that is written to, and begins the next one. After a failure all is as before.
   * @throws {LogFault} full, io
   */
  async roll(): Promise<void> {
    const { index } = this.#options
    const before = index.hasActive ? index.active : undefined
    const sealing = before && (await this.#writePages(before))
    try {
      await this.#begin(before?.number ?? 0, sealing?.end ?? 0, () => {
        if (!before || !sealing) return
        before.end = sealing.end
        before.entries = sealing.entries
        index.seal(sealing.rows)
      })
    } catch (failure) {
      if (before) await this.#cutBack()
      throw faultOf(failure)
    }
  }

  async close(): Promise<void> {
    await this.#file?.close().catch(() => undefined)
    this.#file = undefined
  }

  async #begin(previous: number, previousEnd: number, seal: () => void): Promise<void> {
    const { disk, index, salt } = this.#options
    const number = this.#nextNumber++
    const name = segmentName(number)
    const file = await disk.open(name, { create: true })
    try {
      await file.write(encodeSegmentHeader({ number, salt, previous, previousEnd }), 0)
      await file.sync()
      await disk.syncFolder()
    } catch (failure) {
      await file.close().catch(() => undefined)
      await disk.remove(name).catch(() => undefined)
      throw failure
    }
    const former = this.#file
    seal()
    index.begin(new Segment(number, salt))
    this.#file = file
    this.#isDoubtful = false
    this.#group = 0
    await former?.close().catch(() => undefined)
  }

  /** Writes down where everything is in the segment. Where that can't be done, it is found by reading all of it. */
  async #writePages(segment: Segment): Promise<{ rows: PageRow[]; end: number; entries: number }> {
    const { index, turn } = this.#options
    const entries: Buffer[] = []
    const rows: PageRow[] = []
    let end = segment.end
    let number = segment.entries
    for (const { row, page } of index.activePages()) {
      const { lane, area, first: sequence, puts: count } = row
      const body = encodePage(page)
      const bytes = Buffer.allocUnsafe(headerLength + body.length)
      const fields = { kind: kinds.page, flags: flags.last, area, fate: 0, count, lane, sequence }
      writeEntry(bytes, 0, fields, number++, this.#group + 1, body, segment.seed)
      rows.push({ ...row, offset: end, length: bytes.length })
      entries.push(bytes)
      end += bytes.length
      if (bytes.length > 1024) await turn()
    }
    if (rows.length === 0) return { rows, end: segment.end, entries: segment.entries }
    if (!this.#isDoubtful) {
      const isWritten = await this.#write((file, { end }) => file.append(Buffer.concat(entries), end)).then(
        () => true,
        () => false,
      )
      if (isWritten) return { rows, end, entries: number }
    }
    const unwritten = rows.map((row) => ({ ...row, offset: 0, length: 0 }))
    return { rows: unwritten, end: segment.end, entries: segment.entries }
  }

  async #cutBack(): Promise<void> {
    const { end } = this.#options.index.active
    try {
      if (this.#isDoubtful || !this.#file) return
      await this.#file.truncate(Math.max(end, segmentHeaderLength))
      await this.#file.sync()
    } catch {
      this.#isDoubtful = true
    }
  }
}
