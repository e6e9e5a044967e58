import type { LaneFigures } from '../../lib/outbox'
import { decodeSequences } from '../../lib/outbox/log/change'
import { type Checkpoint, checkpointNames, decodeCheckpoint } from '../../lib/outbox/log/checkpoint'
import { areas, fates, flags, headerLength, kinds, seedOf } from '../../lib/outbox/log/entry'
import { type Counter, decodeLane } from '../../lib/outbox/log/lanes'
import { decodeSegmentHeader, segmentHeaderLength, segmentNumberOf } from '../../lib/outbox/log/segment-header'
import type { DiskWitness, Folder } from './disk'
import type { Kept, LedgerCheck } from './ledger-check'
import { entriesIn, newest, type Scanned } from './log-bytes'
import type { Truth } from './truth'

interface Lane extends Record<Counter, number> {
  name: string
  lastSequence: number
}

interface Entry extends Kept {
  /** In its segment. */
  readonly number: number
  readonly segment: Segment
  /** Of header and body. */
  readonly length: number
  isLive: boolean
}

interface Segment {
  readonly number: number
  readonly seed: number
  /** Behind what is known. */
  end: number
  /** Behind the last of it that means anything. */
  keptEnd: number
  readonly entries: Entry[]
}

/** What was written with one sync, so that the state before it can be told. */
interface Group {
  readonly segment: Segment
  readonly endBefore: number
  readonly lanesBefore: ReadonlyMap<number, Lane>
  readonly born: Entry[]
  readonly ended: Entry[]
}

/** What a process that has ended was writing. */
interface Remains {
  readonly segment: Segment
  readonly entries: readonly Scanned[]
  /** All of it is there. */
  readonly isWhole: boolean
}

/** A checkpoint tells of no moment longer ago. */
const mostGroups = 100
const figures = [
  'accepted',
  'delivered',
  'dropped',
  'evicted',
  'damaged',
  'pending',
  'dead',
  'pendingBytes',
  'deadBytes',
] as const
const counters: readonly Counter[] = ['accepted', 'delivered', 'dropped', 'evicted', 'damaged']
const fateNames = new Map(Object.entries(fates).map(([name, value]) => [value as number, name as keyof typeof fates]))
const areaNames = new Map(Object.entries(areas).map(([name, value]) => [value as number, name as keyof typeof areas]))

/**
 * Reads along what comes onto the disk, by the design of the log (lib/outbox/log/README.md) and none of its code but the
 * formats: what is alive after each sync, and what each lane counts. What the log itself says of that, in its lane entries
 * and checkpoints, is held against it, and what a process leaves behind when it dies is taken into account as the next one has to.
 */
export class LogCheck implements DiskWitness {
  readonly #segments = new Map<number, Segment>()
  readonly #lanes = new Map<number, Lane>()
  /** By lane, area and sequence. */
  readonly #live = new Map<string, Entry>()
  #groups: Group[] = []
  #tail: Segment | undefined
  #remains: Remains | undefined

  constructor(
    private readonly truth: Truth,
    private readonly ledgers: LedgerCheck,
  ) {}

