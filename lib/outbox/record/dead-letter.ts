import { joined, Text, type TextValue } from '../../core'
import { crc32 } from './crc32'
import { decodeRecord, type OutboxRecord } from './record'

/** Why a record was given up. */
export interface DeadReason {
  /** A `ConnectorError` code. */
  readonly code: string
  /** The cloud's own code, where there was one. */
  readonly cloudCode?: string | undefined
  /** What went wrong, free of secrets. */
  readonly text: Text
}

/** A record that was given up, and why. */
export interface DeadRecord {
  readonly record: OutboxRecord
  readonly reason: DeadReason
}

export interface DeadLetter extends DeadRecord {
  /** Wall clock, Unix ms. */
  readonly diedAtMs: number
}

/** The text is kept with its template, so that it can be shown in any language. */
type Header = Omit<DeadReason, 'text'> & { text: StoredText; diedAtMs: number }
type StoredText = string | { parts: readonly string[]; values: readonly (number | StoredText)[] }

/** Of the text as JSON; a longer one is kept in English alone, cut. */
const longestText = 4_000

/** CRC-32 over all that follows, the header's length (uint16), the header as JSON, the pending key, the pending value. */
export function encodeDeadLetter(
  pendingKey: Buffer,
  pendingValue: Buffer,
  reason: DeadReason,
  diedAtMs: number,
): Buffer {
  const header = Buffer.from(JSON.stringify({ ...reason, text: storedText(reason.text), diedAtMs } satisfies Header))
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
  const { diedAtMs, text, ...reason } = JSON.parse(value.toString('utf8', 6, headerEnd)) as Header
  const keyEnd = headerEnd + keyLength
  const record = decodeRecord(value.subarray(headerEnd, keyEnd), value.subarray(keyEnd))
  const told = readText(text)
  return record && { record, reason: { ...reason, text: told instanceof Text ? told : joined([told]) }, diedAtMs }
}

function storedText(text: Text): StoredText {
  const stored = storedForm(text)
  return JSON.stringify(stored).length > longestText ? String(text).slice(0, 1_000) : stored
}

function storedForm({ parts, values }: Text): StoredText {
  return { parts, values: values.map((value) => (value instanceof Text ? storedForm(value) : value)) }
}

function readText(stored: number | StoredText): TextValue {
  return typeof stored === 'object' ? new Text(stored.parts, stored.values.map(readText)) : stored
}
