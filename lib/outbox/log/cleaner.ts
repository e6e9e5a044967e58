import type { Bodies } from './bodies'
import type { Change, Move } from './change'
import { areas } from './entry'
import { type LogIndex, type Place, placeAt } from './live-index'
import type { PageStore } from './pages'
import type { PageRows, Segment } from './segment'

export interface CleanerOptions {
  readonly index: LogIndex
  readonly pages: PageStore
  readonly bodies: Bodies
  readonly segmentBytes: number
  readonly turn: () => Promise<void>
  readonly submit: (changes: readonly (Change | Move)[]) => Promise<void>
}

const sliceBytes = 64 * 1024
const sliceEntries = 500
const sparse = 1 / 4
/** Where the segments take more than twice what is alive in them, and these more. */
const sparseWhenWide = 1 / 2
const wideSegments = 4

/** Rewrites segments in which little is alive, a slice at a time, so that they can go. */
export class Cleaner {
  #running: Promise<void> | undefined
  #isStopped = false

  readonly #options: CleanerOptions

  constructor(options: CleanerOptions) {
    this.#options = options
  }

  /** Something was settled. */
  wake(): void {
    if (this.#isStopped || this.#running || !this.#sparsest()) return
    // A failure shows at the next commit; the next settlement tries again.
    this.#running = this.#run()
      .catch(() => undefined)
      .finally(() => {
        this.#running = undefined
      })
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#running
  }

  /** Resolves when nothing is left to be rewritten. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running
  }

  async #run(): Promise<void> {
    // No more than there are now: what is rewritten may be sparse again beside the names of many lanes.
    let left = this.#options.index.segments.size
    for (let segment = this.#sparsest(); segment && left > 0 && !this.#isStopped; segment = this.#sparsest()) {
      await this.#clean(segment)
      await this.#options.turn()
      left--
    }
  }

  #sparsest(): Segment | undefined {
    const { index, segmentBytes } = this.#options
    let [live, total] = [0, 0]
    let sparsest: Segment | undefined
    for (const segment of index.segments.values()) {
      live += segment.liveBytes
      total += segment.end
      if (!segment.pages || segment.liveCount === 0) continue
      if (!sparsest || shareOf(segment) < shareOf(sparsest)) sparsest = segment
    }
    const isWide = total > 2 * live + wideSegments * segmentBytes
    return sparsest && shareOf(sparsest) < (isWide ? sparseWhenWide : sparse) ? sparsest : undefined
  }

  async #clean(segment: Segment): Promise<void> {
    const { pages: store, turn } = this.#options
    const { pages } = segment
    for (let row = 0; row < (pages?.length ?? 0); row++) {
      if (!pages || (pages.live[row] ?? 0) === 0) continue
      const page = await store.load(segment, row)
      const [lane, area] = [pages.lanes[row] ?? 0, pages.areas[row] ?? 0]
      let slice: Place[] = []
      let bytes = 0
      for (let at = 0; at < page.numbers.length && !this.#isStopped; at++) {
        if (!segment.live.has(page.numbers[at] ?? 0)) continue
        slice.push(placeAt(segment, row, page, at, lane, area))
        bytes += page.lengths[at] ?? 0
        if (bytes < sliceBytes && slice.length < sliceEntries) continue
        await this.#move(slice)
        await turn()
        slice = []
        bytes = 0
      }
      if (slice.length > 0 && !this.#isStopped) await this.#move(slice)
    }
    // What its pages don't tell of can't be moved, and can't be read either.
    for (let row = 0; row < (pages?.length ?? 0) && !this.#isStopped; row++) {
      const { live, records, bytes } = (pages as PageRows).row(row)
      if (live > 0) store.onLost(segment, row, live, records, bytes)
    }
  }

  async #move(slice: readonly Place[]): Promise<void> {
    const { index, submit } = this.#options
    const bodies = await this.#options.bodies.read(slice)
    const changes = slice.map((place, at): Change | Move => {
      const body = bodies[at]
      if (body) return { type: 'move', place, body }
      const area = place.area === areas.pending ? 'pending' : place.area === areas.dead ? 'dead' : 'note'
      const lane = index.lanes.ofNumber(place.lane).lane
      return { type: 'settle', lane, area, fate: 'damaged', sequences: [place.sequence] }
    })
    await submit(changes)
  }
}

const shareOf = ({ liveBytes, end }: Segment): number => liveBytes / end
