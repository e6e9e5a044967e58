import { crc32 } from './crc32'
import { decodeRecord, type OutboxRecord } from './record'

/** Why a record was given up. */
export interface DeadReason {
  /** A `ConnectorError` code. */
  readonly code: string
  /** The cloud's own code, where there was one. */
  readonly cloudCode?: string | undefined
  /** What the cloud said, free of secrets. */
  readonly text: string
}

export interface DeadLetter {
  readonly record: OutboxRecord
  readonly reason: DeadReason
  /** Wall clock, Unix ms. */
  readonly diedAtMs: number
}

type Header = DeadReason & { diedAtMs: number }

/** CRC-32 over all that follows, the header's length (uint16), the header as JSON, the pending key, the pending value. */
export function encodeDeadLetter(
  pendingKey: Buffer,
  pendingValue: Buffer,
  reason: DeadReason,
  diedAtMs: number,
): Buffer {
  const text = reason.text.slice(0, 1000)
  const header = Buffer.from(JSON.stringify({ ...reason, text, diedAtMs } satisfies Header))
  const prefix = Buffer.alloc(6)
  prefix.writeUInt16BE(header.length, 4)
  const value = Buffer.concat([prefix, header, pendingKey, pendingValue])
  value.writeUInt32BE(crc32(value.subarray(4)))
  return value
}

/** `undefined` when the bytes are damaged. */
export function decodeDeadLetter(value: Buffer, keyLength: number): DeadLetter | undefined {
  if (value.length < 6 || value.readUInt32BE() !== crc32(value.subarray(4))) return undefined
  const headerEnd = 6 + value.readUInt16BE(4)
  const { diedAtMs, ...reason } = JSON.parse(value.toString('utf8', 6, headerEnd)) as Header
  const keyEnd = headerEnd + keyLength
  const record = decodeRecord(value.subarray(headerEnd, keyEnd), value.subarray(keyEnd))
  return record && { record, reason, diedAtMs }
}
