import { joined, Text, type TextValue } from '../../core'
import { decodeRecord, encodeRecord, type OutboxRecord, type StoredRecord } from './record'

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

/** The header's length (uint16), the header as JSON, the record's bytes. */
export function encodeDeadLetter({ record, reason }: DeadRecord, diedAtMs: number): Buffer {
  const header = Buffer.from(JSON.stringify({ ...reason, text: storedText(reason.text), diedAtMs } satisfies Header))
  const length = Buffer.allocUnsafe(2)
  length.writeUInt16BE(header.length)
  return Buffer.concat([length, header, encodeRecord(record)])
}

/** `undefined` where the bytes are of no form that is known. */
export function decodeDeadLetter(lane: string, { sequence, count, body }: StoredRecord): DeadLetter | undefined {
  try {
    const headerEnd = 2 + body.readUInt16BE()
    const { diedAtMs, text, ...reason } = JSON.parse(body.toString('utf8', 2, headerEnd)) as Header
    const record = decodeRecord(lane, { sequence, count, body: body.subarray(headerEnd) })
    const told = readText(text)
    return record && { record, reason: { ...reason, text: told instanceof Text ? told : joined([told]) }, diedAtMs }
  } catch {
    return undefined
  }
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
