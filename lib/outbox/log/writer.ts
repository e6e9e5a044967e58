import {
  bytesOf,
  type Change,
  type Move,
  type Planned,
  type Put,
  plannedMove,
  plannedPut,
  plannedSettle,
} from './change'
import type { Checkpoints } from './checkpoints'
import { areas, flags, headerLength, kinds, writeEntry } from './entry'
import { faultOf, LogFault } from './fault'
import { encodeLane } from './lanes'
import type { LogIndex, Place } from './live-index'
import { closed } from './options'
import type { Reserve } from './reserve'
import type { Tail } from './tail'

interface Commit {
  readonly changes: readonly (Change | Move)[]
  /** All or nothing of it counts after a power cut. */
  readonly isTied: boolean
  readonly bytes: number
  resolve(): void
  reject(failure: unknown): void
}

export interface WriterOptions {
  readonly index: LogIndex
  readonly tail: Tail
  readonly checkpoints: Checkpoints
  readonly reserve: Reserve
  readonly segmentBytes: number
  readonly turn: () => Promise<void>
  /** Something has been settled, so that segments may have become sparse. */
  readonly onSettled: () => void
}

const groupBytes = 1 << 20
const changesPerTurn = 1000
/** Of a segment, before it is left because nothing in it is alive. */
const spentShare = 1 / 4
/** Entry offsets are 32 bits. */
const mostBytes = 2 ** 31
/** Of a group of the usual size, with the names of its lanes. */
const scratchBytes = groupBytes + (1 << 16)

/** The one who writes. Whatever is handed in while a group is written and synced is the next group. */
export class Writer {
  readonly #scratch = Buffer.allocUnsafeSlow(scratchBytes)
  /** Named in the segment that is written to. */
  #named = new Set<number>()
  #namedIn = 0
  #queue: Commit[] = []
  #running: Promise<void> | undefined
  #isClosed = false

  readonly #options: WriterOptions

  constructor(options: WriterOptions) {
    this.#options = options
  }

