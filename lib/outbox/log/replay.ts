import { decodeSequences } from './change'
import { areas, type EntryHeader, flags, kinds } from './entry'
import { decodeLane, type LogLane } from './lanes'
import { fateNames, type LogIndex, type NewPut } from './live-index'
import type { Hole, Scanned } from './scan'
import type { LiveBits, PageRow, Segment } from './segment'

/** What lies in a segment up to here is told by the checkpoint. */
export interface Known {
  readonly offset: number
  readonly live: LiveBits
}

/** What was found in the log behind the checkpoint. */
export interface ReplayReport {
  /** Entries with one flipped bit. */
  mended: number
  /** Stretches of bytes that could not be read, behind the checkpoint. */
  holes: number
  /** Of what was written last: it was never accepted. */
  tornBytes: number
}

const noBody = Buffer.alloc(0)

type Found = Extract<Scanned, { type: 'entry' }>

/** Goes through the log once more, as it was written, and brings the index to where it was. */
export class Replay {
  readonly report: ReplayReport = { mended: 0, holes: 0, tornBytes: 0 }
  /** All of them, and those that a checkpoint has counted before. */
  readonly damage: Hole[] = []
  /** Records whose entries are damaged, by lane. */
  readonly lost = new Map<LogLane, number>()
  #segment: Segment | undefined
  #known: Known | undefined
  /** What was written with one sync, until it is known whether it was all of it. */
  #group: (Found | Hole)[] = []
  /** Of the entries of that. */
  #last: Found | undefined
  #pages: { header: EntryHeader; offset: number; length: number }[] = []
  /** An entry before was damaged, and nobody knows what it was. */
  #isGapOpen = false
  /** So many entries, as far as their numbers tell. */
  #gapEntries = 0
  #lastLane: number | undefined
  #nextSequence: number

  readonly #index: LogIndex

  /** @param nextSequence that the first record behind the checkpoint has at least */
  constructor(index: LogIndex, nextSequence: number) {
    this.#index = index
    this.#nextSequence = nextSequence
  }

  /** Of the last entry. */
  group = 0
  /** Where the last group begins, if no checkpoint tells of it. */
  lastGroupOffset: number | undefined

  begin(segment: Segment, known?: Known): void {
    this.#segment = segment
    this.#known = known
    this.group = 0
    this.#index.begin(segment)
  }

  async take(batch: readonly Scanned[]): Promise<void> {
    for (const found of batch) {
      if (found.type === 'hole') {
        this.#takeHole(found)
        continue
      }
      const { header, isMended } = found
      if (isMended) this.report.mended++
      const last = this.#last
      if (last && last.header.group !== header.group) {
        const later = this.#afterEnd(last)
        await this.#applyGroup(true)
        this.#group = later
        this.#last = undefined
      }
      this.group = header.group
      // What was read is overwritten by what is read next, and of a record nothing but its place is needed.
      const body = header.kind === kinds.put ? noBody : Buffer.from(found.body)
      this.#last = { type: 'entry', header, body, offset: found.offset, length: found.length, isMended }
      this.#group.push(this.#last)
    }
  }

  /**
   * All is there of what was written last, or only a part: of that, nothing that is tied counts. What a checkpoint tells of was
   * written whole, and is damaged. @returns whether it is all
   */
  async end(): Promise<boolean> {
    const torn = this.#group.filter(({ type, offset }) => type === 'hole' && !this.#isKnown(offset))
    const last = this.#last
    const end = last ? last.offset + last.length : (this.#segment?.end ?? 0)
    const isEnded = !last || (last.header.flags & flags.last) !== 0 || this.#isKnown(last.offset)
    const isWhole = isEnded && torn.every(({ offset }) => offset >= end)
    this.lastGroupOffset = this.#group.find(({ type, offset }) => type === 'entry' && !this.#isKnown(offset))?.offset
    for (const { length } of torn) this.report.tornBytes += length
    // What is behind the last good entry was of yet another group.
    this.#group = this.#group.filter((one) => one.type === 'entry' || this.#isKnown(one.offset))
    await this.#applyGroup(isWhole)
    // No record behind it tells how many records are missing: the numbers of the entries do.
    if (this.#isGapOpen && this.#gapEntries > 0 && this.#lastLane !== undefined)
      this.#book(this.#lastLane, this.#gapEntries)
    return isWhole
  }

  /** A segment is missing. */
  skip(): void {
    this.#isGapOpen = true
  }

  /** Nothing is added to the segment any more. */
  async seal(): Promise<void> {
    await this.#applyGroup(true)
    const rows: PageRow[] = []
    for (const { row } of this.#index.activePages()) {
      const page = this.#pages.findLast(({ header }) => isPageOf(header, row))
      rows.push(page ? { ...row, offset: page.offset, length: page.length } : row)
    }
    this.#index.seal(rows)
    this.#pages = []
  }

  /** Takes out what lies behind a group that is whole: it is of the next one. */
  #afterEnd(last: Found): (Found | Hole)[] {
    return last.header.flags & flags.last ? this.#group.splice(this.#group.indexOf(last) + 1) : []
  }

  #takeHole(hole: Hole): void {
    const before = this.#group.at(-1)
    // One that was read in two pieces.
    if (before?.type === 'hole' && before.offset + before.length === hole.offset && !before.header && !hole.header)
      this.#group[this.#group.length - 1] = { ...before, length: before.length + hole.length }
    else this.#group.push(hole)
  }

