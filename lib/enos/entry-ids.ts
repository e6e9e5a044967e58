import { ConnectorError } from '../core'
import { type Id, lostZerosText, withLostZeros, withSentence } from '../message'
import type { EntryKind, EntryList } from './entry-list'

/**
 * An id as a member of an entry in JSON. A blank before it, which means nothing to the cloud, marks an id that came in as a
 * number: entries are kept as they are sent, and it is of interest only when the cloud does not know the id.
 */
export function idMember(name: string, id: Id): string {
  return typeof id === 'number' ? `"${name}": "${id}"` : `"${name}":${JSON.stringify(id)}`
}

/** As `idMember`, for an id that is itself the name of a member. */
export function memberOfId(outer: string, id: Id, json: string): string {
  return `"${outer}":${typeof id === 'number' ? ' ' : ''}{${JSON.stringify(String(id))}:${json}}`
}

/** Inside of a text the quotes would have backslashes. */
const markedDevices = /"(?:assetId|productKey|deviceKey)": "(-?\d{1,16})"/g
const markedEvents = /"(?:eventId": |events": \{)"(-?\d{1,16})"/g
const markedPoints = /[{,]"(-?\d{1,16})": /g

/**
 * The failure of a request with these entries. Where the cloud knows no such device, event or point, it says which ids came
 * in as numbers.
 */
export function withLostZerosOf(failure: unknown, kind: EntryKind, entries: EntryList): unknown {
  if (!(failure instanceof ConnectorError)) return failure
  // EnOS says no more about what does not fit its thing model.
  if (failure.code === 'VALIDATION_REFUSED') {
    const marked = kind === 'event' ? markedEvents : markedPoints
    return withSentence(failure, lostZerosText(numbersIn(entries, marked)))
  }
  return withLostZeros(failure, [...numbersIn(entries, markedDevices), ...numbersIn(entries, markedEvents)])
}

/** In each mark. */
const blank = Buffer.from(' ')

function numbersIn({ json }: EntryList, marked: RegExp): number[] {
  const ids = new Set<number>()
  for (const entries of json) {
    // Nearly none has one.
    if (!entries.includes(blank)) continue
    for (const [, id] of entries.toString('utf8').matchAll(marked)) ids.add(Number(id))
  }
  return [...ids]
}
