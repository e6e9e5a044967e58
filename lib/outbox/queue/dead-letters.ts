import { nextTurn } from '../../core'
import type { Change } from '../log/change'
import { headerLength } from '../log/entry'
import type { SegmentLog } from '../log/segment-log'
import { type DeadLetter, decodeDeadLetter } from '../record/dead-letter'
import { encodeRecord, lastSequence, type OutboxRecord } from '../record/record'
import type { QueueCore } from './queue-core'

const sliceLetters = 200

export interface StoredLetter {
  readonly sequence: number
  readonly bytes: number
  readonly letter: DeadLetter
}

interface LetterSlice {
  readonly letters: readonly StoredLetter[]
  readonly nextSequence: number
  readonly atEnd: boolean
}

/** What it needs of the queue. */
type DeadLetterQueue = Pick<QueueCore, 'deadLeases' | 'log' | 'reappeared' | 'submit' | 'takeSequences'>

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
    const listed: DeadLetter[] = []
    for (let start = from; listed.length < limit; ) {
      const { letters, nextSequence, atEnd } = await this.#read(start, limit - listed.length)
      for (const { letter } of letters) listed.push(letter)
      if (atEnd) break
      start = nextSequence
    }
    return listed
  }

  /** All of them, read a slice at a time. */
  async *all(): AsyncGenerator<DeadLetter> {
    for (let from = 0; ; ) {
      const { letters, nextSequence, atEnd } = await this.#read(from)
      yield* letters.map(({ letter }) => letter)
      if (atEnd) return
      from = nextSequence
    }
  }

  /** Puts them (default: all) back into the queue, as its newest records. Answers how many. */
  retry(sequences?: readonly number[]): Promise<number> {
    return this.#forEach(sequences, (letters) => this.#revive(letters))
  }

  /** Throws them (default: all) away. Answers how many. */
  drop(sequences?: readonly number[]): Promise<number> {
    return this.#forEach(sequences, (letters) =>
      this.#queue.submit({ kind: 'settle', plan: () => [endOf(this.#lane, letters, 'dropped')] }),
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
      const { letters, nextSequence, atEnd } = await deadLeases.whileReading(() => this.#read(from))
      const chosen = letters
        .filter(({ sequence }) => !wanted || wanted.has(sequence))
        .filter(({ sequence }) => deadLeases.take(sequence))
      try {
        if (chosen.length > 0) await handle(chosen)
      } catch (fault) {
        for (const { sequence } of chosen) deadLeases.release(sequence)
        throw fault
      }
      for (const { sequence } of chosen) deadLeases.settle(sequence)
      handled += chosen.length
      if (atEnd) return handled
      from = nextSequence
      await nextTurn()
    }
  }

  async #revive(letters: readonly StoredLetter[]): Promise<void> {
    const lane = this.#lane
    const first = this.#queue.takeSequences(letters.length)
    const revived = letters.map(
      ({ letter }, at): OutboxRecord => ({ ...letter.record, sequence: first + at, isRevived: true }),
    )
    await this.#queue.submit({
      kind: 'settle',
      entries: letters.length,
      together: true,
      plan: () => [endOf(lane, letters, 'passed'), ...revived.map(putOf)],
    })
    this.#queue.reappeared(lane, first)
  }

  #read(from: number, limit = sliceLetters): Promise<LetterSlice> {
    return readLetters(this.#queue.log, this.#lane, limit, from)
  }
}

/** The oldest of a lane, from a sequence on. @throws {LogFault} io */
export async function readLetters(
  log: Pick<SegmentLog, 'read'>,
  lane: string,
  limit: number,
  from = 0,
): Promise<LetterSlice> {
  const { entries, nextSequence, atEnd } = await log.read(lane, 'dead', from, lastSequence, { most: limit })
  const letters = entries.flatMap((entry): StoredLetter[] => {
    const letter = decodeDeadLetter(lane, entry)
    return letter ? [{ sequence: entry.sequence, bytes: headerLength + entry.body.length, letter }] : []
  })
  return { letters, nextSequence, atEnd }
}

/** That these are no dead letters any more. */
export function endOf(lane: string, letters: readonly StoredLetter[], fate: 'dropped' | 'evicted' | 'passed'): Change {
  return { type: 'settle', lane, area: 'dead', fate, sequences: letters.map(({ sequence }) => sequence) }
}

function putOf(record: OutboxRecord): Change {
  const { lane, sequence } = record
  return { type: 'put', lane, area: 'pending', sequence, count: 1, isAccepted: false, body: encodeRecord(record) }
}
