import type { ValueReport } from '../message'
import { type Destination, type Freshness, type OutboxRecord, usualLiveLimitMs, widestPace } from '../outbox'

/** What takes in the values of a message, to be sent later. */
export interface Keeper {
  /** An empty collection of what came at this time. */
  gather(arrivedMs: number): Gathered
  /** Takes in what was gathered. */
  accept(lane: string, gathered: Gathered, report?: ValueReport): Promise<void>
}

export interface Gathered {
  add(stream: string, payload: Buffer | string, eventTimeMs: number, listable?: boolean): void
}

/** Takes in nothing: hands what came in over to a destination, as an outbox does in which nothing else waits. */
export class PreviewedOutbox implements Keeper {
  readonly #destination: Destination

  constructor(destination: Destination) {
    this.#destination = destination
  }

  gather(arrivedMs: number): GatheredRecords {
    return new GatheredRecords(arrivedMs)
  }

  async accept(_lane: string, gathered: GatheredRecords): Promise<void> {
    const { signal } = new AbortController()
    const { batching } = this.#destination
    for (const kind of ['live', 'late'] as const) {
      const records = gathered.records.filter((record) => gathered.kindOf(record) === kind)
      const groups = batching === 'lane' ? [records] : byStream(records)
      for (const group of groups)
        for (const batch of this.#batches(group)) await this.#destination.send(batch, { signal, kind })
    }
  }

  #batches(records: readonly OutboxRecord[]): OutboxRecord[][] {
    const { maxRecords = widestPace.maxRecords, maxBytes = widestPace.maxBytes } = this.#destination
    const most = {
      records: Math.min(maxRecords, widestPace.maxRecords),
      bytes: Math.min(maxBytes, widestPace.maxBytes),
    }
    const batches: OutboxRecord[][] = []
    let batch: OutboxRecord[] = []
    let bytes = 0
    for (const record of records) {
      const isFull = batch.length >= most.records || bytes + record.payload.length > most.bytes
      if (batch.length === 0 || isFull) {
        batch = []
        bytes = 0
        batches.push(batch)
      }
      batch.push(record)
      bytes += record.payload.length
    }
    return batches
  }
}

function byStream(records: readonly OutboxRecord[]): readonly (readonly OutboxRecord[])[] {
  const streams = new Map<string, OutboxRecord[]>()
  for (const record of records) {
    const stream = streams.get(record.stream) ?? []
    streams.set(record.stream, stream)
    stream.push(record)
  }
  return [...streams.values()]
}

class GatheredRecords implements Gathered {
  readonly records: OutboxRecord[] = []
  readonly #arrivedMs: number

  constructor(arrivedMs: number) {
    this.#arrivedMs = arrivedMs
  }

  add(stream: string, payload: Buffer | string, eventTimeMs: number): void {
    this.records.push({
      ...unstored,
      sequence: this.records.length + 1,
      stream,
      acceptedWallMs: this.#arrivedMs,
      eventTimeMs,
      payload: Buffer.from(payload),
    })
  }

  kindOf({ eventTimeMs }: OutboxRecord): Freshness {
    return this.#arrivedMs - eventTimeMs <= usualLiveLimitMs ? 'live' : 'late'
  }
}

const unstored = {
  count: 1,
  lane: '',
  acceptedMonotonicMs: 0,
  bootId: '',
  clockImplausible: false,
  isArrival: false,
  isRevived: false,
  parts: undefined,
}
