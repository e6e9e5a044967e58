import { nextTurn } from '../../core'
import { decodeDeadLetter } from '../record/dead-letter'
import { areaRange, keyLength, keyOf, sequenceOf } from '../record/keys'
import type { LaneLedger } from '../record/ledger'
import { countOf, isWholeRecord } from '../record/record'
import type { StoreEntry, StoreScan } from '../store/store'
import type { QueueCore } from './queue-core'
import { hasSteppedOver } from './stepped-over'

/** Bytes are as the ledger counts them: of pending records with their keys, of dead letters without. */
export interface Found {
  count: number
  bytes: number
}

const sliceEntries = 100

/** What it needs of the queue. */
export type CountedQueue = Pick<QueueCore, 'ensureLane' | 'quietly' | 'store'>

/**
 * Counts what one lane has in the store, a slice per turn of the event loop, while writing goes on. The pending records
 * are read in stretches, each in a frozen view of its own, and in between the store gives its memory back. What is
 * appended meanwhile lies behind the last sequence of the beginning; what has gone before a stretch got there is counted
 * as found.
 */
export class LaneCount {
  /** The lane's ledger when the count began. */
  readonly before: LaneLedger
  readonly dead: Found = { count: 0, bytes: 0 }
  /** Keys of damaged records and letters. */
  readonly unreadable: Buffer[] = []
  readonly #counted: Found = { count: 0, bytes: 0 }
  readonly #unreadableSequences = new Set<number>()
  /** Settled, or booked as damaged, since the stretch began, unless they were counted as whole. */
  #gone: { sequence: number; found: Found }[] = []
  /** Taken apart since the stretch began: it may have met them, as they were. */
  readonly #bundles = new Map<number, Found>()
  #position = 0
  readonly #letters: StoreScan

  readonly #queue: CountedQueue
  readonly #stretchBytes: number
  readonly #isStopped: () => boolean

  /**
   * To be made in a moment in which ledger and store agree: see `DurableQueue.quietly`.
   * @param stretchBytes LevelDB maps what is read into memory, and lets go of it only with the store
   */
  constructor(queue: CountedQueue, lane: string, stretchBytes: number, isStopped: () => boolean) {
    this.#queue = queue
    this.#stretchBytes = stretchBytes
    this.#isStopped = isStopped
    this.before = queue.ensureLane(lane)
    this.#letters = queue.store().scan(areaRange('dead', this.before.laneNumber))
  }

  /** So much has left the store from here, with the ledger saying how. */
  left(sequence: number, found: Found): void {
    const isOfLater = sequence > this.before.lastSequence
    if (!isOfLater && (sequence >= this.#position || this.#unreadableSequences.has(sequence)))
      this.#gone.push({ sequence, found })
  }

  /** Single records have taken the bundle's place; where it was found damaged, they are whole. */
  parted(sequence: number, bundle: Found, grownBytes: number): void {
    if (!this.#unreadableSequences.delete(sequence)) {
      this.left(sequence, { count: 0, bytes: -grownBytes })
      this.#bundles.set(sequence, bundle)
      return
    }
    const key = keyOf('pending', this.before.laneNumber, sequence)
    this.unreadable.splice(
      this.unreadable.findIndex((unreadable) => unreadable.equals(key)),
      1,
    )
    add(this.#counted, bundle)
  }

  /** What the ledger had as pending in the beginning, as far as it was there, or has been booked otherwise since. */
  pending(): Found {
    const sum = { ...this.#counted }
    for (const { sequence, found } of this.#gone)
      if (sequence >= this.#position || this.#unreadableSequences.has(sequence)) add(sum, found)
    return sum
  }

  async run(): Promise<void> {
    await this.#countLetters()
    while (this.#position <= this.before.lastSequence && !this.#isStopped()) await this.#countStretch()
  }

  async #countLetters(): Promise<void> {
    for await (const [key, value] of this.#entries(this.#letters)) {
      if (decodeDeadLetter(value, keyLength)) add(this.dead, { count: 1, bytes: value.length })
      else this.unreadable.push(key)
    }
  }

  /** Ends behind a whole record: the key of a damaged one may point anywhere. */
  async #countStretch(): Promise<void> {
    const scan = await this.#queue.quietly(() => this.#beginStretch())
    let bytes = 0
    let position = this.before.lastSequence + 1
    let found = 0
    let next = this.#position
    let hasHole = false
    for await (const [key, value] of this.#entries(scan)) {
      bytes += value.length
      collectSoon(value)
      const isWhole = isWholeRecord(key, value)
      found += 1
      hasHole ||= sequenceOf(key) > next
      next = sequenceOf(key) + (isWhole ? countOf(value) : 1)
      if (isWhole) add(this.#counted, { count: countOf(value), bytes: keyLength + value.length })
      else this.#putAside(key)
      if (!isWhole || bytes < this.#stretchBytes) continue
      position = next
      if (hasHole) await this.#requireAll(key, found)
      break
    }
    this.#position = position
    if (bytes >= this.#stretchBytes) await this.#queue.store().releaseMemory()
  }

  /** @throws {StoreFault} io where something was there that could not be read for a moment: it would be booked as lost */
  async #requireAll(last: Buffer, found: number): Promise<void> {
    const from = keyOf('pending', this.before.laneNumber, this.#position)
    await hasSteppedOver(this.#queue.store(), from, last, { found, isParted: () => this.#bundles.size > 0 })
  }

  #putAside(key: Buffer): void {
    const bundle = this.#bundles.get(sequenceOf(key))
    if (bundle) add(this.#counted, bundle)
    else {
      this.unreadable.push(key)
      this.#unreadableSequences.add(sequenceOf(key))
    }
  }

  #beginStretch(): StoreScan {
    const { laneNumber, lastSequence } = this.before
    Object.assign(this.#counted, this.pending())
    this.#gone = []
    this.#bundles.clear()
    const from = keyOf('pending', laneNumber, this.#position)
    return this.#queue.store().scan({ from, before: keyOf('pending', laneNumber, lastSequence + 1) })
  }

  async *#entries(scan: StoreScan): AsyncGenerator<StoreEntry> {
    try {
      while (!this.#isStopped()) {
        const entries = await scan.next(sliceEntries)
        if (entries.length === 0) return
        yield* entries
        await nextTurn()
      }
    } finally {
      await scan.close()
    }
  }
}

/**
 * V8 collects what is young when its own heap is full of it, and what is read lies outside: 64 MB of it might pile up. So
 * more than that is allocated within, up to 16 MB between two collections.
 */
function collectSoon(value: Buffer): void {
  for (let time = 0; time < 3; time++) value.toString('latin1')
}

function add(sum: Found, { count, bytes }: Found): void {
  sum.count += count
  sum.bytes += bytes
}
