export type SeriesValue = string | Record<string, unknown>

/**
 * The values of one sensor in the order of their times, oldest first. Times never go back, so a range is found by
 * bisection. Keeps the newest `limit` values; `received` counts on.
 */
export class SeriesStore {
  #times: number[] = []
  #values: SeriesValue[] = []
  received = 0

  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  get length(): number {
    return Math.min(this.#times.length, this.#limit)
  }

  get latestMs(): number | undefined {
    return this.#times.at(-1)
  }

  get latest(): SeriesValue | undefined {
    return this.#values.at(-1)
  }

  append(timeMs: number, value: SeriesValue): void {
    this.#times.push(timeMs)
    this.#values.push(value)
    this.received += 1
    // Dropped in large steps: shifting at every value would cost the whole length each time.
    if (this.#times.length > this.#limit + Math.max(1000, this.#limit / 4)) {
      this.#times = this.#times.slice(-this.#limit)
      this.#values = this.#values.slice(-this.#limit)
    }
  }

  /** The values with `fromMs <= time < toMs`, oldest first. */
  range(fromMs: number, toMs: number): { timeMs: number; value: SeriesValue }[] {
    return this.#slice(this.#firstFrom(fromMs), this.#firstFrom(toMs))
  }

  /** The newest `count` values, oldest first. */
  newest(count: number): { timeMs: number; value: SeriesValue }[] {
    return this.#slice(this.#times.length - count, this.#times.length)
  }

  #slice(from: number, to: number): { timeMs: number; value: SeriesValue }[] {
    const start = Math.max(from, this.#times.length - this.#limit, 0)
    const values = this.#values.slice(start, Math.max(start, to))
    return values.map((value, index) => ({ timeMs: this.#times[start + index] as number, value }))
  }

  #firstFrom(timeMs: number): number {
    let low = 0
    let high = this.#times.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#times[middle] as number) < timeMs) low = middle + 1
      else high = middle
    }
    return low
  }
}
