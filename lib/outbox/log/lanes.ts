import { ByteReader, ByteWriter } from './bytes'
import { areas, type Fate } from './entry'

/** What became of a lane's records. `passed` is not counted: they live on. */
export type Counter = 'accepted' | Exclude<Fate, 'passed'>

/** The figures of a lane. accepted = pending + dead + delivered + dropped + evicted + damaged. */
export interface LaneLedger extends Readonly<Record<Counter, number>> {
  readonly lane: string
  readonly pending: number
  readonly dead: number
  /** What they take in the log. */
  readonly pendingBytes: number
  readonly deadBytes: number
  /** The highest sequence ever given to a record of this lane. */
  readonly lastSequence: number
}

type Writable<T> = { -readonly [Name in keyof T]: T[Name] }

/** A lane, as the log knows it. */
export interface LogLane extends Writable<LaneLedger> {
  /** In the entries. Never given twice. */
  readonly number: number
  /** The highest sequence that was put, by area. */
  readonly highest: number[]
}

const counters: readonly Counter[] = ['accepted', 'delivered', 'dropped', 'evicted', 'damaged']

/** All lanes, by name and by number. */
export class LogLanes {
  readonly #byName = new Map<string, LogLane>()
  readonly #byNumber = new Map<number, LogLane>()
  #lastNumber = 0
  /** Of all lanes. */
  pendingBytes = 0
  deadBytes = 0

  get(name: string): LogLane | undefined {
    return this.#byName.get(name)
  }

  numbered(number: number): LogLane | undefined {
    return this.#byNumber.get(number)
  }

  all(): IterableIterator<LogLane> {
    return this.#byName.values()
  }

  get count(): number {
    return this.#byName.size
  }

  ensure(name: string): LogLane {
    return this.#byName.get(name) ?? this.add(name, this.#lastNumber + 1)
  }

  /** A lane that the log names. Of one whose name is lost, the number is the name for now. */
  add(name: string, number: number): LogLane {
    const lane = newLane(name, number)
    this.#byName.set(name, lane)
    this.#byNumber.set(number, lane)
    this.#lastNumber = Math.max(this.#lastNumber, number)
    return lane
  }

  /** A number that occurs in the log, whether its lane was named or not. */
  ofNumber(number: number): LogLane {
    return this.#byNumber.get(number) ?? this.add(`recovered-${number}`, number)
  }

  /** The name is found after all. */
  rename(lane: LogLane, name: string): void {
    this.#byName.delete(lane.lane)
    lane.lane = name
    this.#byName.set(name, lane)
  }

  /** Live entries of an area are more, or fewer. */
  weigh(lane: LogLane, area: number, records: number, bytes: number): void {
    if (area === areas.pending) {
      lane.pending += records
      lane.pendingBytes += bytes
      this.pendingBytes += bytes
    } else if (area === areas.dead) {
      lane.dead += records
      lane.deadBytes += bytes
      this.deadBytes += bytes
    }
  }
}

function newLane(lane: string, number: number): LogLane {
  const counted = { accepted: 0, delivered: 0, dropped: 0, evicted: 0, damaged: 0 }
  const gauges = { pending: 0, dead: 0, pendingBytes: 0, deadBytes: 0, lastSequence: 0 }
  return { lane, number, ...counted, ...gauges, highest: [] }
}

/** Counters and name. */
export function encodeLane(lane: LogLane): Buffer {
  const writer = new ByteWriter(64 + lane.lane.length)
  for (const name of counters) writer.float(lane[name])
  return writer.float(lane.lastSequence).bytes(Buffer.from(lane.lane)).end()
}

/** @throws {RangeError} where the bytes are none of a lane */
export function decodeLane(body: Buffer): Pick<LaneLedger, Counter | 'lane' | 'lastSequence'> {
  const reader = new ByteReader(body)
  const values = Object.fromEntries(counters.map((name) => [name, reader.float()])) as Record<Counter, number>
  return { ...values, lastSequence: reader.float(), lane: reader.rest().toString('utf8') }
}

/** By how much there are more records than the counters say; below 0: fewer. */
export function surplusOf(lane: LogLane): number {
  const { accepted, pending, dead, delivered, dropped, evicted, damaged } = lane
  return pending + dead + delivered + dropped + evicted + damaged - accepted
}
