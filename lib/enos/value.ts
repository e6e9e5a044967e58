import { ConnectorError } from '../http'
import { say, type Text, type TextValue } from '../text'

const deepest = 20

/**
 * Checks that a value is one that EnOS can store: number, text, boolean, array, struct object, or
 * `{ value, quality }` with a whole quality of 0 to 9 (enos.md sections 3.4 and 5). Nothing is converted.
 * @param where the entry and point, for the error: `Entry 3, point "temp"`
 * @throws ConnectorError `INPUT_INVALID`, `INPUT_CIRCULAR`
 */
export function checkValue(value: unknown, where: TextValue): void {
  if (isQualityForm(value)) checkQuality(value, where)
  else check(value, where, [])
}

/** A value that needs no closer look. */
export function isPlainValue(value: unknown): boolean {
  return Number.isFinite(value) || typeof value === 'string' || typeof value === 'boolean'
}

function check(value: unknown, where: TextValue, parents: readonly object[]): void {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return
    case 'number':
      if (Number.isFinite(value)) return
      throw invalid(
        where,
        say`${value} is no number that can be sent. Leave the point out, or send its last good value.`,
      )
    case 'object':
      if (value === null) throw invalid(where, say`the value is null. Leave the point out of the message instead.`)
      checkMembers(value, where, parents)
      return
    default:
      throw invalid(
        where,
        say`a value of type ${typeof value} cannot be sent. Use a number, text, boolean, array or object.`,
      )
  }
}

function checkMembers(value: object, where: TextValue, parents: readonly object[]): void {
  if (parents.includes(value)) {
    throw new ConnectorError('INPUT_CIRCULAR', say`${where}: the object contains itself. Send plain data only.`)
  }
  if (parents.length >= deepest) throw invalid(where, say`the object is nested deeper than ${deepest} levels.`)
  if (value instanceof Date) throw invalid(where, say`a Date cannot be sent. Use its milliseconds or a text.`)
  if (ArrayBuffer.isView(value)) throw invalid(where, say`a Buffer cannot be sent. Read the number out of it first.`)
  if (isOpaque(value)) throw invalid(where, say`a ${value.constructor.name} cannot be sent. Use plain data.`)
  for (const member of Object.values(value)) check(member, where, [...parents, value])
}

/** A Map, a Promise …: an object of a class of its own that shows JSON nothing of what it holds. */
function isOpaque(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  const isPlain = Array.isArray(value) || prototype === null || Object.getPrototypeOf(prototype) === null
  return !isPlain && Object.keys(value).length === 0 && typeof (value as { toJSON?: unknown }).toJSON !== 'function'
}

function isQualityForm(value: unknown): value is { value: unknown; quality: unknown } {
  if (typeof value !== 'object' || value === null) return false
  const keys = Object.keys(value)
  return keys.length === 2 && 'value' in value && 'quality' in value
}

function checkQuality({ value, quality }: { value: unknown; quality: unknown }, where: TextValue): void {
  if (typeof value !== 'number') throw invalid(where, say`only a number can carry a quality.`)
  check(value, where, [])
  if (!Number.isInteger(quality) || (quality as number) < 0 || (quality as number) > 9) {
    throw invalid(where, say`the quality is a whole number from 0 to 9.`)
  }
}

function invalid(where: TextValue, text: Text): ConnectorError {
  return new ConnectorError('INPUT_INVALID', say`${where}: ${text}`)
}
