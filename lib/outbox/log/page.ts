import { ByteReader, ByteWriter } from './bytes'

/** A page holds no more puts. */
export const pageEntries = 4096

/** Where puts of one lane and area are in a segment, in the order of their sequences. */
export interface Page {
  readonly numbers: Uint32Array
  readonly sequences: Float64Array
  /** Where each entry begins. */
  readonly offsets: Uint32Array
  /** Of header and body. */
  readonly lengths: Uint32Array
  /** Of records. */
  readonly counts: Uint16Array
}

/** In one piece of memory: each piece outside of V8's heap may cost some milliseconds of its collector's. */
export function newPage(length: number): Page {
  const memory = new ArrayBuffer((8 + 3 * 4 + 2) * length)
  const column = (at: number) => 8 * length + 4 * length * at
  return {
    sequences: new Float64Array(memory, 0, length),
    numbers: new Uint32Array(memory, column(0), length),
    offsets: new Uint32Array(memory, column(1), length),
    lengths: new Uint32Array(memory, column(2), length),
    counts: new Uint16Array(memory, column(3), length),
  }
}

/** Its first entries: a view. */
export function headOf({ numbers, sequences, offsets, lengths, counts }: Page, length: number): Page {
  return {
    numbers: numbers.subarray(0, length),
    sequences: sequences.subarray(0, length),
    offsets: offsets.subarray(0, length),
    lengths: lengths.subarray(0, length),
    counts: counts.subarray(0, length),
  }
}

/** The body of a page's entry. */
export function encodePage({ numbers, sequences, offsets, lengths, counts }: Page): Buffer {
  const writer = new ByteWriter(8 * numbers.length + 16)
  let [number, sequence, offset] = [0, 0, 0]
  writer.varint(numbers.length)
  for (let at = 0; at < numbers.length; at++) {
    writer.signed((numbers[at] ?? 0) - number)
    writer.varint((sequences[at] ?? 0) - sequence)
    writer.signed((offsets[at] ?? 0) - offset)
    writer.varint(lengths[at] ?? 0)
    writer.varint(counts[at] ?? 0)
    number = numbers[at] ?? 0
    sequence = sequences[at] ?? 0
    offset = offsets[at] ?? 0
  }
  return writer.end()
}

/** @throws {RangeError} where the bytes are none of a page */
export function decodePage(body: Buffer): Page {
  const reader = new ByteReader(body)
  const length = reader.varint()
  if (length > pageEntries) throw new RangeError('a page is not so long')
  const page = newPage(length)
  let [number, sequence, offset] = [0, 0, 0]
  for (let at = 0; at < length; at++) {
    page.numbers[at] = number += reader.signed()
    page.sequences[at] = sequence += reader.varint()
    page.offsets[at] = offset += reader.signed()
    page.lengths[at] = reader.varint()
    page.counts[at] = reader.varint()
  }
  return page
}

/** The first in the page whose sequence is not below this one. */
export function firstFrom({ sequences }: Page, sequence: number): number {
  let low = 0
  let high = sequences.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sequences[middle] ?? 0) < sequence) low = middle + 1
    else high = middle
  }
  return low
}
