import type { Scheduler } from '../../lib/core'

interface Timer {
  readonly atMs: number
  readonly order: number
  /** Of the process that it belongs to; 0 for the world itself, which no crash ends. */
  readonly life: number
  callback: (() => void) | undefined
}

/** So much in one moment is no work but a circle. */
const mostTurnsPerMoment = 20_000

/** A process that works on and on without waiting for anything. */
export class Unrest extends Error {}

/** What Node.js does for real: ends the turn. The seal has it, since the global one is replaced. */
export interface Turns {
  /** Resolves when all that can happen in this turn has happened. */
  over(): Promise<void>
}

/**
 * The only time there is. It stands still while anything happens, and then jumps to what comes next. Timers of a process
 * that has crashed never ring.
 */
export class WorldClock implements Scheduler {
  nowMs = 1_000
  /** Counts the processes; the present one's number. */
  life = 1
  #wallOffsetMs = Date.UTC(2026, 0)
  #order = 0
  readonly #heap: Timer[] = []

  constructor(private readonly turns: Turns) {}

  wallMs = (): number => Math.floor(this.#wallOffsetMs + this.nowMs)
  monotonicMs = (): number => this.nowMs

  /** For the product. */
  setTimeout(callback: () => void, delayMs: number): () => void {
    return this.#add(callback, delayMs, this.life)
  }

  /** For the world: happens whatever becomes of the process. */
  after(delayMs: number, callback: () => void): () => void {
    return this.#add(callback, delayMs, 0)
  }

  /** Of the process that runs now: never resolves once that has died. */
  waited(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.setTimeout(resolve, delayMs))
  }

  /** Somebody sets the PC's clock. */
  stepWall(byMs: number): void {
    this.#wallOffsetMs += byMs
  }

  /** Lets everything happen up to then, or until the condition holds. Answers whether it does. */
  async pass(untilMs: number, isOver: () => boolean = () => false): Promise<boolean> {
    let turns = 0
    await this.turns.over()
    for (;;) {
      if (isOver()) return true
      const timer = this.#earliest()
      if (!timer || timer.atMs > untilMs) break
      this.#takeFirst()
      if (timer.atMs > this.nowMs) {
        this.nowMs = timer.atMs
        turns = 0
      } else if (++turns > mostTurnsPerMoment) throw new Unrest('the process goes in circles: no time passes any more')
      const { callback } = timer
      timer.callback = undefined
      callback?.()
      await this.turns.over()
    }
    this.nowMs = Math.max(this.nowMs, untilMs)
    return isOver()
  }

  #add(callback: () => void, delayMs: number, life: number): () => void {
    const atMs = this.nowMs + Math.max(0, Number.isFinite(delayMs) ? delayMs : 0)
    const timer: Timer = { atMs, order: this.#order++, life, callback }
    this.#push(timer)
    return () => {
      timer.callback = undefined
    }
  }

  /** The next that still means something. */
  #earliest(): Timer | undefined {
    for (let first = this.#heap[0]; first; first = this.#heap[0]) {
      if (first.callback && (first.life === 0 || first.life === this.life)) return first
      this.#takeFirst()
    }
    return undefined
  }

  #push(timer: Timer): void {
    const heap = this.#heap
    let at = heap.push(timer) - 1
    while (at > 0) {
      const above = (at - 1) >> 1
      const other = heap[above]
      if (!other || isBefore(other, timer)) break
      heap[at] = other
      at = above
    }
    heap[at] = timer
  }

  #takeFirst(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (!last || heap.length === 0) return
    let at = 0
    for (;;) {
      let below = 2 * at + 1
      const left = heap[below]
      if (!left) break
      const right = heap[below + 1]
      const lesser = right && isBefore(right, left) ? right : left
      if (lesser === right) below++
      if (isBefore(last, lesser)) break
      heap[at] = lesser
      at = below
    }
    heap[at] = last
  }
}

function isBefore(one: Timer, other: Timer): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order)
}
