import { ConnectorError, type Json, say } from '../core'
import type { Answer } from './answer'
import { numberOf, objectOf } from './fields'
import type { BracketQuery } from './query'
import type { ThingPlusClient } from './rest-client'

/** Items of a page; the cloud allows 4000. */
const pageSize = 1000
const mostPages = 100

/**
 * Every item of a list, page by page.
 *
 * `_meta.total` says when it is over; without it, a page that is not full does. A server that ignores paging sends the
 * same items again, which ends it too.
 * @throws ConnectorError `RESPONSE_TOO_LARGE` for a list without end; what `ThingPlusClient.request` throws
 * Source: docs/protocol/thingplus.md §8.3.
 */
export async function readWholeList(
  client: ThingPlusClient,
  path: string,
  query: BracketQuery = {},
  signal?: AbortSignal,
): Promise<Json[]> {
  const items = new Map<unknown, Json>()
  for (let page = 0; page < mostPages; page++) {
    const answer = await client.request('GET', path, { query: { ...query, count: pageSize, page }, signal })
    const received = listOf(answer)
    const known = items.size
    for (const item of received) items.set(objectOf(item)['id'] ?? item, item)
    const total = numberOf(answer.meta['total'])
    const isLast = total === undefined ? received.length < pageSize : items.size >= total
    if (isLast || items.size === known) return [...items.values()]
  }
  throw new ConnectorError(
    'RESPONSE_TOO_LARGE',
    say`The cloud's list has more than ${mostPages * pageSize} items, more than anybody can have. Does the URL lead to the cloud?`,
  )
}

/** @throws ConnectorError `RESPONSE_UNREADABLE` for what is neither a list nor left out */
export function listOf({ data, statusCode }: Answer): readonly Json[] {
  if (Array.isArray(data)) return data
  if (data === undefined || data === null) return []
  throw new ConnectorError('RESPONSE_UNREADABLE', say`The cloud's answer holds something other than a list.`, {
    statusCode,
  })
}