  async #applyGroup(isWhole: boolean): Promise<void> {
    const group = this.#group
    this.#group = []
    this.#last = undefined
    for (const one of group) {
      if (one.type === 'hole') this.#lose(one)
      else if (isWhole || this.#standsAlone(one)) {
        const looking = this.#apply(one)
        if (looking) await looking
      } else this.#count(one)
    }
  }

  /** Whether an entry of a group that is not whole counts: not without what it is tied to, nor without its lane's name. */
  #standsAlone({ header: { flags: marks, kind, lane } }: Found): boolean {
    if (marks & flags.tied) return false
    return kind === kinds.lane || this.#index.lanes.numbered(lane) !== undefined
  }

  #count({ header, offset, length }: Found): void {
    if (!this.#segment) return
    if (this.#isGapOpen) this.#gapEntries += Math.max(0, header.number - this.#segment.entries)
    this.#segment.entries = header.number + 1
    this.#segment.end = offset + length
  }

  #apply(found: Found): Promise<void> | undefined {
    this.#count(found)
    const { header, body, offset, length } = found
    if (header.kind === kinds.page) this.#pages.push({ header, offset, length })
    if (header.kind === kinds.lane) this.#applyLane(header.lane, body, offset)
    if (header.kind === kinds.put) return this.#applyPut(header, offset, length)
    return header.kind === kinds.settle && !this.#isKnown(offset) ? this.#applySettle(header, body) : undefined
  }

  #isKnown(offset: number): boolean {
    return this.#known !== undefined && offset < this.#known.offset
  }

  #applyLane(number: number, body: Buffer, offset: number): void {
    const { lanes } = this.#index
    const { lane: name, ...counters } = decodeLane(body)
    const lane = lanes.numbered(number) ?? lanes.add(name, number)
    if (lane.lane !== name && !lanes.get(name)) lanes.rename(lane, name)
    if (this.#isKnown(offset)) return
    Object.assign(lane, counters)
  }

  #applyPut(header: EntryHeader, offset: number, length: number): Promise<void> | undefined {
    const { lane, area, sequence, count, number } = header
    if (this.#isKnown(offset)) {
      const put = { flags: 0, lane, area, sequence, count, number, offset, length }
      const isLive = this.#known?.live.has(number) ?? false
      // Accepted before; it only has to be found again.
      this.#index.put(put)
      if (!isLive) this.#unput(put)
      return undefined
    }
    const put = { flags: header.flags, lane, area, sequence, count, number, offset, length }
    if (put.flags & flags.accepted) this.#closeGap(put)
    // A dead letter that is tried again has a sequence of its own.
    else if (area === areas.pending && !this.#isGapOpen)
      this.#nextSequence = Math.max(this.#nextSequence, sequence + count)
    const highest = this.#index.lanes.ofNumber(lane).highest[area] ?? 0
    if (sequence <= highest) return this.#applyAgain(put)
    this.#index.put(put)
    return undefined
  }

  async #applyAgain(put: NewPut): Promise<void> {
    this.#index.put(put, await this.#index.find(put.lane, put.area, put.sequence))
  }

  #unput(put: NewPut): void {
    if (!this.#segment) return
    const place = { ...put, segment: this.#segment, row: -1 }
    this.#index.settle(place, 'passed')
  }

  async #applySettle({ lane, area, fate, sequence }: EntryHeader, body: Buffer): Promise<void> {
    const how = fateNames[fate]
    if (!how) return
    const places = await this.#index.findAll(lane, area, decodeSequences(sequence, body))
    for (const place of places) if (place) this.#index.settle(place, how)
  }

  #lose(hole: Hole): void {
    this.damage.push(hole)
    // Of one that reaches beyond what the checkpoint tells, that part counts.
    if (this.#isKnown(hole.offset + hole.length - 1)) return
    this.report.holes++
    const { header } = hole
    if (!header) this.#isGapOpen = true
    else if (header.kind === kinds.put && header.flags & flags.accepted) {
      this.#closeGap(header)
      this.#book(header.lane, header.count)
    }
  }

  /** Sequences are given in a row, so those in between are of what was damaged. */
  #closeGap({ sequence, count, lane }: Pick<EntryHeader, 'sequence' | 'count' | 'lane'>): void {
    if (this.#isGapOpen && sequence > this.#nextSequence) this.#book(lane, sequence - this.#nextSequence)
    this.#isGapOpen = false
    this.#gapEntries = 0
    this.#lastLane = lane
    this.#nextSequence = Math.max(this.#nextSequence, sequence + count)
  }

  /** Accepted, and lost. What a lane says of itself further on counts them as accepted, and not as lost. */
  #book(number: number, records: number): void {
    const lane = this.#index.lanes.ofNumber(number)
    lane.accepted += records
    this.lost.set(lane, (this.lost.get(lane) ?? 0) + records)
  }
}

function isPageOf(header: EntryHeader, { lane, area, first, puts }: PageRow): boolean {
  return header.lane === lane && header.area === area && header.sequence === first && header.count === puts
}
