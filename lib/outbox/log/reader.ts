import { isOfDisk } from './bad-sectors'
import type { Bodies } from './bodies'
import type { Change } from './change'
import { type Area, areas } from './entry'
import { faultOf, LogFault } from './fault'
import { type LogIndex, type Place, placeAt, type Source } from './live-index'
import { firstFrom, type Page } from './page'
import type { PageStore } from './pages'
import { Unreadable } from './unreadable'

/** What is kept under a sequence. */
export interface LogEntry {
  readonly sequence: number
  readonly count: number
  /** In memory that is not used again. */
  readonly body: Buffer
}

export interface Slice {
  readonly entries: readonly LogEntry[]
  /** Where to read on. */
  readonly nextSequence: number
  /** Nothing lies between `nextSequence` and the end that was asked for. */
  readonly atEnd: boolean
  /** Records that could not be read. They are counted as damaged, and gone. */
  readonly damaged: number
  /** What of them could not be written down as such; they are found again. */
  readonly unbooked: readonly number[]
}

export interface ReadOptions {
  /** So many entries at most; default 100. */
  readonly most?: number
  /** So many bytes, or one entry; default 256 KiB. */
  readonly mostBytes?: number
}

export interface ReaderOptions {
  readonly index: LogIndex
  readonly pages: PageStore
  readonly bodies: Bodies
  readonly monotonicMs: () => number
  readonly submit: (changes: readonly Change[]) => Promise<void>
}

/** Reads a lane in the order of its sequences. */
export class Reader {
  readonly #unreadable: Unreadable

  readonly #options: ReaderOptions

  constructor(options: ReaderOptions) {
    this.#options = options
    this.#unreadable = new Unreadable(options.bodies, options.monotonicMs)
  }

  /**
   * What is alive from one sequence to another (exclusive), as of one moment.
   * @throws {LogFault} io
   */
  async read(
    name: string,
    area: Area,
    from: number,
    before: number,
    { most = 100, mostBytes = 1 << 18 }: ReadOptions = {},
  ): Promise<Slice> {
    const { index } = this.#options
    const lane = index.lanes.get(name)
    if (!lane) return { entries: [], nextSequence: from, atEnd: true, damaged: 0, unbooked: [] }
    for (;;) {
      const picked = await this.#pick({ lane: lane.number, area: areas[area], from, before, most, mostBytes })
      const { places, atEnd } = picked
      try {
        const { bodies, lost } = await this.#bodiesOf(places)
        // A disk that can't be written either may only be away for a while.
        if (lost.length > 0 && (await this.#giveUp(name, area, lost)).length > 0)
          throw new LogFault('io', 'the disk can be neither read nor written')
        const damaged = places.filter((_, at) => !bodies[at])
        const unlike = damaged.filter((place) => !lost.includes(place))
        const unbooked = unlike.length > 0 ? await this.#giveUp(name, area, unlike) : []
        const entries = places.flatMap(({ sequence, count }, at) => {
          const body = bodies[at]
          return body ? [{ sequence, count, body }] : []
        })
        const last = places.at(-1)
        const nextSequence = last ? last.sequence + last.count : from
        return { entries, nextSequence, atEnd, damaged: recordsOf(damaged), unbooked }
      } catch (failure) {
        // What was moved meanwhile is read from where it is now.
        if (places.every(({ segment }) => index.segments.get(segment.number) === segment)) throw faultOf(failure)
      }
    }
  }

  async #bodiesOf(places: readonly Place[]): Promise<{ bodies: (Buffer | undefined)[]; lost: readonly Place[] }> {
    try {
      return { bodies: await this.#options.bodies.read(places), lost: [] }
    } catch (failure) {
      if (!isOfDisk(failure)) throw failure
      return this.#unreadable.read(places)
    }
  }

  async #giveUp(lane: string, area: Area, damaged: readonly Place[]): Promise<readonly number[]> {
    const sequences = damaged.map(({ sequence }) => sequence)
    return this.#options.submit([{ type: 'settle', lane, area, fate: 'damaged', sequences }]).then(
      () => [],
      () => sequences,
    )
  }

