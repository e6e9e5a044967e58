import { ConnectorError, type Json, say } from '../core'
import type { ThingPlusContext } from './context'
import { readWholeList } from './lists'
import { isForeign, isRefusal } from './refusal'

/** One item, or `undefined` when the cloud has none that is ours. */
export async function lookUp<Item>(
  { client }: ThingPlusContext,
  path: string,
  read: (data: Json | undefined) => Item,
  signal: AbortSignal | undefined,
): Promise<Item | undefined> {
  try {
    return read((await client.request('GET', path, { signal })).data)
  } catch (failure) {
    if (isRefusal(failure, 'NOT_FOUND') || isForeign(failure)) return undefined
    throw failure
  }
}

/**
 * The item of that name, or `undefined` when the list has none.
 * @param isCandidate which items count, by what else is known of the wanted one
 * @throws ConnectorError `CONFLICT` when several have the name
 */
export async function lookUpByName<Item extends { id: string; name: string }>(
  { client }: ThingPlusContext,
  listPath: string,
  name: string,
  read: (data: Json | undefined) => Item,
  isCandidate: (item: Item) => boolean,
  signal: AbortSignal | undefined,
): Promise<Item | undefined> {
  const list = await readWholeList(client, listPath, { filter: { name } }, signal)
  const named = list.map(read).filter((item) => item.name === name && isCandidate(item))
  if (named.length > 1) {
    const ids = named.map(({ id }) => id).join(', ')
    throw new ConnectorError(
      'CONFLICT',
      say`${named.length} items are named "${name}" (${ids}). Give the id of the one you mean.`,
    )
  }
  return named[0]
}

const firstPauseMs = 250
const longestPauseMs = 2_000
/** The vendor's tests give a new sensor 6 s, the portal speaks of up to a minute. */
const settleLimitMs = 30_000

/**
 * An item as soon as the cloud shows it: for a short time after a registration it may answer 403 or 404.
 * @returns `undefined` when the limit is over
 * Source: docs/protocol/thingplus.md §6.5.
 */
export async function appearing<Item>(
  context: ThingPlusContext,
  path: string,
  read: (data: Json | undefined) => Item,
  signal: AbortSignal | undefined,
  limitMs = settleLimitMs,
): Promise<Item | undefined> {
  const { clock, wait } = context
  const deadlineMs = clock.monotonicMs() + limitMs
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    const item = await lookUp(context, path, read, signal)
    if (item || clock.monotonicMs() + pauseMs > deadlineMs) return item
    await wait(pauseMs, signal)
  }
}

/**
 * A newly registered item as soon as the cloud shows it.
 * @throws ConnectorError `CLOUD_ERROR` when that takes more than 30 s
 */
export async function settled<Item>(
  context: ThingPlusContext,
  path: string,
  read: (data: Json | undefined) => Item,
  signal: AbortSignal | undefined,
): Promise<Item> {
  const item = await appearing(context, path, read, signal)
  if (item) return item
  throw new ConnectorError(
    'CLOUD_ERROR',
    say`${decodeURIComponent(path)} is registered, but the cloud still doesn't show it after ${settleLimitMs / 1000} s. Register it again later: that adopts it.`,
  )
}