  /** Resolves when it is on the disk. @throws {LogFault} full, io, closed */
  submit(changes: readonly (Change | Move)[], isTied: boolean): Promise<void> {
    if (this.#isClosed) return Promise.reject(closed())
    if (changes.length === 0) return Promise.resolve()
    return this.#enqueue(changes, isTied)
  }

  /** Resolves when it can be written: after a failure the next segment has to be begun. @throws {LogFault} full, io, closed */
  ready(): Promise<void> {
    return this.#isClosed ? Promise.reject(closed()) : this.#enqueue([], false)
  }

  #enqueue(changes: readonly (Change | Move)[], isTied: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ changes, isTied, bytes: bytesOf(changes), resolve, reject })
      this.#running ??= this.#run()
    })
  }

  /** What was handed in is written. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#running
  }

  async #run(): Promise<void> {
    // One turn later, so that everything that is handed in now shares the sync.
    await Promise.resolve()
    do {
      while (this.#queue.length > 0) await this.#write(this.#takeGroup())
      await this.#leaveSpent()
    } while (this.#queue.length > 0)
    this.#running = undefined
  }

  /** Where nobody writes and nothing in the last segment is alive, the next one is begun, so that it can go. */
  async #leaveSpent(): Promise<void> {
    const { index, tail, checkpoints, segmentBytes } = this.#options
    const { liveCount, end } = index.active
    if (this.#isClosed || tail.isDoubtful || liveCount > 0 || end < segmentBytes * spentShare) return
    await tail.roll().then(
      () => checkpoints.logged(0),
      () => undefined,
    )
  }

  #takeGroup(): Commit[] {
    let bytes = 0
    let count = 0
    for (const commit of this.#queue) {
      if (count > 0 && bytes + commit.bytes > groupBytes) break
      bytes += commit.bytes
      count++
    }
    return this.#queue.splice(0, count)
  }

  async #write(commits: readonly Commit[]): Promise<void> {
    const { reserve } = this.#options
    let group = commits
    try {
      const bytes = bytesIn(group)
      if (!(await reserve.hold(bytes))) group = refuse(group, takesIn, new LogFault('full', 'no room is set aside'))
      if (group.length > 0) await this.#writeGroup(group)
    } catch (failure) {
      const fault = faultOf(failure)
      this.#namedIn = 0
      if (fault.kind !== 'full') return void refuse(group, () => true, fault)
      group = refuse(group, takesIn, fault)
      await this.#writeInReserve(group)
    }
  }

  /** Settlements, on a full disk. */
  async #writeInReserve(group: readonly Commit[]): Promise<void> {
    if (group.length === 0) return
    try {
      await this.#options.reserve.release()
      await this.#writeGroup(group)
    } catch (failure) {
      this.#namedIn = 0
      refuse(group, () => true, faultOf(failure))
    }
  }

  async #writeGroup(group: readonly Commit[]): Promise<void> {
    const { index, tail, checkpoints, onSettled } = this.#options
    const bytes = bytesIn(group)
    if (bytes > mostBytes) throw new LogFault('full', 'too much at once')
    if (checkpoints.isOwed) await checkpoints.writeNow()
    if (tail.isDoubtful || this.#isLongWith(bytes)) await tail.roll()
    const planned = await this.#plan(group)
    const encoded = await this.#encode(planned)
    if (encoded.length > 0) await tail.write(encoded)
    this.#apply(planned)
    index.active.end += encoded.length
    for (const { resolve } of group) resolve()
    checkpoints.logged(encoded.length)
    if (planned.some(({ means }) => means === 'settle')) onSettled()
  }

  /** While a full disk is emptied, segments are short, so that those can go soon in which nothing but settlements are. */
  #isLongWith(bytes: number): boolean {
    const { index, reserve, segmentBytes } = this.#options
    const limit = reserve.isHeld ? segmentBytes : Math.min(segmentBytes, reserve.wantedBytes / 4)
    return index.active.entries > 0 && index.active.end + bytes > limit
  }

  async #plan(group: readonly Commit[]): Promise<Planned[]> {
    const { index, turn } = this.#options
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
        if (++count % changesPerTurn === 0) await turn()
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
    return sequence <= (this.#options.index.lanes.get(lane)?.highest[areas[area]] ?? 0)
  }

  #formerOf({ lane, area, sequence }: Put): Promise<Place | undefined> {
    const { index } = this.#options
    return index.find(index.lanes.ensure(lane).number, areas[area], sequence)
  }

  /** Where what is settled is; of what may be put in the same group, the sequences. */
  async #endedOf(lane: number, area: number, sequences: readonly number[], hasMore: boolean) {
    const places = await this.#options.index.findAll(lane, area, sequences)
    const ended: (Place | number)[] = []
    places.forEach((place, at) => {
      if (place) ended.push(place)
      else if (hasMore) ended.push(sequences[at] ?? 0)
    })
    return ended
  }

  /** A lane's name comes before its first entry in a segment. */
  #name(planned: Planned[], number: number, entry?: Planned): void {
    const { index } = this.#options
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

  async #encode(planned: readonly Planned[]): Promise<Buffer> {
    const { index, tail, turn } = this.#options
    let length = 0
    for (const { body } of planned) length += headerLength + body.length
    const bytes = length <= scratchBytes ? this.#scratch.subarray(0, length) : Buffer.allocUnsafeSlow(length)
    const { active } = index
    let at = 0
    for (let entry = 0; entry < planned.length; entry++) {
      const fields = planned[entry] as Planned
      const isLast = entry === planned.length - 1
      const marked = isLast ? { ...fields, flags: fields.flags | flags.last } : fields
      at = writeEntry(bytes, at, marked, active.entries + entry, tail.group + 1, fields.body, active.seed)
      if (entry % changesPerTurn === changesPerTurn - 1) await turn()
    }
    return bytes
  }

  /** In one turn. */
  #apply(planned: readonly Planned[]): void {
    const { index } = this.#options
    const { active } = index
    let offset = active.end
    for (const entry of planned) {
      const { lane, area, sequence, count, body } = entry
      const length = headerLength + body.length
      const number = active.entries++
      if (entry.means === 'put') {
        const former = entry.former ? currentOf(index, entry.former) : index.sameOf(lane, area, sequence)
        index.put({ flags: entry.flags, lane, area, sequence, count, number, offset, length }, former)
      } else if (entry.means === 'settle') {
        for (const ended of entry.ended) {
          const place = typeof ended === 'number' ? index.findActive(lane, area, ended) : currentOf(index, ended)
          if (place) index.settle(place, entry.how)
        }
      }
      offset += length
    }
    active.encoded = undefined
  }
}

/** It may have been moved by the same group. */
function currentOf(index: LogIndex, place: Place): Place | undefined {
  if (place.segment.live.has(place.number)) return place
  return index.findActive(place.lane, place.area, place.sequence)
}

const bytesIn = (group: readonly Commit[]): number => group.reduce((sum, { bytes }) => sum + bytes, 0)

/** Whether it takes in what is new. */
const takesIn = ({ changes }: Commit): boolean =>
  changes.some((change) => change.type === 'put' && change.area === 'pending' && change.isAccepted)

/** @returns the others */
function refuse(group: readonly Commit[], isMeant: (commit: Commit) => boolean, fault: LogFault): Commit[] {
  const others: Commit[] = []
  for (const commit of group) {
    if (isMeant(commit)) commit.reject(fault)
    else others.push(commit)
  }
  return others
}