  /** In one turn, so that nothing that is moved meanwhile is missed. Pages that lack are read, and all is begun anew. */
  async #pick(wanted: Wanted): Promise<Picked> {
    const held = new Map<string, Page>()
    for (;;) {
      const sources = this.#options.index.sources(wanted.lane, wanted.area, wanted.from, wanted.before, activeEntries)
      const picked = pick(sources, wanted, this.#options.index, (source) => this.#pageOf(source, held))
      if (!('lacks' in picked)) return picked
      const { segment, row } = picked.lacks
      try {
        held.set(keyOf(picked.lacks), await this.#options.pages.load(segment, row))
      } catch (failure) {
        if (this.#options.index.segments.get(segment.number) === segment) throw faultOf(failure)
      }
    }
  }

  #pageOf(source: Source, held: ReadonlyMap<string, Page>): Page | undefined {
    return source.page ?? held.get(keyOf(source)) ?? this.#options.pages.cached(source.segment, source.row)
  }
}

interface Wanted {
  readonly lane: number
  readonly area: number
  readonly from: number
  readonly before: number
  readonly most: number
  readonly mostBytes: number
}

interface Picked {
  readonly places: readonly Place[]
  readonly atEnd: boolean
}

interface Cursor {
  readonly source: Source
  page: Page
  at: number
}

/** Of the segment that is written to, looked at in one go. */
const activeEntries = 512

/** Merges pages that overlap. */
function pick(
  sources: readonly Source[],
  wanted: Wanted,
  index: LogIndex,
  pageOf: (source: Source) => Page | undefined,
): Picked | { lacks: Source } {
  const places: Place[] = []
  let bytes = 0
  let opened = 0
  const cursors: Cursor[] = []
  for (;;) {
    let next = leastOf(cursors)
    for (let source = sources[opened]; source && source.first <= sequenceAt(next); source = sources[++opened]) {
      const page = pageOf(source)
      if (!page) return { lacks: source }
      const cursor = { source, page, at: firstFrom(page, wanted.from) }
      if (settleOn(cursor, wanted, index)) cursors.push(cursor)
      next = leastOf(cursors)
    }
    if (!next) return { places, atEnd: true }
    const { source, page, at } = next
    const place = placeAt(source.segment, source.row, page, at, wanted.lane, wanted.area)
    if (places.length >= wanted.most || (places.length > 0 && bytes + place.length > wanted.mostBytes))
      return { places, atEnd: false }
    places.push(place)
    bytes += place.length
    next.at++
    if (!settleOn(next, wanted, index)) cursors.splice(cursors.indexOf(next), 1)
  }
}

/** Goes to the next one that is alive. @returns whether there is one */
function settleOn(cursor: Cursor, { lane, area, before }: Wanted, index: LogIndex): boolean {
  const { source } = cursor
  for (;;) {
    const { page } = cursor
    for (; cursor.at < page.numbers.length; cursor.at++) {
      if ((page.sequences[cursor.at] ?? 0) >= before) return false
      if (source.segment.live.has(page.numbers[cursor.at] ?? 0)) return true
    }
    const isPart = source.row < 0 && page.numbers.length >= activeEntries
    const rest = isPart ? index.activeView(lane, area, (page.sequences.at(-1) ?? 0) + 1, activeEntries) : undefined
    if (!rest) return false
    cursor.page = rest
    cursor.at = 0
  }
}

function leastOf(cursors: readonly Cursor[]): Cursor | undefined {
  let least: Cursor | undefined
  for (const cursor of cursors) if (!least || sequenceAt(cursor) < sequenceAt(least)) least = cursor
  return least
}

const sequenceAt = (cursor: Cursor | undefined): number =>
  cursor ? (cursor.page.sequences[cursor.at] ?? 0) : Number.POSITIVE_INFINITY

const keyOf = ({ segment, row }: Source): string => `${segment.number} ${row}`

const recordsOf = (places: readonly Place[]): number => places.reduce((sum, { count }) => sum + count, 0)
