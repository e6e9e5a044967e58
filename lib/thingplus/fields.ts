import { isJsonObject, type Json, type JsonObject } from '../core'

/**
 * The server mixes numbers and numeric text; these read a field as what it means.
 * Source: docs/protocol/thingplus.md §3.5.
 */
export function textOf(value: Json | undefined): string | undefined {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' ? value : undefined
}

/** A number, or text that is one; `undefined` for anything else, blank text included. */
export function numberOf(value: Json | undefined): number | undefined {
  const number = typeof value === 'string' && value.trim() ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

/** The objects of a list; empty for anything but a list. */
export function objectsOf(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}

/** A word, such as a code; `undefined` for other text, which may be anything that was sent. */
export function wordOf(value: Json | undefined): string | undefined {
  const text = textOf(value)
  return text !== undefined && /^[\w.-]{1,60}$/.test(text) ? text : undefined
}

export function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}

/** What a table says to a name that comes from outside: nothing to `constructor` and the like. */
export function ownValue<Value>(table: Readonly<Record<string, Value>>, name: string | undefined): Value | undefined {
  return name !== undefined && Object.hasOwn(table, name) ? table[name] : undefined
}
