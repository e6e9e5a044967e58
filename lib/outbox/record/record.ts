/** One accepted record, or a bundle of them (parts.ts), as it is kept and as a destination receives it. */
export interface OutboxRecord {
  /** Order of acceptance within the outbox. A bundle has `count` of them in a row. */
  readonly sequence: number
  /** Of records that it stands for: 1, or more for a bundle. */
  readonly count: number
  /** The cloud session that it travels on. */
  readonly lane: string
  /** What it must stay in order with: a device or a sensor. Empty for a bundle of several: see `streamsOf`. */
  readonly stream: string
  /** Wall clock at acceptance, Unix ms. For people only: nothing is decided by it. */
  readonly acceptedWallMs: number
  /** Monotonic clock at acceptance, ms; comparable only within the same `bootId`. */
  readonly acceptedMonotonicMs: number
  /** The boot (or process) that the monotonic time belongs to: 32 hex digits. */
  readonly bootId: string
  /** When the value was measured, Unix ms; in a bundle, the earliest. */
  readonly eventTimeMs: number
  /** True when the wall clock showed an impossible year at acceptance. */
  readonly clockImplausible: boolean
  /**
   * It names no time of its own: `eventTimeMs` is when it came, by the clock of then, which may prove wrong. The accepted
   * times tell by how much that clock was ahead of the monotonic one; with `clockImplausible` it was not set at all. In a
   * bundle it is so of all records.
   */
  readonly isArrival: boolean
  /** It was a dead letter, and is tried again: the cloud has refused it already, while it took others. */
  readonly isRevived: boolean
  /** The cloud-ready JSON text, UTF-8; of a bundle, those of its records, separated by commas. */
  readonly payload: Buffer
  /** Of a bundle, what it takes to tell its records apart. */
  readonly parts: Buffer | undefined
}

/** A record to be stored; its text may not be bytes yet. */
export type UnstoredRecord = Omit<OutboxRecord, 'payload'> & { readonly payload: Buffer | string }

/** What is kept of a record, and what the log knows of it beside that. */
export interface StoredRecord {
  readonly sequence: number
  readonly count: number
  readonly body: Buffer
}

/** As large as a sequence can be. */
export const lastSequence = 2 ** 48 - 1

const singleVersion = 1
const bundleVersion = 2
/** A bundle of several streams. */
const mixedVersion = 3
const offsets = { version: 0, flags: 1, wall: 2, monotonic: 10, event: 18, boot: 26, streamLength: 42 } as const
const headerLength = 44
/** Of one record in the parts of a bundle. */
export const partLength = 12
/** Where, in the parts of a bundle of several streams, these are named. */
export const tailStart = (count: number): number => count * partLength
const implausibleClockFlag = 1
const arrivalFlag = 2
const revivedFlag = 4

/** Lane and stream names are counted in 16 bits. */
export const longestName = 0xffff

/**
 * The bytes of a record, which are made where they are wanted: version, flags, the three times (float64), boot id (16 bytes),
 * the length of the stream's name (uint16), the name, in a bundle its parts, payload. Lane, sequence and count are the log's,
 * and so is the checksum.
 */
export class RecordBody {
  readonly length: number

  readonly #record: UnstoredRecord
  readonly #streamLength: number

  /** @throws {RangeError} where the name of the stream is too long */
  constructor(record: UnstoredRecord) {
    this.#record = record
    this.#streamLength = Buffer.byteLength(record.stream)
    if (this.#streamLength > longestName) throw new RangeError('the stream name is too long')
    this.length = this.#payloadStart + Buffer.byteLength(record.payload)
  }

  get #payloadStart(): number {
    return headerLength + this.#streamLength + (this.#record.parts?.length ?? 0)
  }

