import { nextTurn } from '../../core'
import { eventTimesOf, streamsOf, takeApart } from '../record/parts'
import { lastSequence, type OutboxRecord } from '../record/record'
import type { NewRecord } from './intake'
import type { DurableQueue } from './queue'

/** What waits of one device or sensor. */
export interface WaitingStream {
  readonly stream: string
  readonly count: number
  /** When the oldest and the latest of them were measured, Unix ms. */
  readonly firstEventMs: number
  readonly lastEventMs: number
}

/** The records of a lane that nothing sends to: to be looked at, given away or thrown away by a person. */
export class Backlog {
  readonly #queue: DurableQueue
  readonly #lane: string

  constructor(queue: DurableQueue, lane: string) {
    this.#queue = queue
    this.#lane = lane
  }

  /** The devices or sensors of the first `limit` records, each once, in the order of their oldest record. */
  async streams(limit: number): Promise<readonly WaitingStream[]> {
    const streams = new Map<string, WaitingStream>()
    let seen = 0
    await this.#eachSlice((records) => {
      for (const record of records) {
        const names = streamsOf(record)
        eventTimesOf(record).forEach((eventMs, at) => {
          const stream = names[at] ?? record.stream
          const known = streams.get(stream) ?? { stream, count: 0, firstEventMs: eventMs, lastEventMs: eventMs }
          streams.set(stream, {
            stream,
            count: known.count + 1,
            firstEventMs: Math.min(known.firstEventMs, eventMs),
            lastEventMs: Math.max(known.lastEventMs, eventMs),
          })
        })
        seen += record.count
      }
      return seen < limit
    })
    return [...streams.values()]
  }

  /** Throws all of them away. Answers how many; the ledger counts them as dropped. */
  drop(): Promise<number> {
    return this.#takeAway(async () => undefined)
  }

  /**
   * Gives all of them to another lane, in their order. A slice that is taken there and not yet taken away here when the
   * power fails is given twice. Answers how many; the ledger of this lane counts them as dropped.
   * @param asTaken a record in the form of the other lane
   * @throws what `asTaken` throws, and `ConnectorError` OUTBOX_FULL; what was given before is given
   */
  giveTo(lane: string, asTaken: (record: OutboxRecord) => NewRecord): Promise<number> {
    return this.#takeAway((records) => this.#queue.append(lane, records.flatMap(takeApart).map(asTaken)))
  }

  async #takeAway(use: (records: readonly OutboxRecord[]) => Promise<void>): Promise<number> {
    const leases = this.#queue.leasesOf(this.#lane)
    let count = 0
    await this.#eachSlice(async (records) => {
      const taken = records.filter(({ sequence }) => leases.take(sequence))
      try {
        await use(taken)
        await this.#queue.settle(this.#lane, { dropped: taken })
      } catch (failure) {
        this.#queue.release(
          this.#lane,
          taken.map(({ sequence }) => sequence),
        )
        throw failure
      }
      for (const record of taken) count += record.count
      return true
    })
    return count
  }

  /** @param use answers whether to read on */
  async #eachSlice(use: (records: readonly OutboxRecord[]) => boolean | Promise<boolean>): Promise<void> {
    let position = 0
    for (;;) {
      const { records, nextSequence, atEnd } = await this.#queue.read(this.#lane, position, lastSequence)
      if (!(await use(records)) || atEnd) return
      position = nextSequence
      await nextTurn()
    }
  }
}
