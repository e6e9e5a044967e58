/** Query parameters as a caller may hold them. A list value is sent as comma text, as the EnOS samples do. */
export type Query = string | URLSearchParams | { readonly [name: string]: QueryValue }
export type QueryValue = string | number | boolean | readonly (string | number)[] | null | undefined

/** One decoded name and value; `undefined` is a name without `=`. */
export type QueryPair = readonly [name: string, value: string | undefined]

/**
 * The decoded parameters of a query, in the order given, without the parameters that are `null` or `undefined`.
 * A string may start with `?`; `+` and `%20` are both a space; a malformed escape stays as it is.
 */
export function queryPairs(query: Query | undefined): QueryPair[] {
  if (query === undefined) return []
  if (typeof query === 'string') return query.replace(/^\?/, '').split('&').filter(Boolean).map(decodePair)
  if (query instanceof URLSearchParams) return [...query]
  return Object.entries(query).flatMap(([name, value]): QueryPair[] =>
    value === null || value === undefined ? [] : [[name, textOf(value)]],
  )
}

const textOf = (value: NonNullable<QueryValue>): string => (Array.isArray(value) ? value.join(',') : String(value))

function decodePair(text: string): QueryPair {
  const [pair] = new URLSearchParams(text)
  if (!pair) return ['', undefined]
  return [pair[0], text.includes('=') ? pair[1] : undefined]
}

/**
 * The query's part of the text that EnOS signs: decoded names in code-unit order, each followed by its decoded value,
 * no separators.
 *
 * Of a repeated name only the first value counts, and a name without `=` contributes the text `null`: so does the Java
 * sample of the EnOS documentation. What the server makes of those two is not published, so don't send them.
 * Source: "Invoking API with Access Token", step "Constructing paramsData"; docs/protocol/enos.md §4.2.
 */
export function canonicalQuery(query: Query | undefined): string {
  if (query === undefined) return ''
  if (typeof query !== 'string' && !(query instanceof URLSearchParams)) return canonicalObject(query)
  const firstValues = new Map<string, string | undefined>()
  for (const [name, value] of queryPairs(query)) {
    if (!firstValues.has(name)) firstValues.set(name, value)
  }
  return [...firstValues.keys()]
    .sort()
    .map((name) => `${name}${firstValues.get(name) ?? 'null'}`)
    .join('')
}

/** Of an object no name comes twice. */
function canonicalObject(query: { readonly [name: string]: QueryValue }): string {
  let text = ''
  for (const name of Object.keys(query).sort()) {
    const value = query[name]
    if (value !== null && value !== undefined) text += name + textOf(value)
  }
  return text
}
