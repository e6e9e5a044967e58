import { ActiveIndex, type Put } from './active'
import { areas, type Fate, fates, flags } from './entry'
import { LogLanes } from './lanes'
import { firstFrom, type Page } from './page'
import type { PageStore } from './pages'
import type { PageRow, Segment } from './segment'
import { PageRows } from './segment'

/** Where a live put is. */
export interface Place extends Put {
  readonly segment: Segment
  /** Of its page; -1 where the segment was written to when it was looked for. */
  readonly row: number
  readonly lane: number
  readonly area: number
  readonly sequence: number
}

export interface NewPut extends Put {
  readonly flags: number
  readonly lane: number
  readonly area: number
  readonly sequence: number
}

/** What is alive, and where. Whoever changes it does so after the sync, in one turn, so that it is always true of a place in the log. */
export class LogIndex {
  readonly lanes = new LogLanes()
  /** In the order of their numbers. */
  readonly segments = new Map<number, Segment>()
  #active: { segment: Segment; index: ActiveIndex } | undefined

  readonly #pages: PageStore

  constructor(pages: PageStore) {
    this.#pages = pages
  }

  /** The one that is written to. */
  get active(): Segment {
    if (!this.#active) throw new RangeError('no segment yet')
    return this.#active.segment
  }

  get hasActive(): boolean {
    return this.#active !== undefined
  }

  /** Of all segments. */
  get bytes(): number {
    let bytes = 0
    for (const { end } of this.segments.values()) bytes += end
    return bytes
  }

  begin(segment: Segment): void {
    this.segments.set(segment.number, segment)
    this.#active = { segment, index: new ActiveIndex(this.#active?.index.length) }
  }

  /** The pages of the segment that is written to, of which only the places are not known yet. */
  *activePages(): Generator<{ row: PageRow; page: Page }> {
    if (!this.#active) return
    const { segment, index } = this.#active
    for (const { lane, area, page } of index.pages()) yield { row: rowOf(segment, lane, area, page), page }
  }

  put(put: NewPut, former?: Place): void {
    if (!this.#active) return
    const { lane: number, area, sequence, count, length } = put
    const lane = this.lanes.ofNumber(number)
    if (former) this.#drop(former)
    const { segment, index } = this.#active
    const highest = lane.highest[area] ?? 0
    index.add(number, area, sequence, highest, put)
    segment.put(put.number, length)
    this.lanes.weigh(lane, area, count, length)
    if (put.flags & flags.accepted) lane.accepted += count
    lane.highest[area] = Math.max(highest, sequence)
    lane.lastSequence = Math.max(lane.lastSequence, sequence + count - 1)
  }

  /** @returns whether it was alive */
  settle(place: Place, fate: Fate): boolean {
    if (!place.segment.live.has(place.number)) return false
    this.#drop(place)
    if (fate !== 'passed' && place.area !== areas.note) this.lanes.ofNumber(place.lane)[fate] += place.count
    return true
  }

  /** What is alive of a sequence in the segment that is written to. */
  findActive(lane: number, area: number, sequence: number): Place | undefined {
    if (!this.#active) return undefined
    const { segment, index } = this.#active
    const put = index.find(lane, area, sequence, segment.live)
    return put && { segment, row: -1, lane, area, sequence, ...put }
  }

  /** What the same group has put before under a sequence. */
  sameOf(lane: number, area: number, sequence: number): Place | undefined {
    const isNew = sequence > (this.lanes.ofNumber(lane).highest[area] ?? 0)
    return isNew ? undefined : this.findActive(lane, area, sequence)
  }

  /** Puts of the segment that is written to, as they are now. Valid until it is called again. */
  activeView(lane: number, area: number, from: number, most: number): Page | undefined {
    return this.#active?.index.view(lane, area, from, most)
  }

  /** What is alive of a sequence. */
  async find(lane: number, area: number, sequence: number): Promise<Place | undefined> {
    const active = this.findActive(lane, area, sequence)
    if (active) return active
    for (const segment of this.segments.values()) {
      const row = segment.liveCount > 0 ? (segment.pages?.find(lane, area, sequence) ?? -1) : -1
      if (row < 0 || segment.pages?.live[row] === 0) continue
      const cached = this.#pages.cached(segment, row)
      const page = cached ?? (await this.#pages.load(segment, row))
      const place = placeIn(segment, row, page, sequence)
      if (place) return place
    }
    // It may have been moved here meanwhile.
    return this.findActive(lane, area, sequence)
  }

  /** The same for many. */
  async findAll(lane: number, area: number, sequences: readonly number[]): Promise<(Place | undefined)[]> {
    const places: (Place | undefined)[] = []
    // Settlements come in runs: the next one is mostly beside the last one.
    let run: { segment: Segment; row: number; page: Page; at: number } | undefined
    for (const sequence of sequences) {
      const beside = run && (run.page.sequences[run.at + 1] === sequence ? run.at + 1 : -1)
      if (run && beside !== undefined && beside >= 0 && run.segment.live.has(run.page.numbers[beside] ?? 0)) {
        run.at = beside
        places.push(placeAt(run.segment, run.row, run.page, beside, lane, area))
        continue
      }
      const place = await this.find(lane, area, sequence)
      places.push(place)
      const page = place && place.row >= 0 ? this.#pages.cached(place.segment, place.row) : undefined
      run = place && page && { segment: place.segment, row: place.row, page, at: firstFrom(page, sequence) }
    }
    return places
  }

  /**
   * Where the puts of a lane's area are, from one sequence to another (exclusive), in the order of their first ones. Valid until
   * the segment that is written to is looked at again.
   */
  sources(lane: number, area: number, from: number, before: number, most: number): Source[] {
    const sources: Source[] = []
    for (const segment of this.segments.values()) {
      const { pages } = segment
      if (!pages || segment.liveCount === 0 || pages.highest < from || pages.lowest >= before) continue
      for (let row = pages.firstOf(lane, area); pages.isOf(row, lane, area); row++) {
        const first = pages.firsts[row] ?? 0
        const isWanted = first < before && (pages.lasts[row] ?? 0) >= from && (pages.live[row] ?? 0) > 0
        if (isWanted) sources.push({ segment, row, first })
      }
    }
    const page = this.activeView(lane, area, from, most)
    const first = page?.sequences[0] ?? before
    if (page && first < before) sources.push({ segment: this.active, row: -1, first, page })
    return sources.sort((a, b) => a.first - b.first)
  }

  /** It is sealed: nothing is added to it any more. */
  seal(rows: readonly PageRow[]): void {
    const { active } = this
    active.pages = new PageRows(rows)
    active.encoded = undefined
  }

  /** Puts of a page whose entries and whose page are damaged. */
  lost(segment: Segment, row: number, puts: number, records: number, bytes: number): void {
    const { pages } = segment
    if (!pages || puts === 0) return
    const lane = this.lanes.ofNumber(pages.lanes[row] ?? 0)
    pages.live[row] = (pages.live[row] ?? 0) - puts
    pages.records[row] = (pages.records[row] ?? 0) - records
    pages.bytes[row] = (pages.bytes[row] ?? 0) - bytes
    segment.liveCount -= puts
    segment.liveBytes -= bytes
    segment.encoded = undefined
    this.lanes.weigh(lane, pages.areas[row] ?? 0, -records, -bytes)
    if (pages.areas[row] !== areas.note) lane.damaged += records
  }

  #drop(place: Place): void {
    const { segment, lane, area, sequence, count, length } = place
    if (!segment.live.has(place.number)) return
    // It may have been sealed since the place was looked up.
    const row = segment.pages && place.row < 0 ? segment.pages.find(lane, area, sequence) : place.row
    segment.settled(place, row)
    this.lanes.weigh(this.lanes.ofNumber(lane), area, -count, -length)
  }
}

/** A page of a segment. */
export interface Source {
  readonly segment: Segment
  readonly row: number
  /** Sequence. */
  readonly first: number
  /** Of the segment that is written to: a part, as it is now. */
  readonly page?: Page
}

export function placeAt(segment: Segment, row: number, page: Page, at: number, lane: number, area: number): Place {
  return {
    segment,
    row,
    lane,
    area,
    sequence: page.sequences[at] ?? 0,
    number: page.numbers[at] ?? 0,
    offset: page.offsets[at] ?? 0,
    length: page.lengths[at] ?? 0,
    count: page.counts[at] ?? 0,
  }
}

function placeIn(segment: Segment, row: number, page: Page, sequence: number): Place | undefined {
  for (let at = firstFrom(page, sequence); page.sequences[at] === sequence; at++) {
    if (!segment.live.has(page.numbers[at] ?? 0)) continue
    return placeAt(segment, row, page, at, segment.pages?.lanes[row] ?? 0, segment.pages?.areas[row] ?? 0)
  }
  return undefined
}

function rowOf(segment: Segment, lane: number, area: number, page: Page): PageRow {
  let [live, records, bytes] = [0, 0, 0]
  for (let at = 0; at < page.numbers.length; at++) {
    if (!segment.live.has(page.numbers[at] ?? 0)) continue
    live++
    records += page.counts[at] ?? 0
    bytes += page.lengths[at] ?? 0
  }
  const [first = 0, last = 0] = [page.sequences[0], page.sequences.at(-1)]
  return { lane, area, first, last, puts: page.numbers.length, live, records, bytes, offset: 0, length: 0 }
}

export const fateNames = Object.fromEntries(Object.entries(fates).map(([name, value]) => [value, name])) as Record<
  number,
  Fate
>
