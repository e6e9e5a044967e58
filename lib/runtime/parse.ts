import { ConnectorError, isJsonObject, isObjectList, type JsonObject, say, type TextValue } from '../core'
import { type Id, idOf, optionalIdOf, withoutMarks } from '../message'
import type { Query } from '../signing'

/** Any value as it is. */
export const asIs = (value: unknown): unknown => value

/** A text; numbers and booleans are written out; empty where there is none. */
export function asText(value: unknown, name: TextValue): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return value.trim()
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw new ConnectorError('INPUT_INVALID', say`${name} is an object where a text is needed.`)
}

/** A text, or `undefined` where it is empty. */
export function asOptionalText(value: unknown, name: TextValue): string | undefined {
  return asText(value, name) || undefined
}

/** An id, or `undefined` where there is none: `idOf` says what counts as one. */
export const asOptionalId: (value: unknown, name: TextValue) => Id | undefined = optionalIdOf

/** An id that has to be there. */
export function asRequiredId(value: unknown, name: TextValue): Id {
  return value === undefined ? asRequiredText(value, name) : idOf(value, name)
}

/** Several texts: a list, or one text with commas. */
export function asTextList(value: unknown, name: TextValue): string[] {
  const list = Array.isArray(value) ? value : asText(value, name).split(',')
  return list.map((item) => asText(item, name)).filter(Boolean)
}

/** A text that must not be empty. */
export function asRequiredText(value: unknown, name: TextValue): string {
  const text = asText(value, name)
  if (text) return text
  throw new ConnectorError(
    'CONFIG_INCOMPLETE',
    say`${name} is empty. Enter it in the node or send it with the message.`,
  )
}

/** A number, or `undefined` where the field is empty. */
export function asOptionalNumber(value: unknown, name: TextValue): number | undefined {
  if (value === undefined || value === null || value === '') return undefined
  const number = Number(value)
  if (Number.isFinite(number)) return number
  throw new ConnectorError('INPUT_INVALID', say`${name} is not a number.`)
}

/** An object; empty where there is none. */
export function asObject(value: unknown, name: TextValue): JsonObject {
  if (value === undefined || value === null || value === '') return {}
  if (isJsonObject(value)) return withoutMarks(value)
  throw new ConnectorError('INPUT_INVALID', say`${name} is not an object.`)
}

/** A list of objects, whose members the library checks; `undefined` where there is none. */
export function asListOf<Item extends object>(value: unknown, name: TextValue): Item[] | undefined {
  if (value === undefined || value === null || value === '') return undefined
  if (isObjectList(value)) return value.map(withoutMarks) as unknown as Item[]
  throw new ConnectorError('INPUT_INVALID', say`${name} is not a list of objects.`)
}

/** HTTP headers: an object of texts; empty where there is none. */
export function asHeaders(value: unknown, name: TextValue): Record<string, string> {
  if (value === undefined || value === null || value === '') return {}
  if (!isJsonObject(value)) throw new ConnectorError('INPUT_INVALID', say`${name} is not an object of HTTP headers.`)
  return Object.fromEntries(Object.entries(value).map(([header, content]) => [header, String(content)]))
}

/** Query parameters: a text such as `a=1&b=2`, or an object. */
export function asQuery(value: unknown, name: TextValue): Query | undefined {
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value === 'string' || value instanceof URLSearchParams) return value
  if (isJsonObject(value)) return value as Query
  throw new ConnectorError(
    'INPUT_INVALID',
    say`${name} is neither an object of query parameters nor a text such as a=1&b=2.`,
  )
}

/** One of the given words. */
export function asOneOf<T extends string>(...words: readonly T[]): (value: unknown, name: TextValue) => T {
  return (value, name) => {
    const word = words.find((candidate) => candidate === value)
    if (word !== undefined) return word
    throw new ConnectorError('INPUT_INVALID', say`${name} is not one of ${words.join(', ')}.`)
  }
}
