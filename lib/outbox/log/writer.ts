import { bytesOf, type Change, type Move, type Planned } from './change'
import type { Checkpoints } from './checkpoints'
import { headerLength } from './entry'
import { faultOf, LogFault } from './fault'
import { GroupBytes } from './group-bytes'
import type { LogIndex, Place } from './live-index'
import { closed } from './options'
import { type PlannedCommit, Planner } from './planner'
import type { Reserve } from './reserve'
import type { Tail } from './tail'

interface Commit extends PlannedCommit {
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
  /** See `LogOptions`. */
  readonly pieceBytes: number | undefined
  readonly turn: () => Promise<void>
  /** Something has been settled, so that segments may have become sparse. */
  readonly onSettled: () => void
}

const groupBytes = 1 << 20
/** Of a segment, before it is left because nothing in it is alive. */
const spentShare = 1 / 4
/** Entry offsets are 32 bits. */
const mostBytes = 2 ** 31
/** A group of the usual size, with the names of its lanes, is one piece. */
const usualPieceBytes = groupBytes + (1 << 16)

/** The one who writes. Whatever is handed in while a group is written and synced is the next group. */
export class Writer {
  readonly #planner: Planner
  /** The same for one group after the other: fresh memory for each would lie there until V8 collects it. */
  readonly #scratch: Buffer
  #queue: Commit[] = []
  #running: Promise<void> | undefined
  #isClosed = false

  readonly #options: WriterOptions

  constructor(options: WriterOptions) {
    this.#options = options
    this.#planner = new Planner(options.index, options.turn)
    this.#scratch = Buffer.allocUnsafeSlow(options.pieceBytes ?? usualPieceBytes)
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
      this.#planner.forget()
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
      this.#planner.forget()
      refuse(group, () => true, faultOf(failure))
    }
  }

  async #writeGroup(group: readonly Commit[]): Promise<void> {
    const { index, tail, checkpoints, onSettled } = this.#options
    const bytes = bytesIn(group)
    if (bytes > mostBytes) throw new LogFault('full', 'too much at once')
    if (checkpoints.isOwed) await checkpoints.writeNow()
    if (tail.isDoubtful || this.#isLongWith(bytes)) await tail.roll()
    const planned = await this.#planner.plan(group)
    const written = await tail.write(new GroupBytes(planned, this.#scratch))
    this.#apply(planned)
    index.active.end += written
    for (const { resolve } of group) resolve()
    checkpoints.logged(written)
    if (planned.some(({ means }) => means === 'settle')) onSettled()
  }

  /** While a full disk is emptied, segments are short, so that those can go soon in which nothing but settlements are. */
  #isLongWith(bytes: number): boolean {
    const { index, reserve, segmentBytes } = this.#options
    const limit = reserve.isHeld ? segmentBytes : Math.min(segmentBytes, reserve.wantedBytes / 4)
    return index.active.entries > 0 && index.active.end + bytes > limit
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
