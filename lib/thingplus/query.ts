import { say, type Text } from '../core'
import { urlText } from '../http'

/** Query parameters in bracket style: a list repeats its name, an object nests its names in brackets. */
export type BracketQuery = { readonly [name: string]: BracketValue }
export type BracketValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly (string | number | boolean)[]
  | BracketQuery

/**
 * The query text, percent-encoded, brackets and the `+` of a time zone included; without the question mark.
 * `{ filter: { name: 'a b' }, embed: ['status', 'series'] }` → `filter%5Bname%5D=a%20b&embed=status&embed=series`.
 * @throws ConnectorError `INPUT_INVALID`
 * Source: docs/protocol/thingplus.md §8.3, §8.4.
 */
export function bracketQuery(query: BracketQuery): string {
  return pairsOf(query)
    .map((pair) => pair.map((text) => urlText(text, shown(pair), 'INPUT_INVALID')).join('='))
    .join('&')
}

const shown = ([name, value]: [name: string, value: string]): Text =>
  say`The query parameter "${Buffer.from(`${name}=${value}`.slice(0, 80)).toString()}"`

function pairsOf(query: BracketQuery, prefix = ''): [name: string, value: string][] {
  return Object.entries(query).flatMap(([key, value]): [string, string][] => {
    const name = prefix ? `${prefix}[${key}]` : key
    if (value === null || value === undefined) return []
    if (isList(value)) return value.map((element) => [name, String(element)])
    if (typeof value === 'object') return pairsOf(value, name)
    return [[name, String(value)]]
  })
}

function isList(value: BracketValue): value is readonly (string | number | boolean)[] {
  return Array.isArray(value)
}
