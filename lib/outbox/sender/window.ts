import { grouped, type OutboxRecord, type Size, sentBytes, sizeOf } from '../record/record'
import { Batch, type BatchLimits, isFullEnough } from './batch'
import { HeldStreams, type QuestionLimits } from './held-streams'
import type { OrderKey } from './order'

/** The records of an order key that wait. */
interface Run {
  readonly key: OrderKey
  records: OutboxRecord[]
  /** Of records, those in bundles included. */
  count: number
  /** As they are sent. */
  bytes: number
  /** How many batches were taken without any of it, though it was free; less than none where it came back unsent. */
  passedOver: number
}

/** What of a run may be taken. */
interface Ready extends Size {
  readonly run: Run
  readonly records: OutboxRecord[]
}

/** What is chosen, of records in their order. */
export interface Choosing {
  /** Whether this one is left. */
  readonly waits: (record: OutboxRecord) => boolean
  /** Whether nothing more need be looked at. */
  readonly isEnough: () => boolean
}

/** So many batches pass over a single record before it is as urgent as the longest run. */
const mostPassedOver = 32

/** The records that were read and wait to be sent, in order within each order key. */
export class Window {
  readonly #runs = new Map<OrderKey, Run>()
  #held: HeldStreams | undefined
  /** Of records, those in bundles included. */
  count = 0
  /** As they are sent. */
  bytes = 0

  readonly #orderKeyOf: (record: OutboxRecord) => OrderKey

  constructor(orderKeyOf: (record: OutboxRecord) => OrderKey) {
    this.#orderKeyOf = orderKeyOf
  }

