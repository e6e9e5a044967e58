import type { Area, Fate } from '../../lib/outbox/log/entry'
import type { Truth } from './truth'

/** What lies on the disk. */
export interface Kept {
  /** Its number. */
  readonly lane: number
  readonly area: Area
  readonly sequence: number
  /** Of records. */
  readonly count: number
  /** Of its values. */
  readonly ids: readonly number[]
  readonly length: number
}

/** `replaced`: something else has come to its place. */
export interface Left {
  readonly kept: Kept
  readonly fate: Fate | 'replaced'
}

/** Of a lane: its records, and what they take in the log. */
interface Counts {
  pending: number
  dead: number
  pendingBytes: number
  deadBytes: number
}

/** Knows which values are on the disk. Whatever leaves it must have gone where its fate says. */
export class LedgerCheck {
  /** How many places on the disk hold a value. */
  readonly #places = new Map<number, number>()
  readonly #pendingPlaces = new Map<number, number>()
  readonly #counts = new Map<number, Counts>()

  constructor(private readonly truth: Truth) {}

  isKept(id: number): boolean {
    return (this.#places.get(id) ?? 0) > 0
  }

  isPending(id: number): boolean {
    return (this.#pendingPlaces.get(id) ?? 0) > 0
  }

  /** Of all dead letters. */
  deadBytes(): number {
    let sum = 0
    for (const { deadBytes } of this.#counts.values()) sum += deadBytes
    return sum
  }

  countOf(lane: number): Readonly<Counts> {
    return this.#countsOf(lane)
  }

  /** What was written with one sync. */
  changed(left: readonly Left[], come: readonly Kept[]): void {
    for (const kept of come) this.#count(kept, 1)
    for (const { kept } of left) this.#count(kept, -1)
    for (const { area, ids } of come) {
      for (const id of ids) {
        const value = this.truth.of(id)
        if (!value) continue
        if (area === 'dead') value.hasDied = true
        if (this.isKept(id)) value.isSettled = false
      }
    }
    for (const { kept, fate } of left) for (const id of kept.ids) if (!this.isKept(id)) this.#settle(id, fate)
    if (left.some(({ fate }) => fate === 'evicted')) this.#lookForHaste(left, come)
  }

  #countsOf(lane: number): Counts {
    const known = this.#counts.get(lane) ?? { pending: 0, dead: 0, pendingBytes: 0, deadBytes: 0 }
    this.#counts.set(lane, known)
    return known
  }

  #count({ lane, area, count, ids, length }: Kept, by: 1 | -1): void {
    if (area === 'note') return
    const counts = this.#countsOf(lane)
    counts[area] += by * count
    counts[`${area}Bytes`] += by * length
    for (const id of ids) {
      this.#places.set(id, (this.#places.get(id) ?? 0) + by)
      if (area === 'pending') this.#pendingPlaces.set(id, (this.#pendingPlaces.get(id) ?? 0) + by)
    }
  }

  /** A value is on the disk no more. */
  #settle(id: number, fate: Left['fate']): void {
    const value = this.truth.of(id)
    if (!value) return
    if (fate === 'dropped' || fate === 'evicted') value.isGivenUp = true
    else if (value.taken === 0 && value.offer === 'accepted')
      this.truth.violated('a value is lost', `value ${id} of ${value.stream} was ${fate}, and the cloud has not got it`)
    if (value.taken > 0) value.isSettled = true
  }

  /** What is being sent is evicted only where nothing else is left that could be. */
  #lookForHaste(left: readonly Left[], come: readonly Kept[]): void {
    const { values, opening } = this.truth
    const gone = new Set(left.flatMap(({ kept }) => kept.ids))
    const early = values.find(
      ({ id, underWay, confirmedIn }) => underWay > 0 && gone.has(id) && !this.isKept(id) && confirmedIn !== opening,
    )
    if (!early) return
    const fresh = new Set(come.flatMap(({ ids }) => ids))
    const other = values.find(({ id, wasSent }) => !wasSent && !fresh.has(id) && this.isPending(id))
    if (other)
      this.truth.violated(
        'evicted on its way',
        `value ${early.id} of ${early.stream} was evicted while it was being sent, and value ${other.id}, which nobody has sent, was not`,
      )
  }
}
