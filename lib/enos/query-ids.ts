import { isJsonObject } from '../http'
import { type Id, idOf } from '../message'
import type { Query } from '../signing'

/** `orgId`, `modelId`, `assetIds`, `productKey`, `deviceKey` … of every API. */
const idName = /(?:Id|Ids|Key|Keys)$/

/**
 * The ids among the query parameters of a call, as they came in. A parameter that is `null` is left out of a call; an id
 * that is left out would make it ask for something else.
 * @throws ConnectorError `INPUT_INVALID` for one that is no id
 */
export function idsInQuery(query: Query | undefined): Id[] {
  if (!isJsonObject(query) || query instanceof URLSearchParams) return []
  return Object.entries(query).flatMap(([name, value]) => {
    if (value === undefined || !idName.test(name)) return []
    return Array.isArray(value) ? value.map((id) => idOf(id, name)) : idOf(value, name)
  })
}
