import type { Scheduler } from '../../lib/core'

interface Timer {
  readonly atMs: number
  readonly callback: () => void
}

/** A clock that stands still until it is turned. */
export class ManualClock implements Scheduler {
  private nowMs = 1000
  private wallOffsetMs = Date.UTC(2026, 0)
  private readonly timers = new Set<Timer>()
  /** Counts what goes on without time passing, so that it is waited for. */
  progress: () => number = () => 0

  wallMs = () => this.wallOffsetMs + this.nowMs
  monotonicMs = () => this.nowMs

  setTimeout(callback: () => void, delayMs: number): () => void {
    const timer = { atMs: this.nowMs + delayMs, callback }
    this.timers.add(timer)
    return () => this.timers.delete(timer)
  }

  /** Somebody sets the PC's clock. */
  stepWall(byMs: number): void {
    this.wallOffsetMs += byMs
  }

  /** Lets the time pass, timer by timer, and everything happen that follows from each. */
  async pass(ms: number): Promise<void> {
    const endMs = this.nowMs + ms
    await this.settled()
    for (let timer = this.earliest(); timer && timer.atMs <= endMs; timer = this.earliest()) {
      this.ring(timer)
      await this.settled()
    }
    this.nowMs = endMs
    await this.settled()
  }

  /** Lets the time pass until the condition holds, at most `mostMs`. Answers how long it took. */
  async until(condition: () => boolean, mostMs = 24 * 3600_000): Promise<number> {
    const startMs = this.nowMs
    await this.settled(condition)
    while (!condition()) {
      const timer = this.earliest()
      if (!timer || timer.atMs > startMs + mostMs) throw new Error(`still not so after ${this.nowMs - startMs} ms`)
      this.ring(timer)
      await this.settled(condition)
    }
    return this.nowMs - startMs
  }

  /** Everything that can happen without time passing has happened: the disk in memory answers within a few turns. */
  private async settled(condition: () => boolean = () => false): Promise<void> {
    for (let before = Number.NaN; before !== this.progress(); ) {
      before = this.progress()
      for (let turn = 0; turn < 60; turn++) {
        if (condition()) return
        await new Promise(setImmediate)
      }
    }
  }

  private ring(timer: Timer): void {
    this.timers.delete(timer)
    this.nowMs = Math.max(this.nowMs, timer.atMs)
    timer.callback()
  }

  private earliest(): Timer | undefined {
    return [...this.timers].sort((a, b) => a.atMs - b.atMs)[0]
  }
}
