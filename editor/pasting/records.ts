import type { Pasted, PastedValue } from './read'
import type { Targets } from './target'

/** Values that belong together: a device, a point. */
export type PastedRecord = readonly PastedValue[]

const deepest = 5
const mostMembers = 500
const mostRecords = 1_000

/** What was pasted, as records for targets that are called like its header or its names. */
export function recordsOf(pasted: Pasted, targets: Targets): PastedRecord[] {
  switch (pasted.form) {
    case 'names':
      return [pasted.values]
    case 'json':
      return recordsOfJson(pasted.json)
    case 'cells':
      return recordsOfCells(pasted.rows, targets)
  }
}

function recordsOfCells(all: readonly (readonly string[])[], targets: Targets): PastedRecord[] {
  // A title above a sheet is none of its rows.
  const isTitled = all.length > 2 && all[0]?.length === 1 && all.slice(1).every((row) => row.length > 1)
  const rows = isTitled ? all.slice(1) : all
  const namedIn = (cells: readonly string[]) => cells.filter((cell) => targets.called(cell)?.isExact).length
  const [header = [], ...others] = rows
  const acrossNamed = others.length > 0 ? namedIn(header) : 0
  const isTwoWide = rows.every((row) => row.length === 2 || (row.length > 2 && row[1] !== ''))
  const downNamed = isTwoWide ? namedIn(rows.map(([name = '']) => name)) : 0
  if (downNamed > acrossNamed) return [rows.map(([name = '', value = '']) => ({ name, value }))]
  if (acrossNamed > 0)
    return others.map((row) => row.map((value, at) => (header[at] ? { name: header[at], value } : { value })))
  // Lines one below the other are one record, of which each is a value.
  if (rows.every((row) => row.length === 1)) return [rows.map(([value = '']) => ({ value }))]
  return rows.map((row) => row.map((value) => ({ value })))
}

export function recordsOfJson(json: unknown): PastedRecord[] {
  if (!Array.isArray(json)) return isObject(json) ? [namedValues(json)] : []
  const items = json.slice(0, mostRecords)
  if (items.every(isScalar)) return [items.map((value) => ({ value: textOf(value) }))]
  return items.map((item) =>
    Array.isArray(item)
      ? item.slice(0, mostMembers).map((value) => ({ value: textOf(value) }))
      : isObject(item)
        ? namedValues(item)
        : [{ value: textOf(item) }],
  )
}

/** The members of an object and of those in it, each by the names that lead to it. */
function namedValues(object: Readonly<Record<string, unknown>>): PastedRecord {
  const found: PastedValue[] = []
  const walk = (members: Readonly<Record<string, unknown>>, way: readonly string[]) => {
    for (const [name, value] of Object.entries(members).slice(0, mostMembers)) {
      if (found.length >= mostMembers) return
      if (isScalar(value)) found.push({ name: [...way, name].join('.'), value: textOf(value) })
      else if (isObject(value) && way.length < deepest) walk(value, [...way, name])
    }
  }
  walk(object, [])
  return found
}

const isScalar = (value: unknown) => value === null || typeof value !== 'object'
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const textOf = (value: unknown) => (value === null || typeof value === 'object' ? '' : String(value))
