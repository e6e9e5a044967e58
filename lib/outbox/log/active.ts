import { headOf, newPage, type Page, pageEntries } from './page'
import type { LiveBits } from './segment'

/** Where the puts of one lane and area are. */
interface List {
  readonly lane: number
  readonly area: number
  /** Places in the columns, in the order of the sequences. */
  readonly places: number[]
  /** What is not above has been put out of order. */
  readonly floor: number
  /** Of the places, the one behind which the next is mostly looked for. */
  found: number
}

/** Where a put is in its segment. */
export interface Put {
  /** Of its entry. */
  readonly number: number
  readonly offset: number
  /** Of header and body. */
  readonly length: number
  /** Of records. */
  readonly count: number
}

const firstPlaces = 256

/** Where the puts of the segment are that is written to: all of them, in memory. */
export class ActiveIndex {
  #columns: Page
  #length = 0
  readonly #lists = new Map<number, List>()
  /** What was looked at last. */
  #view: Page | undefined

  /** @param expected so many puts, as there were in the segment before */
  constructor(expected = 0) {
    this.#columns = newPage(Math.max(firstPlaces, expected))
  }

  get length(): number {
    return this.#length
  }

  /** @param floor the highest sequence that the lane's area has had before this segment */
  add(lane: number, area: number, sequence: number, floor: number, put: Put): void {
    const place = this.#length++
    if (place === this.#columns.numbers.length) this.#columns = grown(this.#columns)
    this.#columns.numbers[place] = put.number
    this.#columns.sequences[place] = sequence
    this.#columns.offsets[place] = put.offset
    this.#columns.lengths[place] = put.length
    this.#columns.counts[place] = put.count
    const { places } = this.#list(lane, area, floor)
    const { length } = places
    if (length === 0 || this.#sequence(places[length - 1]) <= sequence) places.push(place)
    else places.splice(this.#firstAbove(places, sequence), 0, place)
  }

  /** The puts of a lane's area from a sequence on, so many at most. Valid until it is called again. */
  view(lane: number, area: number, from: number, most: number): Page | undefined {
    const list = this.#lists.get(keyOf(lane, area))
    if (!list) return undefined
    const start = this.#firstAbove(list.places, from - 1)
    if (start >= list.places.length) return undefined
    let end = Math.min(start + most, list.places.length)
    // Equal sequences stay together.
    while (end < list.places.length && this.#sequence(list.places[end]) === this.#sequence(list.places[end - 1])) end++
    const isLong = !this.#view || this.#view.numbers.length < end - start
    if (isLong) this.#view = newPage(Math.max(most, end - start))
    return this.#fill(headOf(this.#view as Page, end - start), list.places, start)
  }

  /** The put of this sequence that is alive. */
  find(lane: number, area: number, sequence: number, live: LiveBits): Put | undefined {
    const list = this.#lists.get(keyOf(lane, area))
    if (!list) return undefined
    const { places, found } = list
    const isNext = this.#sequence(places[found + 1]) === sequence && this.#sequence(places[found]) < sequence
    let at = isNext ? found + 1 : this.#firstAbove(places, sequence - 1)
    for (; at < places.length && this.#sequence(places[at]) === sequence; at++) {
      const place = places[at] ?? 0
      const number = this.#columns.numbers[place] ?? 0
      if (!live.has(number)) continue
      list.found = at
      return this.#putAt(place, number)
    }
    return undefined
  }

  /** All of them, in pages: what has been put out of order in pages of its own. */
  *pages(): Generator<{ lane: number; area: number; page: Page }> {
    for (const { lane, area, places, floor } of this.#lists.values()) {
      const ordered = this.#firstAbove(places, floor)
      for (const [from, before] of [
        [0, ordered],
        [ordered, places.length],
      ] as const) {
        for (let start = from; start < before; ) {
          const end = this.#endOf(places, Math.min(start + pageEntries, before), before)
          yield { lane, area, page: this.#fill(newPage(end - start), places, start) }
          start = end
        }
      }
    }
  }

  #putAt(place: number, number: number): Put {
    const { offsets, lengths, counts } = this.#columns
    return { number, offset: offsets[place] ?? 0, length: lengths[place] ?? 0, count: counts[place] ?? 0 }
  }

  /** Equal sequences stay together. */
  #endOf(places: readonly number[], end: number, before: number): number {
    let at = end
    if (at < before) while (this.#sequence(places[at - 1]) === this.#sequence(places[at])) at--
    return at
  }

  #fill(page: Page, places: readonly number[], start: number): Page {
    const { numbers, sequences, offsets, lengths, counts } = this.#columns
    for (let at = 0; at < page.numbers.length; at++) {
      const place = places[start + at] ?? 0
      page.numbers[at] = numbers[place] ?? 0
      page.sequences[at] = sequences[place] ?? 0
      page.offsets[at] = offsets[place] ?? 0
      page.lengths[at] = lengths[place] ?? 0
      page.counts[at] = counts[place] ?? 0
    }
    return page
  }

  #list(lane: number, area: number, floor: number): List {
    const key = keyOf(lane, area)
    const known = this.#lists.get(key)
    if (known) return known
    const list: List = { lane, area, places: [], floor, found: -1 }
    this.#lists.set(key, list)
    return list
  }

  #sequence(place: number | undefined): number {
    return this.#columns.sequences[place ?? 0] ?? 0
  }

  #firstAbove(places: readonly number[], sequence: number): number {
    let low = 0
    let high = places.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#sequence(places[middle]) <= sequence) low = middle + 1
      else high = middle
    }
    return low
  }
}

const keyOf = (lane: number, area: number): number => lane * 4 + area

function grown(columns: Page): Page {
  const larger = newPage(2 * columns.numbers.length)
  larger.numbers.set(columns.numbers)
  larger.sequences.set(columns.sequences)
  larger.offsets.set(columns.offsets)
  larger.lengths.set(columns.lengths)
  larger.counts.set(columns.counts)
  return larger
}
