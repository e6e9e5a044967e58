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

export function newPage(length: number): Page {
  return {
    numbers: new Uint32Array(length),
    sequences: new Float64Array(length),
    offsets: new Uint32Array(length),
    lengths: new Uint32Array(length),
    counts: new Uint16Array(length),
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
