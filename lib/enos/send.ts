import { type Id, refuseUndated } from '../message'
import { type Delivery, entryJson, Packer, sendBatches } from './batch'
import type { Entries, Entry } from './entry'
import type { EntryKind } from './entry-list'
import { UntilFailure } from './until-failure'
import type { EnosUplink, Freshness } from './uplink'

/** Which entries count as live: all, none, or (`by-age`) those that are a minute old at most when they are sent. */
export const timelinesses = ['post', 'resume', 'by-age'] as const
export type Timeliness = (typeof timelinesses)[number]
export const defaultTimeliness: Timeliness = 'by-age'

export interface EntriesToSend {
  kind: EntryKind
  entries: Entries
  /** Of measurepoints; attributes and events are always live. */
  timeliness?: Timeliness | undefined
  /** Of events. */
  eventId?: Id | undefined
  /** The time from which `by-age` measures, Unix milliseconds. */
  nowMs: number
}

export const liveForMs = 60_000

/**
 * Sends entries at once, in as few requests as the limits allow, live ones first, each in order.
 * @throws ConnectorError as `Entries.each` and `EnosUplink.encode` (nothing is sent then) and `EnosUplink.deliver`;
 *   `INPUT_TOO_LARGE`
 */
export async function sendNow(uplink: EnosUplink, sending: EntriesToSend, signal?: AbortSignal): Promise<Delivery> {
  const { kind, entries, eventId } = sending
  const toJson = (entry: Entry) => entryJson(uplink, kind, entry, eventId)
  const most = uplink.maxEntries(kind)
  const packers = { live: new Packer('live', toJson, most), late: new Packer('late', toJson, most) }
  const packing = {
    live: new UntilFailure((entry: Entry) => packers.live.add(entry)),
    late: new UntilFailure((entry: Entry) => packers.late.add(entry)),
  }
  const take = (entry: Entry) => {
    if (kind !== 'attribute') refuseUndated(entry.timeMs, sending.nowMs)
    const freshness = freshnessOf(entry, sending)
    if (entries.leavesOut) packers[freshness].add(entry)
    else packing[freshness].run(entry)
  }
  await entries.each(asSent(kind, take))
  packing.live.end()
  packing.late.end()
  return await sendBatches([...packers.live.batches, ...packers.late.batches], ({ json, freshness }) =>
    uplink.deliver(kind, { json: [Buffer.from(json.join())], count: json.length }, freshness, signal),
  )
}

function freshnessOf({ timeMs }: Entry, { kind, timeliness, nowMs }: EntriesToSend): Freshness {
  return freshnessBy(kind, timeliness, nowMs - timeMs <= liveForMs)
}

/** How an entry is sent, at once or later, that is a minute old at most, or older. */
export function freshnessBy(kind: EntryKind, timeliness: Timeliness = defaultTimeliness, isYoung: boolean): Freshness {
  if (kind !== 'measurepoint' || timeliness === 'post') return 'live'
  return timeliness === 'by-age' && isYoung ? 'live' : 'late'
}

/** EnOS sets at most 200 attributes at a time (docs/protocol/enos.md §7.2). */
const attributesPerEntry = 200

/** Takes entries as they are sent: attributes as several with at most 200 each. */
export function asSent(kind: EntryKind, take: (entry: Entry) => void): (entry: Entry) => void {
  if (kind !== 'attribute') return take
  return (entry) => {
    for (const group of inAttributeGroups(entry)) take(group)
  }
}

function inAttributeGroups(entry: Entry): Entry[] {
  const values = Object.entries(entry.values)
  const groups = Math.ceil(values.length / attributesPerEntry)
  return Array.from({ length: groups }, (_, group) => ({
    ...entry,
    values: Object.fromEntries(values.slice(group * attributesPerEntry, (group + 1) * attributesPerEntry)),
  }))
}
