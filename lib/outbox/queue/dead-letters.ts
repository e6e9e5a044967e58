import { nextTurn } from '../../core'
import { type DeadLetter, decodeDeadLetter } from '../record/dead-letter'
import { areaRange, keyLength, keyOf, sequenceOf } from '../record/keys'
import type { LedgerChange } from '../record/ledger'
import { encodeRecord, type OutboxRecord } from '../record/record'
import type { Store, StoreOperation } from '../store/store'
import { entriesOf } from './open-queue'
import type { QueueCore } from './queue-core'
import { bytesOfAll } from './settlement'

const sliceLetters = 200

export interface StoredLetter {
  readonly key: Buffer
  readonly bytes: number
  readonly letter: DeadLetter
}

/** What it needs of the queue. */
type DeadLetterQueue = Pick<
  QueueCore,
  'deadLeases' | 'ensureLane' | 'reappeared' | 'store' | 'submit' | 'takeSequences'
>

/** The records of one lane that were given up: to be looked at, tried again or thrown away by a person. */
export class DeadLetters {
  readonly #queue: DeadLetterQueue
  readonly #lane: string

  constructor(queue: DeadLetterQueue, lane: string) {
    this.#queue = queue
    this.#lane = lane
  }

  /** At most `limit`, oldest first, from a sequence on. */
  async list({ from = 0, limit = sliceLetters } = {}): Promise<readonly DeadLetter[]> {
    return (await this.#stored(from, limit)).map(({ letter }) => letter)
  }

  /** All of them, read a slice at a time. */
  async *all(): AsyncGenerator<DeadLetter> {
    for (let from = 0; ; ) {
      const slice = await this.#stored(from, sliceLetters)
      const last = slice.at(-1)
      if (!last) return
      yield* slice.map(({ letter }) => letter)
      from = sequenceOf(last.key) + 1
    }
  }

  /** Puts them (default: all) back into the queue, as its newest records. Answers how many. */
  retry(sequences?: readonly number[]): Promise<number> {
    return this.#forEach(sequences, (letters) => this.#revive(letters))
  }

  /** Throws them (default: all) away. Answers how many. */
  drop(sequences?: readonly number[]): Promise<number> {
    return this.#forEach(sequences, (letters) =>
      this.#queue.submit({
        kind: 'settle',
        plan: (draft) => {
          draft.change(this.#lane, { ...leaving(letters), dropped: letters.length })
          return deletionsOf(letters)
        },
      }),
    )
  }

  async #forEach(
    sequences: readonly number[] | undefined,
    handle: (letters: readonly StoredLetter[]) => Promise<void>,
  ): Promise<number> {
    const { deadLeases } = this.#queue
    const wanted = sequences && new Set(sequences)
    let handled = 0
    for (let from = 0; ; ) {
      const slice = await deadLeases.whileReading(() => this.#stored(from, sliceLetters))
      const last = slice.at(-1)
      if (!last) return handled
      const chosen = slice
        .filter(({ key }) => !wanted || wanted.has(sequenceOf(key)))
        .filter(({ key }) => deadLeases.take(sequenceOf(key)))
      try {
        if (chosen.length > 0) await handle(chosen)
      } catch (fault) {
        for (const { key } of chosen) deadLeases.release(sequenceOf(key))
        throw fault
      }
      for (const { key } of chosen) deadLeases.settle(sequenceOf(key))
      handled += chosen.length
      from = sequenceOf(last.key) + 1
      await nextTurn()
    }
  }

  async #revive(letters: readonly StoredLetter[]): Promise<void> {
    let revived: readonly OutboxRecord[] | undefined
    await this.#queue.submit({
      kind: 'settle',
      plan: (draft) => {
        // Not before it is their turn: of what a count has begun with, all sequences are given.
        revived ??= letters.map(({ letter }) => ({
          ...letter.record,
          sequence: this.#queue.takeSequences(1),
          isRevived: true,
        }))
        draft.change(this.#lane, { ...leaving(letters), pendingBytes: bytesOfAll(revived) })
        const { laneNumber, lastSequence } = draft.get(this.#lane)
        draft.advance(this.#lane, Math.max(lastSequence, ...revived.map(({ sequence }) => sequence)))
        const puts = revived.map((record): StoreOperation => {
          const key = keyOf('pending', laneNumber, record.sequence)
          return { type: 'put', key, value: encodeRecord(key, record) }
        })
        return [...deletionsOf(letters), ...puts]
      },
    })
    const [first] = revived ?? []
    if (first) this.#queue.reappeared(this.#lane, first.sequence)
  }

  #stored(from: number, limit: number): Promise<StoredLetter[]> {
    return readLetters(this.#queue.store(), this.#queue.ensureLane(this.#lane).laneNumber, limit, from)
  }
}

/** The oldest of a lane, from a sequence on. Damaged ones are left to the recount. */
export async function readLetters(store: Store, laneNumber: number, limit: number, from = 0): Promise<StoredLetter[]> {
  const range = { ...areaRange('dead', laneNumber), from: keyOf('dead', laneNumber, from) }
  const entries = await entriesOf(store, range, { limit })
  return entries.flatMap(([key, value]) => {
    const letter = decodeDeadLetter(value, keyLength)
    return letter ? { key, bytes: value.length, letter } : []
  })
}

const leaving = (letters: readonly StoredLetter[]): LedgerChange => ({
  dead: -letters.length,
  deadBytes: -letters.reduce((sum, { bytes }) => sum + bytes, 0),
})

const deletionsOf = (letters: readonly StoredLetter[]): StoreOperation[] =>
  letters.map(({ key }) => ({ type: 'del', key }))
