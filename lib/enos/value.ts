import { say, type Text } from '../core'
import { type Fault, isExact, tooWide } from '../message'

const deepest = 20

/**
 * Why EnOS can't store a value; `undefined` for one that it can: number, text, boolean, array, struct object, or
 * `{ value, quality }` with a whole quality of 0 to 9 (docs/protocol/enos.md §5.4, §7.3). Nothing is converted.
 */
export function valueFault(value: unknown): Fault | undefined {
  return isQualityForm(value) ? qualityFault(value) : faultIn(value, [])
}

/** A value that needs no closer look: number, boolean, or a text that begins with a visible character. */
export function isPlainValue(value: unknown): boolean {
  if (typeof value !== 'string') return Number.isFinite(value) || typeof value === 'boolean'
  const first = value.charCodeAt(0)
  return first > 0x20 && first < 0x7f
}

function faultIn(value: unknown, parents: readonly object[]): Fault | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined
    case 'number':
      if (Number.isFinite(value)) return undefined
      return invalid(say`${value} is not a number that can be sent. Leave it out, or send the last good value.`)
    case 'object':
      if (value === null) return invalid(say`the value is null. Leave it out of the message instead.`)
      return faultInMembers(value, parents)
    case 'bigint':
      if (!isExact(value)) return tooWide(value)
      return invalid(say`a value of type ${typeof value} cannot be sent. Use a number, text, boolean, array or object.`)
    default:
      return invalid(say`a value of type ${typeof value} cannot be sent. Use a number, text, boolean, array or object.`)
  }
}

function faultInMembers(value: object, parents: readonly object[]): Fault | undefined {
  if (parents.includes(value)) {
    return { code: 'INPUT_CIRCULAR', text: say`the object contains itself. Send plain data only.` }
  }
  if (parents.length >= deepest) return invalid(say`the object is nested deeper than ${deepest} levels.`)
  if (value instanceof Date) return invalid(say`a Date cannot be sent. Use its milliseconds or a text.`)
  if (ArrayBuffer.isView(value)) return invalid(say`a Buffer cannot be sent. Read the number out of it first.`)
  if (isOpaque(value)) return invalid(say`a ${value.constructor.name} cannot be sent. Use plain data.`)
  const within = [...parents, value]
  // A gap in an array counts as a member, which JSON would turn into null.
  for (const member of Array.isArray(value) ? value : Object.values(value)) {
    const fault = faultIn(member, within)
    if (fault) return fault
  }
  return undefined
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

function qualityFault({ value, quality }: { value: unknown; quality: unknown }): Fault | undefined {
  if (typeof value !== 'number') return invalid(say`only a number can carry a quality.`)
  const fault = faultIn(value, [])
  if (fault) return fault
  const isQuality = Number.isInteger(quality) && (quality as number) >= 0 && (quality as number) <= 9
  return isQuality ? undefined : invalid(say`the quality has to be a whole number from 0 to 9.`)
}

function invalid(text: Text): Fault {
  return { code: 'INPUT_INVALID', text }
}

/**
 * Feature identifiers were 64, later 128 characters; their characters are published nowhere.
 * Source: docs/protocol/enos.md §5.4.
 */
export const longestIdentifier = 128
