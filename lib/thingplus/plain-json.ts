import { ConnectorError, type Json, say, type TextValue } from '../core'

const deepest = 20

/**
 * A copy of a value that JSON can carry without changing it.
 * @param what which value it is, for the error text
 * @throws ConnectorError `INPUT_CIRCULAR`; `INPUT_INVALID` for NaN, functions, Buffers: what JSON has no word for
 */
export function plainJson(value: unknown, what: TextValue, parents: readonly object[] = []): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (typeof value === 'bigint' && parents.length === 0) return String(value)
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString()
  if (typeof value !== 'object' || ArrayBuffer.isView(value)) {
    throw new ConnectorError(
      'INPUT_INVALID',
      say`The cloud cannot accept ${what}: ${nameOf(value)} is not a JSON value.`,
    )
  }
  if (parents.includes(value)) {
    throw new ConnectorError('INPUT_CIRCULAR', say`The cloud cannot accept ${what}: the object contains itself.`)
  }
  if (parents.length >= deepest) {
    throw new ConnectorError(
      'INPUT_INVALID',
      say`The cloud cannot accept ${what}: the object is nested deeper than ${deepest} levels.`,
    )
  }
  const deeper = [...parents, value]
  // Not `map`, which leaves gaps that JSON would turn into null.
  if (Array.isArray(value)) return Array.from(value, (element) => plainJson(element, what, deeper))
  const fields = Object.entries(value).filter(([, field]) => field !== undefined)
  return Object.fromEntries(fields.map(([name, field]) => [name, plainJson(field, what, deeper)]))
}

function nameOf(value: unknown): TextValue {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  return ArrayBuffer.isView(value) ? say`a Buffer` : say`a value of type ${typeof value}`
}