  /** Writes them here. */
  copy(target: Buffer, start: number): void {
    const { stream, payload, parts, count, clockImplausible, isArrival, isRevived } = this.#record
    target[start + offsets.version] = parts ? bundleVersionOf(parts, count) : singleVersion
    target[start + offsets.flags] =
      (clockImplausible ? implausibleClockFlag : 0) | (isArrival ? arrivalFlag : 0) | (isRevived ? revivedFlag : 0)
    target.writeDoubleBE(this.#record.acceptedWallMs, start + offsets.wall)
    target.writeDoubleBE(this.#record.acceptedMonotonicMs, start + offsets.monotonic)
    target.writeDoubleBE(this.#record.eventTimeMs, start + offsets.event)
    target.write(this.#record.bootId, start + offsets.boot, 16, 'hex')
    target.writeUInt16BE(this.#streamLength, start + offsets.streamLength)
    target.write(stream, start + headerLength)
    if (parts) parts.copy(target, start + headerLength + this.#streamLength)
    const payloadStart = start + this.#payloadStart
    if (typeof payload === 'string') target.write(payload, payloadStart)
    else payload.copy(target, payloadStart)
  }
}

/** The bytes of a record in memory of their own. */
export function encodeRecord(record: UnstoredRecord): Buffer {
  const body = new RecordBody(record)
  const bytes = Buffer.allocUnsafe(body.length)
  body.copy(bytes, 0)
  return bytes
}

/** The record; payload and parts are views into its bytes. `undefined` where they are of no form that is known. */
export function decodeRecord(lane: string, { sequence, count, body }: StoredRecord): OutboxRecord | undefined {
  const version = body[offsets.version]
  if (body.length < headerLength || version === undefined || version < singleVersion || version > mixedVersion)
    return undefined
  const partsStart = headerLength + body.readUInt16BE(offsets.streamLength)
  const payloadStart = partsStart + partsLength(version, body, partsStart, count)
  if (payloadStart > body.length) return undefined
  const flags = body[offsets.flags] ?? 0
  // In the order of the interface, as `intake.ts` has it: V8 handles objects of one make sooner.
  return {
    sequence,
    count,
    lane,
    stream: body.toString('utf8', headerLength, partsStart),
    acceptedWallMs: body.readDoubleBE(offsets.wall),
    acceptedMonotonicMs: body.readDoubleBE(offsets.monotonic),
    bootId: bootIdOf(body),
    eventTimeMs: body.readDoubleBE(offsets.event),
    clockImplausible: (flags & implausibleClockFlag) !== 0,
    isArrival: (flags & arrivalFlag) !== 0,
    isRevived: (flags & revivedFlag) !== 0,
    payload: body.subarray(payloadStart),
    parts: version === singleVersion ? undefined : body.subarray(partsStart, payloadStart),
  }
}

/** How many bytes `encodeRecord` makes of it. */
export function recordBytes({ stream, payload, parts }: Pick<UnstoredRecord, 'stream' | 'payload' | 'parts'>): number {
  return headerLength + Buffer.byteLength(stream) + (parts?.length ?? 0) + Buffer.byteLength(payload)
}

const bundleVersionOf = (parts: Buffer, count: number): number =>
  parts.length > tailStart(count) ? mixedVersion : bundleVersion

function partsLength(version: number, body: Buffer, start: number, count: number): number {
  if (version === singleVersion) return 0
  const tailAt = tailStart(count)
  if (version !== mixedVersion) return tailAt
  return start + tailAt + 4 > body.length ? body.length : tailAt + 4 + body.readUInt32BE(start + tailAt)
}

/** Of all of them. */
export function countAll(records: readonly OutboxRecord[]): number {
  let count = 0
  for (const record of records) count += record.count
  return count
}

/** The lowest of their sequences. */
export function firstOf(records: readonly OutboxRecord[]): number {
  return records.reduce((first, { sequence }) => Math.min(first, sequence), Number.POSITIVE_INFINITY)
}

/** What a record takes in a request, with a comma. */
export const sentBytes = ({ payload }: OutboxRecord): number => payload.length + 1

let lastBoot: { bytes: Buffer; id: string } | undefined

/** Records that lie beside each other share it, and then the very same string. */
function bootIdOf(body: Buffer): string {
  const { boot, streamLength } = offsets
  if (lastBoot?.bytes.compare(body, boot, streamLength) === 0) return lastBoot.id
  const id = body.toString('hex', boot, streamLength)
  lastBoot = { bytes: Buffer.from(body.subarray(boot, streamLength)), id }
  return id
}

/** Of records: how many, those in bundles included, and their bytes as they are sent. */
export interface Size {
  readonly count: number
  readonly bytes: number
}

export function sizeOf(records: readonly OutboxRecord[]): Size {
  let count = 0
  let bytes = 0
  for (const record of records) {
    count += record.count
    bytes += sentBytes(record)
  }
  return { count, bytes }
}

/** By a key, in the order of their first ones. */
export function grouped<Key>(
  records: readonly OutboxRecord[],
  keyOf: (record: OutboxRecord) => Key,
): Map<Key, OutboxRecord[]> {
  const groups = new Map<Key, OutboxRecord[]>()
  for (const record of records) {
    const key = keyOf(record)
    const group = groups.get(key)
    if (group) group.push(record)
    else groups.set(key, [record])
  }
  return groups
}
