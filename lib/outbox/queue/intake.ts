import { arrivalOffsetMs, type Clock, isPlausible, nextTurn } from '../../core'
import type { Put } from '../log/change'
import { headerLength } from '../log/entry'
import { type Arrival, Bundler } from '../record/bundle'
import { type OutboxRecord, RecordBody, type UnstoredRecord } from '../record/record'
import { Arrivals, checkName } from './arrivals'
import { storedBytes } from './bytes'
import type { Append } from './work'

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

/** The moment of acceptance, and the source of sequences. */
export interface IntakeContext {
  wallMs(): number
  monotonicMs(): number
  readonly bootId: string
  /** The first of so many in a row. */
  takeSequences(count: number): number
  /** Whether somebody reads a lane's records as soon as they are on disk. */
  isAwaited(lane: string): boolean
}

/** What a group takes in. */
export interface Intake {
  readonly puts: readonly Put[]
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
  for (const arrival of arrivals) bytes += storedBytes(arrival)
  const clockOffsetMs = arrivalOffsetMs(gathered.arrivedMs, gathered.sinceMs ?? clock.monotonicMs())
  return { kind: 'append', lane, arrivals, clockOffsetMs, bytes }
}

function gather(records: readonly NewRecord[], nowMs: number): Arrivals {
  const arrivals = new Arrivals(nowMs)
  for (const { stream, payload, eventTimeMs, listable } of records) arrivals.add(stream, payload, eventTimeMs, listable)
  return arrivals
}

/** Of a message, in one turn of the event loop. */
const mostAtOnceBytes = 1 << 20
/** Of a long message: what is made records in one turn of the event loop, 1 MB. */
const arrivalsPerTurn = 250

/** Turns what a group appends into entries of the log. A long message takes many turns of the event loop. */
export function takeIn(appends: readonly Append[], context: IntakeContext): Intake | Promise<Intake> {
  let totalBytes = 0
  for (const { bytes } of appends) totalBytes += bytes
  const taking = new Taking(context)
  if (totalBytes > mostAtOnceBytes) return takeInTurns(appends, taking)
  for (const { lane, arrivals, clockOffsetMs } of appends) taking.take(lane, arrivals, clockOffsetMs)
  return taking.end()
}

async function takeInTurns(appends: readonly Append[], taking: Taking): Promise<Intake> {
  let taken = 0
  for (const { lane, arrivals, clockOffsetMs } of appends) {
    for (let start = 0; start < arrivals.length; ) {
      if (taken === arrivalsPerTurn) {
        await nextTurn()
        taken = 0
      }
      const slice = arrivals.slice(start, start + arrivalsPerTurn - taken)
      taking.take(lane, slice, clockOffsetMs)
      taken += slice.length
      start += slice.length
    }
  }
  return taking.end()
}

/** The taking in of one group. */
class Taking {
  readonly #context: IntakeContext
  readonly #moment: Moment
  readonly #lanes = new Map<string, LaneIntake>()
  readonly #puts: Put[] = []

  constructor(context: IntakeContext) {
    this.#context = context
    this.#moment = {
      acceptedWallMs: context.wallMs(),
      acceptedMonotonicMs: context.monotonicMs(),
      bootId: context.bootId,
    }
  }

  take(lane: string, arrivals: readonly Arrival[], clockOffsetMs: number): void {
    if (arrivals.length === 0) return
    let intake = this.#lanes.get(lane)
    if (!intake) {
      intake = new LaneIntake(lane, this.#moment, this.#context, this.#puts)
      this.#lanes.set(lane, intake)
    }
    for (const arrival of arrivals) intake.bundler.add(arrival, clockOffsetMs)
  }

  end(): Intake {
    let bytes = 0
    for (const intake of this.#lanes.values()) {
      intake.bundler.end()
      bytes += intake.bytes
    }
    const lanes = new Map([...this.#lanes].map(([lane, { records }]) => [lane, records]))
    return { puts: this.#puts, lanes, bytes }
  }
}

type Moment = Pick<UnstoredRecord, 'acceptedWallMs' | 'acceptedMonotonicMs' | 'bootId'>

/** One lane's part of a group. */
class LaneIntake {
  readonly bundler: Bundler
  readonly records: OutboxRecord[] | undefined
  bytes = 0

  readonly #lane: string
  readonly #moment: Moment
  readonly #context: IntakeContext
  readonly #puts: Put[]

  constructor(lane: string, moment: Moment, context: IntakeContext, puts: Put[]) {
    this.#lane = lane
    this.#moment = moment
    this.#context = context
    this.#puts = puts
    this.records = context.isAwaited(lane) ? [] : undefined
    this.bundler = new Bundler(moment.acceptedWallMs, (arrival, clockOffsetMs) => this.#put(arrival, clockOffsetMs))
  }

  #put({ stream, payload, eventTimeMs, isArrival, count, parts }: Arrival, clockOffsetMs: number): void {
    const lane = this.#lane
    const moment = this.#moment
    const { acceptedMonotonicMs, bootId } = moment
    // By the clock that gave the arrival time: it may have been set since.
    const acceptedWallMs = isArrival ? clockOffsetMs + acceptedMonotonicMs : moment.acceptedWallMs
    const sequence = this.#context.takeSequences(count)
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
      isRevived: false,
      payload: typeof payload === 'string' ? Buffer.from(payload) : payload,
      parts,
    }
    const body = new RecordBody(record)
    this.#puts.push({ type: 'put', lane, area: 'pending', sequence, count, isAccepted: true, body })
    this.records?.push(record)
    this.bytes += headerLength + body.length
  }
}
