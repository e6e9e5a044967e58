import { ConnectorError, isJsonObject, type JsonObject, parseJson, say, wideIntegerIn } from '../core'

/**
 * The text of a request's body: a text as it is, the UTF-8 text in a Buffer, anything else as JSON; `undefined` for none.
 * @throws ConnectorError `INPUT_CIRCULAR`, `INPUT_INVALID` for what JSON cannot hold
 */
export function jsonText(body: unknown): string | undefined {
  if (body === undefined || body === null || body === '') return undefined
  if (typeof body === 'string') return body
  const bytes = bytesOf(body)
  if (bytes) return utf8(bytes)
  const text = isOpaque(body) ? undefined : stringified(body)
  if (text !== undefined) return text
  throw new ConnectorError(
    'INPUT_INVALID',
    say`The body cannot be written as JSON (${Object.prototype.toString.call(body).slice(8, -1)}). Send an object, a text or a Buffer.`,
  )
}

/**
 * The body as an object, so that something can be put into it: an object, or JSON text in a text or a Buffer; empty for none.
 * @throws ConnectorError as `jsonText`; `INPUT_INVALID` for any other
 */
export function objectBody(body: unknown): JsonObject {
  const text = jsonText(body)
  if (text === undefined) return {}
  const wide = typeof body === 'string' || bytesOf(body) ? wideIntegerIn(text) : undefined
  if (wide !== undefined) {
    throw new ConnectorError(
      'INPUT_INVALID',
      say`The body holds the whole number ${wide.slice(0, 40)}, which would lose digits when the page number is written into the body. Write it as text ("${wide.slice(0, 40)}"), or ask for one page at a time.`,
    )
  }
  const parsed = isJsonObject(body) && !bytesOf(body) ? body : parseJson(text)
  if (isJsonObject(parsed)) return parsed
  throw new ConnectorError(
    'INPUT_INVALID',
    say`All pages can be fetched only if the body is an object, or the JSON text of one: the page number goes into it.`,
  )
}

/** A Buffer, or what JSON has made of one. */
function bytesOf(body: unknown): Buffer | undefined {
  if (Buffer.isBuffer(body)) return body
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const isJson = isJsonObject(body) && body.type === 'Buffer' && Object.keys(body).length === 2
  return isJson && Array.isArray(body.data) ? Buffer.from(body.data as unknown as number[]) : undefined
}

function utf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new ConnectorError('INPUT_INVALID', say`The body is a Buffer that is not UTF-8 text; EnOS accepts JSON only.`)
  }
}

/** A Map, a Promise …: of it JSON shows nothing, and the cloud would be asked for something else. */
function isOpaque(body: unknown): boolean {
  if (typeof body !== 'object' || body === null || Array.isArray(body) || 'toJSON' in body) return false
  const prototype: unknown = Object.getPrototypeOf(body)
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null
  return !isPlain && Object.keys(body).length === 0
}

function stringified(body: unknown): string | undefined {
  try {
    return JSON.stringify(body)
  } catch {
    throw new ConnectorError(
      'INPUT_CIRCULAR',
      say`The body refers to itself (or holds a BigInt), which JSON cannot express.`,
    )
  }
}
