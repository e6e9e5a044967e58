import type { Planned } from './change'
import { flags, headerLength, writeEntry } from './entry'

/** Of a piece, so that a turn of the event loop is short; a usual group, with the names of its lanes, has fewer. */
const mostEntries = 2000

/** The bytes of a group, which are made piece by piece, since a long message may have a hundred megabytes. */
export class GroupBytes {
  /** Of all pieces. */
  readonly length: number
  #next = 0

  readonly #planned: readonly Planned[]
  readonly #scratch: Buffer

  /** @param scratch what pieces are made in; one of a single long entry has memory of its own */
  constructor(planned: readonly Planned[], scratch: Buffer) {
    this.#planned = planned
    this.#scratch = scratch
    let length = 0
    for (const entry of planned) length += lengthOf(entry)
    this.length = length
  }

  /**
   * The next piece; empty after the last one. Its memory is used again for the one after it.
   * @param first number of the group's first entry in the segment
   */
  piece(first: number, group: number, seed: number): Buffer {
    const { entries, bytes } = this.#sizeOfNext()
    const piece = bytes <= this.#scratch.length ? this.#scratch.subarray(0, bytes) : Buffer.allocUnsafeSlow(bytes)
    const last = this.#planned.length - 1
    let at = 0
    for (const end = this.#next + entries; this.#next < end; this.#next++) {
      const entry = this.#planned[this.#next] as Planned
      const fields = this.#next === last ? { ...entry, flags: entry.flags | flags.last } : entry
      at = writeEntry(piece, at, fields, first + this.#next, group, entry.body, seed)
    }
    return piece
  }

  #sizeOfNext(): { entries: number; bytes: number } {
    let [entries, bytes] = [0, 0]
    for (let at = this.#next; at < this.#planned.length && entries < mostEntries; at++, entries++) {
      const length = lengthOf(this.#planned[at] as Planned)
      if (entries > 0 && bytes + length > this.#scratch.length) break
      bytes += length
    }
    return { entries, bytes }
  }
}

const lengthOf = ({ body }: Planned): number => headerLength + body.length