  /** Holds what an open outbox says of a lane against what is on the disk. */
  compare({ lane: name, ...told }: LaneFigures): void {
    this.#adopt()
    const number = [...this.#lanes].find(([, lane]) => lane.name === name)?.[0]
    const there = { ...this.#lanes.get(number ?? 0), ...this.ledgers.countOf(number ?? 0) }
    for (const figure of figures)
      if (told[figure] !== (there[figure] ?? 0))
        this.truth.violated(
          'wrong figures',
          `${name}: ${figure} is ${told[figure]}, and ${there[figure] ?? 0} on the disk`,
        )
  }

  opened(folder: Folder): void {
    const known = this.#tail?.number ?? 0
    const later = folder
      .names()
      .flatMap((name) => {
        const number = segmentNumberOf(name)
        const bytes = folder.bytesOf(name)
        if (number === undefined || number < known || !bytes) return []
        return [{ number, bytes, header: decodeSegmentHeader(bytes) }]
      })
      .sort((a, b) => a.number - b.number)
    // What was begun and never written to does not count, unless a checkpoint says that it is written to.
    const told = newest(folder)?.segment
    const written = later.findLast(({ number, bytes }) => bytes.length > segmentHeaderLength || number === told)
    this.#remains = undefined
    if (!written?.header) return
    const { number, bytes, header } = written
    const segment = this.#segmentOf(number, header.salt)
    // What lies there is written over as the file is.
    this.#remains = { segment, ...entriesIn(Buffer.from(bytes.subarray(segment.end)), segment.end, segment.seed) }
  }

  appended(name: string, position: number, bytes: Buffer): void {
    const segment = this.#segments.get(segmentNumberOf(name) ?? 0)
    if (!segment) return
    this.#adopt()
    if (segment.end !== position)
      this.truth.violated('a hole in the log', `${name} ends at ${segment.end}, and is written on at ${position}`)
    const { entries, isWhole } = entriesIn(bytes, position, segment.seed)
    if (!isWhole) this.truth.violated('a group that is not whole', `${name} at ${position}`)
    this.#apply(segment, entries)
    segment.end = position + bytes.length
  }

  written(name: string, bytes: Buffer): void {
    const number = segmentNumberOf(name)
    const header = number !== undefined && decodeSegmentHeader(bytes)
    if (header) {
      this.#adopt()
      const before = this.#segments.get(header.previous)
      if (before && (header.previousEnd < before.keptEnd || header.previousEnd > before.end))
        this.truth.violated(
          'a wrong end',
          `${name} says that ${before.number} ends at ${header.previousEnd}, not at ${before.end}`,
        )
      this.#segmentOf(header.number, header.salt)
    } else if ((checkpointNames as readonly string[]).includes(name) && !this.#remains) {
      const checkpoint = decodeCheckpoint(bytes)
      if (checkpoint) this.#compare(checkpoint)
      else this.truth.violated('a checkpoint that cannot be read', name)
    }
  }

  /** Where a segment could not be sealed, its pages are cut off again. */
  truncated(name: string, size: number): void {
    const segment = this.#segments.get(segmentNumberOf(name) ?? 0)
    if (!segment) return
    if (size < segment.keptEnd)
      this.truth.violated('a value is lost', `${name} is cut off at ${size} of ${segment.keptEnd}`)
    segment.end = Math.min(segment.end, size)
  }

  removed(name: string): void {
    const number = segmentNumberOf(name)
    const segment = number !== undefined && this.#segments.get(number)
    if (!segment) return
    const lost = segment.entries.filter(({ isLive }) => isLive)
    if (lost.length > 0)
      this.truth.violated('a value is lost', `${name} is deleted, and ${lost.length} entries in it are alive`)
    this.#segments.delete(segment.number)
    if (this.#remains?.segment === segment) this.#remains = undefined
  }

  folderSynced(): void {
    this.#adopt()
  }

  #segmentOf(number: number, salt: number): Segment {
    const known = this.#segments.get(number)
    if (known) return known
    const segment = {
      number,
      seed: seedOf(salt, number),
      end: segmentHeaderLength,
      keptEnd: segmentHeaderLength,
      entries: [],
    }
    this.#segments.set(number, segment)
    return segment
  }

  /** A process goes on from what it has found. Of what is not whole, only what stands alone counts. */
  #adopt(): void {
    const remains = this.#remains
    this.#remains = undefined
    if (!remains) return
    const { segment, entries, isWhole } = remains
    const last = entries.at(-1)
    const named = new Set(this.#lanes.keys())
    const counting = entries.filter(({ header: { flags: marks, kind, lane } }) => {
      if (isWhole) return true
      if (marks & flags.tied) return false
      if (kind === kinds.lane) named.add(lane)
      return named.has(lane)
    })
    this.#tail = segment
    if (!last) return
    this.#apply(segment, counting)
    segment.end = last.offset + headerLength + last.body.length
  }

  #apply(segment: Segment, entries: readonly Scanned[]): void {
    const lanesBefore = new Map([...this.#lanes].map(([number, lane]) => [number, { ...lane }]))
    const group: Group = { segment, endBefore: segment.end, lanesBefore, born: [], ended: [] }
    const left: { kept: Entry; fate: keyof typeof fates | 'replaced' }[] = []
    for (const entry of entries) this.#applyEntry(segment, entry, group, left)
    this.#tail = segment
    this.#groups.push(group)
    if (this.#groups.length > 2 * mostGroups) this.#groups.splice(0, mostGroups)
    this.ledgers.changed(left, group.born)
    for (const [number, lane] of this.#lanes) this.#balance(number, lane)
  }

  #applyEntry(
    segment: Segment,
    { header, body, offset }: Scanned,
    group: Group,
    left: { kept: Entry; fate: keyof typeof fates | 'replaced' }[],
  ): void {
    const { kind, lane: number, sequence, count } = header
    if (kind !== kinds.page) segment.keptEnd = offset + headerLength + body.length
    const area = areaNames.get(header.area) ?? 'note'
    const end = (entry: Entry | undefined, fate: keyof typeof fates | 'replaced') => {
      if (!entry) return
      entry.isLive = false
      this.#live.delete(keyOf(entry.lane, entry.area, entry.sequence))
      group.ended.push(entry)
      left.push({ kept: entry, fate })
      const lane = this.#lanes.get(entry.lane)
      if (lane && fate !== 'replaced' && fate !== 'passed' && entry.area !== 'note') lane[fate] += entry.count
    }
    if (kind === kinds.lane) this.#named(number, decodeLane(body))
    const lane = this.#lanes.get(number)
    if (!lane && kind !== kinds.page) {
      this.truth.violated('an entry of no lane', `lane ${number} has no name in segment ${segment.number}`)
      return
    }
    if (kind === kinds.put && lane) {
      end(this.#live.get(keyOf(number, area, sequence)), 'replaced')
      const ids = area === 'note' ? [] : this.truth.idsIn(body.toString('latin1'))
      if (area !== 'note' && ids.length !== count)
        this.truth.violated('a wrong count', `an entry says ${count}, and holds ${ids.length} values`)
      const length = headerLength + body.length
      const entry = { segment, number: header.number, lane: number, area, sequence, count, ids, length, isLive: true }
      segment.entries.push(entry)
      this.#live.set(keyOf(number, area, sequence), entry)
      group.born.push(entry)
      if (header.flags & flags.accepted) lane.accepted += count
      lane.lastSequence = Math.max(lane.lastSequence, sequence + count - 1)
    } else if (kind === kinds.settle) {
      const fate = fateNames.get(header.fate)
      if (!fate) this.truth.violated('a wrong fate', `fate ${header.fate}`)
      else for (const one of decodeSequences(sequence, body)) end(this.#live.get(keyOf(number, area, one)), fate)
    }
  }

  /** What the log says of a lane is what has happened to it. */
  #named(number: number, { lane: name, lastSequence, ...told }: ReturnType<typeof decodeLane>): void {
    const lane = this.#lanes.get(number)
    if (!lane) this.#lanes.set(number, { name, lastSequence, ...told })
    else this.#hold('an entry', lane, { name, lastSequence, ...told })
  }

  #hold(where: string, lane: Lane, told: Lane): void {
    const isSame = told.name === lane.name && told.lastSequence === lane.lastSequence
    if (isSame && counters.every((counter) => told[counter] === lane[counter])) return
    this.truth.violated('the sum', `${where} says ${JSON.stringify(told)}; the disk ${JSON.stringify(lane)}`)
  }

  #balance(number: number, lane: Lane): void {
    const { accepted, delivered, dropped, evicted, damaged } = lane
    const { pending, dead } = this.ledgers.countOf(number)
    if (accepted === delivered + pending + dead + dropped + evicted + damaged) return
    const sum = `accepted ${accepted} = delivered ${delivered} + pending ${pending} + dead ${dead} + dropped ${dropped} + evicted ${evicted} + damaged ${damaged}`
    this.truth.violated('the sum', `${lane.name}: ${sum}`)
  }

  /** Holds a checkpoint against what was true at its place in the log. */
  #compare(checkpoint: Checkpoint): void {
    const later = this.#laterThan(checkpoint)
    if (!later) return
    const lanes = later[0]?.lanesBefore ?? this.#lanes
    for (const { number, lane: name, ...told } of checkpoint.lanes) {
      const lane = lanes.get(number)
      if (lane) this.#hold('a checkpoint', lane, { ...told, name })
      else if (counters.some((counter) => told[counter] > 0))
        this.truth.violated('the sum', `a checkpoint counts for ${name}, of which nothing is on the disk`)
    }
    const unborn = new Set(later.flatMap(({ born }) => born))
    const undead = new Set(later.flatMap(({ ended }) => ended))
    const told = new Map(checkpoint.segments.map((segment) => [segment.number, segment]))
    for (const { number, entries } of this.#segments.values()) {
      const { live, liveCount } = told.get(number) ?? { live: new Uint8Array(), liveCount: 0 }
      let alive = 0
      for (const entry of entries) {
        if (unborn.has(entry)) continue
        const isLive = entry.isLive || undead.has(entry)
        const isTold = ((live[entry.number >> 3] ?? 0) & (1 << (entry.number & 7))) !== 0
        if (isLive) alive++
        if (isLive !== isTold)
          this.truth.violated(
            'a wrong checkpoint',
            `entry ${entry.number} of segment ${number}, ${entry.area} ${entry.sequence}, is ${isLive ? '' : 'not '}alive`,
          )
      }
      if (alive !== liveCount)
        this.truth.violated('a wrong checkpoint', `segment ${number}: ${liveCount} entries are alive, not ${alive}`)
    }
  }

  /** What was written since; `undefined` where that is not known. */
  #laterThan({ segment, offset }: Checkpoint): Group[] | undefined {
    const at = this.#groups.findIndex((group) => group.segment.number === segment && group.endBefore === offset)
    if (at >= 0) return this.#groups.slice(at)
    const from = this.#groups.findIndex((group) => group.segment.number > segment)
    if (from >= 0 && this.#segments.get(segment)?.end === offset) return this.#groups.slice(from)
    const end = this.#segments.get(segment)?.end ?? segmentHeaderLength
    if (from < 0 && end === offset) return []
    this.truth.violated('a wrong checkpoint', `nothing ends at ${offset} of segment ${segment}`)
    return undefined
  }
}

const keyOf = (lane: number, area: string, sequence: number): string => `${lane} ${area} ${sequence}`
