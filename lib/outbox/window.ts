import { type OutboxRecord, sentBytes } from './record'

/** The records that were read and wait to be sent, in order within each stream. */
export class Window {
  private streams = new Map<string, OutboxRecord[]>()
  /** Of records, those in bundles included. */
  count = 0
  /** As they are sent. */
  bytes = 0

  add(record: OutboxRecord): void {
    const waiting = this.streams.get(record.stream)
    if (waiting) waiting.push(record)
    else this.streams.set(record.stream, [record])
    this.measure(record, 1)
  }

  /** Puts records back that were taken and not sent; they keep their places. */
  putBack(records: readonly OutboxRecord[]): void {
    for (const [stream, returned] of groupByStream(records)) {
      const waiting = this.streams.get(stream) ?? []
      this.streams.set(
        stream,
        [...returned, ...waiting].sort((a, b) => a.sequence - b.sequence),
      )
    }
    for (const record of records) this.measure(record, 1)
  }

  /**
   * Takes the next batch: whole runs of one stream after another, so that the next batch finds other streams to send
   * beside it. Streams that were served move to the end.
   */
  take(limits: { records: number; bytes: number; oneStream: boolean }, isFree: (stream: string) => boolean) {
    const batch: OutboxRecord[] = []
    let bytes = 0
    let records = 0
    for (const [stream, waiting] of [...this.streams]) {
      if (!isFree(stream)) continue
      let count = 0
      for (const record of waiting) {
        const size = sentBytes(record)
        if (records > 0 && (records + record.count > limits.records || bytes + size > limits.bytes)) break
        bytes += size
        records += record.count
        count++
      }
      if (count === 0) break
      this.streams.delete(stream)
      // Taken out in place: the outgrown tables that V8 chains behind a Map must not hold on to what was sent.
      for (const record of waiting.splice(0, count)) batch.push(record)
      if (waiting.length > 0) this.streams.set(stream, waiting)
      if (limits.oneStream) break
    }
    for (const record of batch) this.measure(record, -1)
    return batch
  }

  /** Takes out everything that doesn't belong here any more. */
  remove(isGone: (record: OutboxRecord) => boolean): OutboxRecord[] {
    const removed: OutboxRecord[] = []
    for (const [stream, waiting] of [...this.streams]) {
      const gone = waiting.filter(isGone)
      if (gone.length === 0) continue
      removed.push(...gone)
      const left = waiting.filter((record) => !isGone(record))
      if (left.length > 0) this.streams.set(stream, left)
      else this.streams.delete(stream)
    }
    for (const record of removed) this.measure(record, -1)
    return removed
  }

  firstSequence(): number {
    let first = Number.POSITIVE_INFINITY
    for (const [record] of this.streams.values()) if (record) first = Math.min(first, record.sequence)
    return first
  }

  hasFree(isFree: (stream: string) => boolean): boolean {
    for (const stream of this.streams.keys()) if (isFree(stream)) return true
    return false
  }

  private measure(record: OutboxRecord, sign: 1 | -1): void {
    this.count += sign * record.count
    this.bytes += sign * sentBytes(record)
  }
}

export function groupByStream(records: readonly OutboxRecord[]): Map<string, OutboxRecord[]> {
  const streams = new Map<string, OutboxRecord[]>()
  for (const record of records) {
    const ofStream = streams.get(record.stream)
    if (ofStream) ofStream.push(record)
    else streams.set(record.stream, [record])
  }
  return streams
}
