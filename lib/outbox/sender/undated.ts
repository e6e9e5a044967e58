import { isPlausible, type Scheduler, say } from '../../core'
import { storedBytes } from '../queue/bytes'
import type { DurableQueue } from '../queue/queue'
import type { DeadReason } from '../record/dead-letter'
import { streamsOf } from '../record/parts'
import type { OutboxRecord } from '../record/record'
import { isUndated } from './dated'
import type { Destination } from './destination'

export interface UndatedOptions {
  readonly queue: DurableQueue
  readonly lane: string
  readonly destination: Pick<Destination, 'isDated'>
  readonly scheduler: Scheduler
  readonly bootId: string
  /** Whether something waits for the clock is another than before. */
  readonly onAnswer: () => void
}

/** How soon it is noticed that somebody has set the clock, or has made room for dead letters. */
const lookEveryMs = 1_000
/** What a dead letter takes besides its record. */
const letterBytes = 1_000

const unknownTime: DeadReason = {
  code: 'CLOCK_NOT_SET',
  text: say`It came in while this PC's clock was not set, and the PC was restarted before the clock was: nobody knows when it was measured.`,
}

/**
 * Leaves in the queue what came while the clock was not set, and what follows in its streams, until the clock is. Other
 * streams go on; but a bundle of several streams waits as a whole. What came so in another boot can't be dated by anybody:
 * it becomes a dead letter, without asking the cloud.
 */
export class Undated {
  readonly #streams = new Set<string>()
  #first = Number.POSITIVE_INFINITY
  #cancelLook: (() => void) | undefined
  readonly #undatable: OutboxRecord[] = []
  /** Dead letters for which there was no room. */
  #neededBytes = 0

  readonly #options: UndatedOptions

  constructor(options: UndatedOptions) {
    this.#options = options
  }

  get isHolding(): boolean {
    return this.#streams.size > 0
  }

  get hasUndatable(): boolean {
    return this.#undatable.length > 0
  }

  /** Whether it has to be left in the queue now; asked of each record that is read, in their order. */
  holds(record: OutboxRecord): boolean {
    const { destination, bootId } = this.#options
    if (!destination.isDated) return false
    const isWaiting = isUndated(record)
    if (isWaiting && record.bootId !== bootId) {
      this.#giveUp(record)
      return true
    }
    const waitsItself = isWaiting && !this.#isClockSet()
    if (!waitsItself && !this.isHolding) return false
    const streams = streamsOf(record)
    if (!waitsItself && !streams.some((stream) => this.#streams.has(stream))) return false
    const isNew = !this.isHolding
    for (const stream of streams) this.#streams.add(stream)
    this.#leave(record)
    if (isNew) this.#options.onAnswer()
    return true
  }

  /** Turns what cannot be dated into dead letters. */
  async bury(): Promise<void> {
    const { queue, lane } = this.#options
    const records = this.#undatable.splice(0)
    try {
      const bundles = records.filter(({ parts }) => parts)
      const apart = bundles.length > 0 ? await queue.takeApart(lane, bundles) : []
      const singles = [...records.filter(({ parts }) => !parts), ...apart.flat()]
      await queue.settle(lane, { dead: singles.map((record) => ({ record, reason: unknownTime })) })
    } catch {
      // The store is being closed, or opened again: they are read once more then.
      queue.release(
        lane,
        records.map(({ sequence }) => sequence),
      )
    }
  }

  /** Waits for nothing any more, and gives up what it has taken to turn into dead letters. */
  close(): OutboxRecord[] {
    this.#cancelLook?.()
    return this.#undatable.splice(0)
  }

  #isClockSet(): boolean {
    return isPlausible(this.#options.scheduler.wallMs())
  }

  #giveUp(record: OutboxRecord): void {
    const { queue, lane } = this.#options
    const bytes = storedBytes(record) + record.count * letterBytes
    if (!queue.hasDeadRoom(bytes)) {
      this.#neededBytes = bytes
      this.#leave(record)
    } else if (queue.leasesOf(lane).take(record.sequence)) this.#undatable.push(record)
  }

  #leave({ sequence }: OutboxRecord): void {
    this.#first = Math.min(this.#first, sequence)
    this.#cancelLook ??= this.#options.scheduler.setTimeout(() => this.#look(), lookEveryMs)
  }

  #look(): void {
    const { queue, lane, onAnswer, scheduler } = this.#options
    const isSoFar = this.isHolding ? !this.#isClockSet() : !queue.hasDeadRoom(this.#neededBytes)
    if (isSoFar) {
      this.#cancelLook = scheduler.setTimeout(() => this.#look(), lookEveryMs)
      return
    }
    const first = this.#first
    this.#cancelLook = undefined
    this.#neededBytes = 0
    this.#first = Number.POSITIVE_INFINITY
    this.#streams.clear()
    queue.reappeared(lane, first)
    onAnswer()
  }
}
