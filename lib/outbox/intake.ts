import { arrivalOffsetMs, type Clock, isPlausible } from '../http'
import { Arrivals, checkName } from './arrivals'
import { type Arrival, Bundler } from './bundle'
import type { Append } from './committer'
import { keyOf } from './keys'
import type { LedgerDraft } from './ledger-draft'
import { encodeRecord, type OutboxRecord, storedBytes, type UnstoredRecord } from './record'
import type { ReusedMemory } from './reused-memory'
import type { StoreOperation } from './store'

/** What a caller hands in. */
export interface NewRecord {
  readonly stream: string
  /** Cloud-ready JSON text. */
  readonly payload: Buffer | string
  /** When it was measured, Unix ms. */
  readonly eventTimeMs: number
  /** Its text may stand in a list with others, separated by commas. Default: it is sent by itself. */
  readonly listable?: boolean
}

/** The moment of acceptance, and the source of keys. */
export interface IntakeContext {
  wallMs(): number
  monotonicMs(): number
  readonly bootId: string
  laneNumber(lane: string): number
  /** The first of so many in a row. */
  takeSequences(count: number): number
  /** What a group of the usual size is encoded in. */
  readonly memory: ReusedMemory
  /** Whether somebody reads a lane's records as soon as they are on disk. */
  isAwaited(lane: string): boolean
}

/** What a group takes in. */
export interface Intake {
  readonly operations: readonly StoreOperation[]
  /** By lane; of those that are awaited, the records. */
  readonly lanes: ReadonlyMap<string, readonly OutboxRecord[] | undefined>
  readonly bytes: number
}

/** What is to be appended to a lane. @throws {ConnectorError} INPUT_INVALID */
export function arrive(lane: string, records: readonly NewRecord[] | Arrivals, clock: Clock): Append {
  const gathered = records instanceof Arrivals ? records : gather(records, clock.wallMs())
  const arrivals = gathered.all()
  checkName(lane)
  let bytes = 0
  for (const arrival of arrivals) bytes += storedBytes(lane, arrival)
  const clockOffsetMs = arrivalOffsetMs(gathered.arrivedMs, gathered.sinceMs ?? clock.monotonicMs())
  return { kind: 'append', lane, arrivals, clockOffsetMs, bytes }
}

function gather(records: readonly NewRecord[], nowMs: number): Arrivals {
  const arrivals = new Arrivals(nowMs)
  for (const { stream, payload, eventTimeMs, listable } of records) arrivals.add(stream, payload, eventTimeMs, listable)
  return arrivals
}

/**
 * Turns what one group appends into operations on the store, and enters it into the ledgers.
 * The values are valid until the next group is taken in.
 */
export function takeIn(appends: readonly Append[], context: IntakeContext, draft: LedgerDraft): Intake {
  const allocate = piecesOf(memoryFor(appends, context))
  const moment = {
    acceptedWallMs: context.wallMs(),
    acceptedMonotonicMs: context.monotonicMs(),
    bootId: context.bootId,
  }
  const intakes = new Map<string, LaneIntake>()
  const operations: StoreOperation[] = []
  for (const { lane, arrivals, clockOffsetMs } of appends) {
    if (arrivals.length === 0) continue
    let intake = intakes.get(lane)
    if (!intake) {
      intake = new LaneIntake(lane, moment, context, operations, allocate)
      intakes.set(lane, intake)
    }
    for (const arrival of arrivals) intake.bundler.add(arrival, clockOffsetMs)
  }
  let bytes = 0
  for (const intake of intakes.values()) {
    intake.end(draft)
    bytes += intake.bytes
  }
  return { operations, lanes: new Map([...intakes].map(([lane, { records }]) => [lane, records])), bytes }
}

/** A group is half as large, unless a single message is larger. */
const mostReusedBytes = 1 << 20

function memoryFor(appends: readonly Append[], { memory }: IntakeContext): Buffer {
  let bytes = 0
  for (const append of appends) bytes += append.bytes
  return bytes > mostReusedBytes ? Buffer.allocUnsafeSlow(bytes) : memory.take(bytes)
}

/** One piece after the other; where there is no more, memory of its own. */
function piecesOf(memory: Buffer): (length: number) => Buffer {
  let used = 0
  return (length) => {
    const start = used
    if (start + length > memory.length) return Buffer.allocUnsafe(length)
    used += length
    return memory.subarray(start, used)
  }
}

type Moment = Pick<UnstoredRecord, 'acceptedWallMs' | 'acceptedMonotonicMs' | 'bootId'>

/** One lane's part of a group. */
class LaneIntake {
  readonly bundler: Bundler
  readonly records: OutboxRecord[] | undefined
  bytes = 0
  private readonly laneNumber: number
  private count = 0
  private lastSequence = 0

  constructor(
    private readonly lane: string,
    private readonly moment: Moment,
    private readonly context: IntakeContext,
    private readonly operations: StoreOperation[],
    private readonly allocate: (length: number) => Buffer,
  ) {
    this.laneNumber = context.laneNumber(lane)
    this.records = context.isAwaited(lane) ? [] : undefined
    this.bundler = new Bundler(moment.acceptedWallMs, (arrival, clockOffsetMs) => this.put(arrival, clockOffsetMs))
  }

  end(draft: LedgerDraft): void {
    this.bundler.end()
    draft.change(this.lane, { accepted: this.count, pendingBytes: this.bytes })
    draft.advance(this.lane, this.lastSequence)
  }

  private put({ stream, payload, eventTimeMs, isArrival, count, parts }: Arrival, clockOffsetMs: number): void {
    const { lane, laneNumber, moment } = this
    const { acceptedMonotonicMs, bootId } = moment
    // By the clock that gave the arrival time: it may have been set since.
    const acceptedWallMs = isArrival ? clockOffsetMs + acceptedMonotonicMs : moment.acceptedWallMs
    const sequence = this.context.takeSequences(count)
    const key = keyOf('pending', laneNumber, sequence)
    // In the order of the interface, as `record.ts` has it: V8 handles objects of one make sooner.
    const record: OutboxRecord = {
      sequence,
      count,
      lane,
      stream,
      acceptedWallMs,
      acceptedMonotonicMs,
      bootId,
      eventTimeMs,
      clockImplausible: !isPlausible(acceptedWallMs),
      isArrival,
      payload: typeof payload === 'string' ? Buffer.from(payload) : payload,
      parts,
    }
    const value = encodeRecord(key, record, this.allocate)
    this.operations.push({ type: 'put', key, value })
    this.records?.push(record)
    this.count += count
    this.bytes += key.length + value.length
    this.lastSequence = sequence + count - 1
  }
}
