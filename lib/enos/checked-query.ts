import { ConnectorError, isJsonObject, say, type Text } from '../core'
import { type Id, idOf } from '../message'
import type { Query } from '../signing'

/** `orgId`, `modelId`, `assetIds`, `productKey`, `deviceKey` … of every API. */
const idName = /(?:Id|Ids|Key|Keys)$/

/**
 * Looks at the query parameters of a call: each is a text, a number, a boolean, or a list of these, which becomes a text
 * with commas; `null` leaves it out. An id is never left out: the call would ask for something else.
 * @returns the ids, as they came in
 * @throws ConnectorError `INPUT_INVALID`, `INPUT_EMPTY`
 */
export function checkQuery(query: Query | undefined): Id[] {
  if (!isJsonObject(query) || query instanceof URLSearchParams) return []
  return Object.entries(query as Readonly<Record<string, unknown>>).flatMap(([name, value]) => {
    const values = Array.isArray(value) ? value : [value]
    if (value !== undefined && idName.test(name)) return values.map((id) => idOf(id, name))
    if (value === undefined || value === null) return []
    for (const one of Array.from(values)) {
      if (!isPlain(one)) throw new ConnectorError('INPUT_INVALID', notPlainText(name))
    }
    return []
  })
}

function isPlain(value: unknown): boolean {
  return ['string', 'boolean', 'bigint'].includes(typeof value) || Number.isFinite(value)
}

function notPlainText(name: string): Text {
  return say`The query parameter "${name.slice(0, 60)}" has to be a text, a number, a boolean or a list of these; a URL cannot hold anything else. Send it as text, or in the body.`
}
