import { type Change, type Move, type Planned, type Put, plannedMove, plannedPut, plannedSettle } from './change'
import { areas, kinds } from './entry'
import { encodeLane } from './lanes'
import type { LogIndex, Place } from './live-index'

const changesPerTurn = 1000

/** What is handed in at once. */
export interface PlannedCommit {
  readonly changes: readonly (Change | Move)[]
  /** All or nothing of it counts after a power cut. */
  readonly isTied: boolean
}

/** Makes entries of what is handed in: where it goes, what it ends, which lanes have to be named before. */
export class Planner {
  /** Named in the segment that is written to. */
  #named = new Set<number>()
  #namedIn = 0

  readonly #index: LogIndex
  readonly #turn: () => Promise<void>

  constructor(index: LogIndex, turn: () => Promise<void>) {
    this.#index = index
    this.#turn = turn
  }

  /** What was planned last may not be in the segment. */
  forget(): void {
    this.#namedIn = 0
  }

  /** Resolves to the entries of a group, in their order. */
  async plan(group: readonly PlannedCommit[]): Promise<Planned[]> {
    const index = this.#index
    const planned: Planned[] = []
    let settling: { key: string; lane: number; area: number; fate: never; ended: (Place | number)[] } | undefined
    const settle = () => {
      if (settling) planned.push(plannedSettle(settling.lane, settling.area, settling.fate, false, settling.ended))
      settling = undefined
    }
    let count = 0
    // First: what the same group settles is then settled where it has come to.
    for (const { changes } of group) {
      for (const change of changes) {
        if (change.type !== 'move' || !change.place.segment.live.has(change.place.number)) continue
        this.#name(planned, change.place.lane, plannedMove(change))
      }
    }
    for (const { changes, isTied } of group) {
      for (const change of changes) {
        if (++count % changesPerTurn === 0) await this.#turn()
        if (change.type === 'move') continue
        if (change.type === 'put') {
          settle()
          const former = this.#mayBeThere(change) ? await this.#formerOf(change) : undefined
          const lane = index.lanes.ensure(change.lane).number
          this.#name(planned, lane, plannedPut(change, lane, isTied, former))
        } else {
          const lane = index.lanes.get(change.lane)?.number
          if (lane === undefined) continue
          const area = areas[change.area]
          const ended = await this.#endedOf(lane, area, change.sequences, planned.length > 0)
          if (ended.length === 0) continue
          const key = `${lane} ${area} ${change.fate} ${isTied}`
          if (settling?.key !== key || isTied) settle()
          if (isTied) this.#name(planned, lane, plannedSettle(lane, area, change.fate, true, ended))
          else if (settling) settling.ended.push(...ended)
          else {
            this.#name(planned, lane)
            settling = { key, lane, area, fate: change.fate as never, ended }
          }
        }
      }
    }
    settle()
    return planned
  }

  /** Mostly, sequences rise. */
  #mayBeThere({ lane, area, sequence }: Put): boolean {
    return sequence <= (this.#index.lanes.get(lane)?.highest[areas[area]] ?? 0)
  }

  #formerOf({ lane, area, sequence }: Put): Promise<Place | undefined> {
    const index = this.#index
    return index.find(index.lanes.ensure(lane).number, areas[area], sequence)
  }

  /** Where what is settled is; of what may be put in the same group, the sequences. */
  async #endedOf(lane: number, area: number, sequences: readonly number[], hasMore: boolean) {
    const places = await this.#index.findAll(lane, area, sequences)
    const ended: (Place | number)[] = []
    places.forEach((place, at) => {
      if (place) ended.push(place)
      else if (hasMore) ended.push(sequences[at] ?? 0)
    })
    return ended
  }

  /** A lane's name comes before its first entry in a segment. */
  #name(planned: Planned[], number: number, entry?: Planned): void {
    const index = this.#index
    if (this.#namedIn !== index.active.number) {
      this.#named = new Set()
      this.#namedIn = index.active.number
    }
    if (!this.#named.has(number)) {
      this.#named.add(number)
      const fields = { kind: kinds.lane, flags: 0, area: 0, fate: 0, count: 0, lane: number, sequence: 0 }
      planned.push({ means: 'nothing', ...fields, body: encodeLane(index.lanes.ofNumber(number)) })
    }
    if (entry) planned.push(entry)
  }
}
