import { endOf, readLetters, type StoredLetter } from './dead-letters'
import type { EvictionLog } from './eviction-log'
import type { ResolvedQueueOptions } from './options'
import type { QueueCore } from './queue-core'
import type { Settle } from './work'

/** More than needed is evicted at a time. */
const deadHeadroomShare = 0.1
const lettersPerSlice = 200

/** What it needs of the queue. */
type EvictedQueue = Pick<QueueCore, 'all' | 'deadBytes' | 'deadLeases' | 'hasDeadRoom' | 'log' | 'submit'>

/** Throws away the oldest dead letters, where the settings say so, and writes down which. */
export class DeadEvictor {
  readonly #queue: EvictedQueue
  readonly #options: ResolvedQueueOptions
  readonly #log: EvictionLog

  constructor(queue: EvictedQueue, options: ResolvedQueueOptions, log: EvictionLog) {
    this.#queue = queue
    this.#options = options
    this.#log = log
  }

  /**
   * Evicts the oldest dead letters, so that there is room for so much more of them.
   * @returns whether there is now
   */
  async makeRoom(bytes: number): Promise<boolean> {
    const queue = this.#queue
    const options = this.#options
    const limitBytes = options.maxBytes * options.deadShare
    if (bytes > limitBytes) return false
    const wantedBytes = queue.deadBytes() + bytes - limitBytes * (1 - deadHeadroomShare)
    for (let freedBytes = 0; freedBytes < wantedBytes; ) {
      const evicted = await this.#evictDead(wantedBytes - freedBytes)
      if (evicted === 0) return queue.hasDeadRoom(bytes)
      freedBytes += evicted
    }
    return true
  }

  /** Of the lane whose oldest is the oldest of all. Answers how many bytes that were. */
  async #evictDead(wantedBytes: number): Promise<number> {
    const queue = this.#queue
    const slices = await queue.deadLeases.whileReading(async () => {
      const lanes = queue.all().filter(({ dead }) => dead > 0)
      const read = async (lane: string) => ({ lane, ...(await readLetters(queue.log, lane, lettersPerSlice)) })
      return Promise.all(lanes.map(({ lane }) => read(lane)))
    })
    const oldest = slices
      .map(({ lane, letters }) => ({
        lane,
        letters: letters.filter(({ sequence }) => queue.deadLeases.take(sequence)),
      }))
      .sort((a, b) => diedMs(a.letters) - diedMs(b.letters))
    const [first, ...others] = oldest
    const letters: StoredLetter[] = []
    let bytes = 0
    for (const letter of first?.letters ?? []) {
      if (bytes >= wantedBytes) break
      bytes += letter.bytes
      letters.push(letter)
    }
    const unused = [...(first?.letters.slice(letters.length) ?? []), ...others.flatMap((one) => one.letters)]
    for (const { sequence } of unused) queue.deadLeases.release(sequence)
    if (!first || letters.length === 0) return 0
    await queue.submit(this.#deadEviction(first.lane, letters, bytes))
    return bytes
  }

  #deadEviction(lane: string, letters: readonly StoredLetter[], bytes: number): Settle {
    const entry = this.#log.takeNumbers(1)
    const records = letters.map(({ letter }) => letter.record)
    return {
      kind: 'settle',
      entries: letters.length,
      together: true,
      plan: () => [endOf(lane, letters, 'evicted'), ...this.#log.changes(lane, 'dead-full', records, bytes, entry)],
      committed: () => {
        for (const { sequence } of letters) this.#queue.deadLeases.settle(sequence)
      },
    }
  }
}

const diedMs = ([oldest]: readonly StoredLetter[]): number => oldest?.letter.diedAtMs ?? Number.POSITIVE_INFINITY
