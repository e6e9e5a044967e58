import { ConnectorError, parseExactJson, say } from '../core'
import { isFieldValue } from './field-value'
import { isBufferJson } from './wide-value'

/** No machine sends JSON as large as this. */
const mostBytes = 64 << 20
/** What may precede JSON, a byte-order mark included. */
const mostBlanks = 1_000

/** A payload of JSON, in a text or in bytes as MQTT brings it, as what it holds; every other one as it is. */
export function unpacked(payload: unknown): unknown {
  if (typeof payload === 'string') return parsedIfJson(payload) ?? payload
  const bytes = bytesOf(payload)
  if (bytes === undefined || bytes.length > mostBytes) return payload
  const text = textOf(bytes)
  return text === undefined ? payload : (parsedIfJson(text) ?? text)
}

/** A text that is a number, true or false in JSON, as that. */
export function scalarOf(text: string): number | boolean | undefined {
  const trimmed = text.trim()
  if (trimmed === 'true' || trimmed === 'false') return trimmed === 'true'
  if (trimmed.length > 40 || !/^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/i.test(trimmed)) return undefined
  const number = Number(trimmed)
  // A longer one would be another number then.
  return Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number)) ? number : undefined
}

/** Only objects and lists: a text such as 007 is a text. */
function parsedIfJson(text: string): unknown {
  const [first] = text.slice(0, mostBlanks).trimStart()
  return first === '[' || first === '{' ? parseExactJson(text) : undefined
}

function bytesOf(payload: unknown): Buffer | undefined {
  if (Buffer.isBuffer(payload)) return payload
  if (typeof payload !== 'object' || payload === null || !isBufferJson(payload)) return undefined
  return payload.data.every((byte) => Number.isInteger(byte)) ? Buffer.from(payload.data) : undefined
}

/** `undefined` for bytes that are not text. */
function textOf(bytes: Buffer): string | undefined {
  if (bytes.length === 0) return undefined
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return isControlled(text) ? undefined : text
  } catch {
    return undefined
  }
}

/** Registers and frames hold bytes that no text does. */
function isControlled(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d) return true
  }
  return false
}

/**
 * Refuses a list of bare numbers, such as a Modbus reader delivers: nothing says which of them belongs to which point, and
 * which two are one number.
 * @throws ConnectorError `INPUT_INVALID`
 */
export function refuseRegisters(payload: unknown): void {
  if (!Array.isArray(payload)) return
  const first: unknown = payload[0]
  if (typeof first !== 'number' && typeof first !== 'boolean') return
  throw new ConnectorError(
    'INPUT_INVALID',
    say`The message is a list of numbers (length ${payload.length}), such as the registers of a Modbus reader, and does not say which points they belong to. Choose "Values from: a table" and give each point its place: payload[0]. Read a number that takes two registers from msg.responseBuffer, with a buffer-parser node.`,
  )
}

/** Refuses values of known shapes that nobody has given a point. @throws ConnectorError `INPUT_INVALID` */
export function refuseNameless(payload: unknown): void {
  const first: unknown = Array.isArray(payload) ? payload[0] : payload
  if (!isFieldValue(first)) return
  throw new ConnectorError(
    'INPUT_INVALID',
    say`The message holds a value with its time and quality, but not its point. Enter the point in the node, send it as msg.topic, or choose "Values from: a table".`,
  )
}
