import { type Fields, isFields } from '../checked-input'
import type { SimulatedReply } from '../cloud'
import { ok, refuseInput } from './envelope'

/** A query string in bracket style: `a[b]=1&c=2&c=3` is `{ a: { b: '1' }, c: ['2', '3'] }`. */
export interface Query {
  [name: string]: string | string[] | Query
}

const maxListed = 4000

export function parseQuery(parameters: URLSearchParams): Query {
  const query: Query = Object.create(null)
  for (const [name, value] of parameters) {
    const path = name.split('[').map((part) => part.replace(/\]$/, ''))
    if (path.at(-1) === '') path.pop()
    const last = path.pop()
    if (last === undefined) continue
    let level = query
    for (const part of path) {
      const known = level[part]
      const inner: Query = isFields(known) ? (known as Query) : Object.create(null)
      level[part] = inner
      level = inner
    }
    const before = level[last]
    level[last] = typeof before === 'string' ? [before, value] : Array.isArray(before) ? [...before, value] : value
  }
  return query
}

/** All the texts given for a name. */
export function texts(query: Query, name: string): string[] {
  const value = query[name]
  return typeof value === 'string' ? [value] : Array.isArray(value) ? value : []
}

/** The (last) text given for a name. */
export function textOf(query: Query, name: string): string | undefined {
  return texts(query, name).at(-1)
}

export function subQuery(query: Query, name: string): Query {
  const value = query[name]
  return isFields(value) ? (value as Query) : {}
}

/** A whole number of the query; 400 INVALID_INPUT when it is none. */
export function integerOf(query: Query, name: string): number | undefined {
  const value = textOf(query, name)
  if (value === undefined) return undefined
  return /^\d{1,9}$/.test(value) ? Number(value) : refuseInput(`${name} must be a whole number`)
}

/** A time of the query, ISO 8601, in Unix milliseconds; 400 INVALID_INPUT when it is none. */
export function timeOf(query: Query, name: string): number | undefined {
  const value = textOf(query, name)
  if (value === undefined) return undefined
  const timeMs = /^\d{4}-/.test(value) ? Date.parse(value) : Number.NaN
  return Number.isNaN(timeMs) ? refuseInput(`${name} must be a time, like 2015-08-12T01:19:08.315Z`) : timeMs
}

/**
 * A list as the cloud answers it: `filter[key]`, `start` and `end` (creation), `orderBy`, `orderDir`, `count`, `page`,
 * `fields`; docs/protocol/thingplus.md §8.3.
 */
export function listReply<T extends { ctimeMs: number }>(
  items: readonly T[],
  query: Query,
  view: (item: T) => Fields,
): SimulatedReply {
  const startMs = timeOf(query, 'start') ?? Number.NEGATIVE_INFINITY
  const endMs = timeOf(query, 'end') ?? Number.POSITIVE_INFINITY
  const filters = Object.keys(subQuery(query, 'filter')).map(
    (key) => [key, texts(subQuery(query, 'filter'), key)] as const,
  )
  const orderBy = textOf(query, 'orderBy')
  const count = Math.min(integerOf(query, 'count') ?? maxListed, maxListed)
  const page = integerOf(query, 'page') ?? 0
  const first = page * count

  const inTime = items.filter(({ ctimeMs }) => ctimeMs >= startMs && ctimeMs < endMs)
  // Viewing is the dear part: without filter or order only what is shown is viewed.
  if (filters.length === 0 && orderBy === undefined) {
    return shown(inTime.slice(first, first + count).map(view), inTime.length)
  }
  const matching = inTime
    .map(view)
    .filter((item) => filters.every(([key, wanted]) => wanted.includes(String(item[key] ?? ''))))
  if (orderBy !== undefined) {
    const direction = textOf(query, 'orderDir') === 'desc' ? -1 : 1
    matching.sort((one, other) => direction * compared(one[orderBy], other[orderBy]))
  }
  return shown(matching.slice(first, first + count), matching.length)

  function shown(listed: Fields[], total: number): SimulatedReply {
    const meta = { count: listed.length, page, total, maxCount: maxListed }
    return ok(
      listed.map((item) => onlyFields(item, query)),
      meta,
    )
  }
}

/** The item with only the `fields` of the query; the id is always there. */
export function onlyFields(item: Fields, query: Query): Fields {
  const fields = texts(query, 'fields')
  if (fields.length === 0) return item
  return Object.fromEntries(Object.entries(item).filter(([key]) => key === 'id' || fields.includes(key)))
}

function compared(one: unknown, other: unknown): number {
  const [left, right] = [String(one ?? ''), String(other ?? '')]
  const difference = Number(left) - Number(right)
  if (left !== '' && right !== '' && !Number.isNaN(difference)) return difference
  return left < right ? -1 : left > right ? 1 : 0
}