  add(record: OutboxRecord): void {
    if (this.#held && this.#hold(record)) return
    const run = this.#runOf(this.#orderKeyOf(record))
    run.records.push(record)
    this.#measure(run, record, 1)
  }

  /** Puts records back that were taken and not sent; they keep their places, and others go first: it may be their fault. */
  putBack(records: readonly OutboxRecord[], passedOver = -mostPassedOver): void {
    const free = this.#held ? records.filter((record) => !this.#hold(record)) : records
    for (const [key, returned] of grouped(free, this.#orderKeyOf)) {
      const run = this.#runOf(key)
      run.records = [...returned, ...run.records].sort((a, b) => a.sequence - b.sequence)
      run.passedOver = passedOver
      for (const record of returned) this.#measure(run, record, 1)
    }
  }

  /** The records of these streams, as they are and as they come, are in no batch any more, until they are let go. */
  holdBack(isHeld: (stream: string) => boolean): void {
    const earlier = this.#takeHeld()
    this.#held = new HeldStreams(isHeld)
    for (const run of [...this.#runs.values()]) {
      const held = run.records.filter((record) => this.#hold(record))
      if (held.length === 0) continue
      const isGone = new Set(held)
      run.records = run.records.filter((record) => !isGone.has(record))
      this.#left(run, held)
    }
    this.putBack(earlier, 0)
  }

  /** These streams travel with the others again. */
  letGo(streams: Iterable<string>): void {
    const records: OutboxRecord[] = []
    for (const stream of streams) records.push(...(this.#held?.takeStream(stream) ?? []))
    for (const record of records) this.#weigh(record, -1)
    this.putBack(records, 0)
  }

  letAllGo(): void {
    const records = this.#takeHeld()
    this.#held = undefined
    this.putBack(records, 0)
  }

  /** Whether it holds bundles of streams that are held back. */
  get isTangled(): boolean {
    return this.#held?.isTangled ?? false
  }

  takeTangled(): OutboxRecord[] {
    const records = this.#held?.takeTangled() ?? []
    for (const record of records) this.#weigh(record, -1)
    return records
  }

  /** Takes the first records of some of those that are held back. */
  takeQuestion(limits: QuestionLimits, isMeant: (stream: string) => boolean): OutboxRecord[] {
    const records = this.#held?.take(limits, isMeant) ?? []
    for (const record of records) this.#weigh(record, -1)
    return records
  }

  /**
   * Takes the next batch. Where it is of one order key, these have their turns. Otherwise it begins with the longest run,
   * so that all come to their end together: an order key has one request at a time, and whatever is left of the last one
   * would go alone. Whole runs fill it up, so that the next batch finds others to send beside it.
   * @param waits of the records in their order: whether one has to wait for others
   */
  take(
    limits: BatchLimits,
    isFree: (key: OrderKey) => boolean,
    waits?: (record: OutboxRecord) => boolean,
  ): OutboxRecord[] {
    const all = this.#ready(isFree, waits)
    const ready = limits.oneKey ? firstIn(all) : byUrgency([...all])
    const batch = new Batch(limits)
    const left: Ready[] = []
    for (const each of ready) {
      if ((batch.isEmpty || batch.hasRoomFor(each)) && this.#move(each, batch)) each.run.passedOver = 0
      else left.push(each)
    }
    // A torn run has to wait for its first part: the most urgent one for the sake of a batch that is far from full, the
    // others as long as the next batch is full without them.
    let spare = left.reduce((sum, { count }) => sum + count, 0) - limits.records
    for (const each of isFullEnough(batch, limits) ? left.reverse() : left) {
      const isTorn = (!isFullEnough(batch, limits) || each.count <= spare) && this.#move(each, batch)
      if (isTorn) spare -= each.count
      each.run.passedOver = isTorn ? 0 : each.run.passedOver + 1
    }
    return batch.records
  }

  /**
   * Takes what is chosen of the runs whose turn it is, until a small request is full or enough is chosen; all others keep their
   * places.
   */
  takeSome(limits: BatchLimits, isFree: (key: OrderKey) => boolean, { waits, isEnough }: Choosing): OutboxRecord[] {
    const batch = new Batch(limits)
    for (const each of [...this.#runs.values()]) {
      if (!isFree(each.key)) continue
      const records: OutboxRecord[] = []
      for (const record of each.records) {
        if (isEnough()) break
        if (!waits(record)) records.push(record)
      }
      if (records.length > 0) this.#move({ run: each, records, ...sizeOf(records) }, batch)
      if (!batch.isEmpty && (limits.oneKey || isFullEnough(batch, limits) || isEnough())) break
    }
    return batch.records
  }

  /** How many order keys there are. */
  get keys(): number {
    return this.#runs.size
  }

  /** Takes out everything that doesn't belong here any more. */
  remove(isGone: (record: OutboxRecord) => boolean): OutboxRecord[] {
    const removed = this.#held?.remove(isGone) ?? []
    for (const record of removed) this.#weigh(record, -1)
    for (const run of [...this.#runs.values()]) {
      const gone = run.records.filter(isGone)
      if (gone.length === 0) continue
      removed.push(...gone)
      run.records = run.records.filter((record) => !isGone(record))
      this.#left(run, gone)
    }
    return removed
  }

  *all(): Generator<OutboxRecord, void, void> {
    for (const { records } of this.#runs.values()) yield* records
    if (this.#held) yield* this.#held.all()
  }

  *#ready(isFree: (key: OrderKey) => boolean, waits?: (record: OutboxRecord) => boolean): Generator<Ready, void, void> {
    for (const run of this.#runs.values()) {
      if (!isFree(run.key)) continue
      const { records, count, bytes } = run
      if (!waits) yield { run, records, count, bytes }
      else {
        const free = records.filter((record) => !waits(record))
        if (free.length > 0) yield { run, records: free, ...sizeOf(free) }
      }
    }
  }

  /** Moves what fits of it to the batch. Answers whether anything does. */
  #move({ run, records }: Ready, batch: Batch): boolean {
    const fitting = batch.fill(records)
    if (fitting === 0) return false
    // Taken out in place: the outgrown tables that V8 chains behind a Map must not hold on to what was sent.
    const taken = records.splice(0, fitting)
    if (records !== run.records) run.records = run.records.filter((record) => !taken.includes(record))
    this.#left(run, taken)
    // To the end: others have their turns.
    if (this.#runs.delete(run.key) && run.records.length > 0) this.#runs.set(run.key, run)
    return true
  }

  #runOf(key: OrderKey): Run {
    const run = this.#runs.get(key) ?? { key, records: [], count: 0, bytes: 0, passedOver: 0 }
    this.#runs.set(key, run)
    return run
  }

  /** These are not in the run any more. */
  #left(run: Run, records: readonly OutboxRecord[]): void {
    for (const record of records) this.#measure(run, record, -1)
    if (run.records.length === 0) this.#runs.delete(run.key)
  }

  #measure(run: Run, record: OutboxRecord, sign: 1 | -1): void {
    run.count += sign * record.count
    run.bytes += sign * sentBytes(record)
    this.#weigh(record, sign)
  }

  #weigh(record: OutboxRecord, sign: 1 | -1): void {
    this.count += sign * record.count
    this.bytes += sign * sentBytes(record)
  }

  #hold(record: OutboxRecord): boolean {
    const isHeld = this.#held?.add(record) ?? false
    if (isHeld) this.#weigh(record, 1)
    return isHeld
  }

  #takeHeld(): OutboxRecord[] {
    const records = [...(this.#held?.all() ?? [])]
    for (const record of records) this.#weigh(record, -1)
    return records
  }
}

function byUrgency(ready: Ready[]): Ready[] {
  const longest = ready.reduce((most, { count }) => Math.max(most, count), 0)
  const urgency = ({ count, run }: Ready) => count + (run.passedOver * longest) / mostPassedOver
  return ready.sort((a, b) => urgency(b) - urgency(a))
}

function firstIn<Item>(items: Iterable<Item>): Item[] {
  for (const item of items) return [item]
  return []
}
