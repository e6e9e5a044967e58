import type { ValueReport } from '../message'
import {
  Batch,
  type Destination,
  type Freshness,
  grouped,
  limitsOf,
  type OutboxRecord,
  usualLiveLimitMs,
} from '../outbox'

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
      const groups = batching === 'lane' ? [records] : grouped(records, ({ stream }) => stream).values()
      for (const group of groups)
        for (const batch of this.#batches(group)) await this.#destination.send(batch, { signal, kind })
    }
  }

  #batches(records: readonly OutboxRecord[]): OutboxRecord[][] {
    const { maxRecords, maxBytes } = limitsOf(this.#destination)
    const batches: OutboxRecord[][] = []
    for (let rest = records; rest.length > 0; ) {
      const batch = new Batch({ records: maxRecords, bytes: maxBytes, oneKey: this.#destination.batching === 'stream' })
      rest = rest.slice(batch.fill(rest))
      batches.push(batch.records)
    }
    return batches
  }
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
