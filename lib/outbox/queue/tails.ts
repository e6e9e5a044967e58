import type { OutboxRecord } from '../record/record'
import { Tail } from './tail'

/** Of all lanes together: a second or two of what a fast lane takes in. */
const mostBytes = 32 << 20
/** A lane that was not read for so long is offline. */
const longestUnreadMs = 5_000
/** A reader that is this close to the end will soon reach it. */
const nearEnd = 20_000

/** The tails of the lanes whose readers are at the end, or near it. */
export class Tails {
  readonly #tails = new Map<string, { tail: Tail; unreadSinceMs: number }>()

  readonly #monotonicMs: () => number

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs
  }

  has(lane: string): boolean {
    return this.#tails.has(lane)
  }

  of(lane: string): Tail | undefined {
    return this.#tails.get(lane)?.tail
  }

  /**
   * A reading of the lane begins: what comes onto the disk from now on is kept, where the reading may come to the end.
   * @param start where it begins
   * @param last sequence that is known to be on the disk
   */
  follow(lane: string, start: number, last: number): Tail | undefined {
    const present = this.#tails.get(lane)
    if (present) present.unreadSinceMs = this.#monotonicMs()
    else if (last - start < nearEnd) this.begin(lane, last)
    return this.of(lane)
  }

  /** What comes onto the disk from now on is kept, as long as the lane has no tail yet. */
  begin(lane: string, last: number): void {
    if (!this.#tails.has(lane)) this.#beginAnew(lane, last)
  }

  /**
   * These have come onto the disk.
   * @param records `undefined` where the lane had no tail when they were taken in: the tail that it has by now lacks them
   */
  appended(lane: string, records: readonly OutboxRecord[] | undefined, last: number): void {
    const present = this.#tails.get(lane)
    if (!present) return
    if (present.tail.bytes === 0) present.unreadSinceMs = this.#monotonicMs()
    if (this.#monotonicMs() - present.unreadSinceMs > longestUnreadMs) this.giveUp(lane)
    else if (records) present.tail.add(records)
    else this.#beginAnew(lane, last)
    this.#giveUpExcess()
  }

  /** A record is gone from the disk. */
  removed(lane: string, sequence: number): void {
    this.of(lane)?.remove(sequence)
  }

  /** Something else has happened to records of the lane, from this one on. */
  changed(lane: string, sequence: number): void {
    if (this.of(lane)?.covers(sequence)) this.giveUp(lane)
  }

  giveUp(lane: string): void {
    this.#tails.delete(lane)
  }

  clear(): void {
    this.#tails.clear()
  }

  #beginAnew(lane: string, last: number): void {
    this.#tails.set(lane, { tail: new Tail(last + 1), unreadSinceMs: this.#monotonicMs() })
  }

  #giveUpExcess(): void {
    let bytes = 0
    let largest: [lane: string, bytes: number] = ['', 0]
    for (const [lane, { tail }] of this.#tails) {
      bytes += tail.bytes
      if (tail.bytes > largest[1]) largest = [lane, tail.bytes]
    }
    if (bytes > mostBytes) this.giveUp(largest[0])
  }
}
