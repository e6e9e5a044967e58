import { ByteReader, ByteWriter } from './bytes'
import { type Area, areas, type Body, type EntryFields, type Fate, fates, flags, headerLength, kinds } from './entry'
import type { Place } from './live-index'

/** A record, a dead letter or a note that is to be kept. One of the same lane, area and sequence that is there gives way to it. */
export interface Put {
  readonly type: 'put'
  readonly lane: string
  readonly area: Area
  /** Below 2^48. */
  readonly sequence: number
  /** Of records that it stands for, with as many sequences in a row; 65,535 at most. */
  readonly count: number
  /** New, and to be counted as accepted. */
  readonly isAccepted: boolean
  readonly body: Body
}

/** The end of what is kept under these sequences. What is not there is passed over. */
export interface Settle {
  readonly type: 'settle'
  readonly lane: string
  readonly area: Area
  readonly fate: Fate
  readonly sequences: readonly number[]
}

export type Change = Put | Settle

/** An entry that lies in a segment that is to go. */
export interface Move {
  readonly type: 'move'
  readonly place: Place
  readonly body: Buffer
}

/** What they take in the log at most, roughly. */
export function bytesOf(changes: readonly (Change | Move)[]): number {
  let bytes = 0
  for (const change of changes) {
    if (change.type === 'settle') bytes += headerLength + 8 * change.sequences.length
    else bytes += headerLength + change.body.length
  }
  return bytes
}

/** An entry to be written, and what it means to the index. */
export type Planned = EntryFields & { readonly body: Body } & (
    | { readonly means: 'put'; readonly former: Place | undefined }
    | { readonly means: 'settle'; readonly how: Fate; readonly ended: readonly (Place | number)[] }
    | { readonly means: 'nothing' }
  )

export function plannedPut(put: Put, lane: number, isTied: boolean, former: Place | undefined): Planned {
  return {
    means: 'put',
    kind: kinds.put,
    flags: (put.isAccepted ? flags.accepted : 0) | (isTied ? flags.tied : 0),
    area: areas[put.area],
    fate: 0,
    count: put.count,
    lane,
    sequence: put.sequence,
    body: put.body,
    former,
  }
}

export function plannedMove({ place, body }: Move): Planned {
  const { lane, area, sequence, count } = place
  const fields = { kind: kinds.put, flags: 0, area, fate: 0, count, lane, sequence, body }
  return { means: 'put', ...fields, former: place }
}

/** @param ended places, or the sequences of what the same group puts */
export function plannedSettle(
  lane: number,
  area: number,
  how: Fate,
  isTied: boolean,
  ended: readonly (Place | number)[],
): Planned & { readonly body: Buffer } {
  const sequences = ended.map((one) => (typeof one === 'number' ? one : one.sequence)).sort((a, b) => a - b)
  return {
    means: 'settle',
    kind: kinds.settle,
    flags: isTied ? flags.tied : 0,
    area,
    fate: fates[how],
    count: 0,
    lane,
    sequence: sequences[0] ?? 0,
    body: encodeSequences(sequences),
    how,
    ended,
  }
}

/** Each as the difference to the one before; the first is in the header. */
function encodeSequences(sequences: readonly number[]): Buffer {
  const writer = new ByteWriter(2 * sequences.length + 8)
  for (let at = 1; at < sequences.length; at++) writer.varint((sequences[at] ?? 0) - (sequences[at - 1] ?? 0))
  return writer.end()
}

/** @throws {RangeError} where the bytes are no list of sequences */
export function decodeSequences(first: number, body: Buffer): number[] {
  const reader = new ByteReader(body)
  const sequences = [first]
  let sequence = first
  while (!reader.isAtEnd) {
    sequence += reader.varint()
    sequences.push(sequence)
  }
  return sequences
}
