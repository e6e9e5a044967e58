import type { OrderKey } from './order'
import { type OutboxRecord, sentBytes } from './record'

/** The records that were read and wait to be sent, in order within each order key. */
export class Window {
  private runs = new Map<OrderKey, OutboxRecord[]>()
  /** Of records, those in bundles included. */
  count = 0
  /** As they are sent. */
  bytes = 0

  constructor(private readonly orderKeyOf: (record: OutboxRecord) => OrderKey) {}

  add(record: OutboxRecord): void {
    const key = this.orderKeyOf(record)
    const waiting = this.runs.get(key)
    if (waiting) waiting.push(record)
    else this.runs.set(key, [record])
    this.measure(record, 1)
  }

  /** Puts records back that were taken and not sent; they keep their places. */
  putBack(records: readonly OutboxRecord[]): void {
    for (const [key, returned] of grouped(records, this.orderKeyOf)) {
      const waiting = this.runs.get(key) ?? []
      this.runs.set(
        key,
        [...returned, ...waiting].sort((a, b) => a.sequence - b.sequence),
      )
    }
    for (const record of records) this.measure(record, 1)
  }

  /**
   * Takes the next batch: whole runs of one order key after another, so that the next batch finds others to send beside
   * it. Those that were served move to the end.
   * @param waits of the records in their order: whether one has to wait for others
   */
  take(
    limits: { records: number; bytes: number; oneKey: boolean },
    isFree: (key: OrderKey) => boolean,
    waits?: (record: OutboxRecord) => boolean,
  ): OutboxRecord[] {
    const batch: OutboxRecord[] = []
    let bytes = 0
    let records = 0
    for (const [key, waiting] of [...this.runs]) {
      if (!isFree(key)) continue
      const free = waits ? waiting.filter((record) => !waits(record)) : waiting
      if (free.length === 0) continue
      let count = 0
      for (const record of free) {
        const size = sentBytes(record)
        if (records > 0 && (records + record.count > limits.records || bytes + size > limits.bytes)) break
        bytes += size
        records += record.count
        count++
      }
      if (count === 0) break
      this.runs.delete(key)
      // Taken out in place: the outgrown tables that V8 chains behind a Map must not hold on to what was sent.
      const taken = free.splice(0, count)
      for (const record of taken) batch.push(record)
      const left = free === waiting ? waiting : waiting.filter((record) => !taken.includes(record))
      if (left.length > 0) this.runs.set(key, left)
      if (limits.oneKey) break
    }
    for (const record of batch) this.measure(record, -1)
    return batch
  }

  /** How many order keys there are. */
  get keys(): number {
    return this.runs.size
  }

  /** Takes out everything that doesn't belong here any more. */
  remove(isGone: (record: OutboxRecord) => boolean): OutboxRecord[] {
    const removed: OutboxRecord[] = []
    for (const [key, waiting] of [...this.runs]) {
      const gone = waiting.filter(isGone)
      if (gone.length === 0) continue
      removed.push(...gone)
      const left = waiting.filter((record) => !isGone(record))
      if (left.length > 0) this.runs.set(key, left)
      else this.runs.delete(key)
    }
    for (const record of removed) this.measure(record, -1)
    return removed
  }

  firstSequence(): number {
    let first = Number.POSITIVE_INFINITY
    for (const [record] of this.runs.values()) if (record) first = Math.min(first, record.sequence)
    return first
  }

  private measure(record: OutboxRecord, sign: 1 | -1): void {
    this.count += sign * record.count
    this.bytes += sign * sentBytes(record)
  }
}

/** In the order of their first ones. */
export function grouped<Key>(
  records: readonly OutboxRecord[],
  keyOf: (record: OutboxRecord) => Key,
): Map<Key, OutboxRecord[]> {
  const groups = new Map<Key, OutboxRecord[]>()
  for (const record of records) {
    const key = keyOf(record)
    const group = groups.get(key)
    if (group) group.push(record)
    else groups.set(key, [record])
  }
  return groups
}
