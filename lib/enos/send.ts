import { type Id, refuseUndated } from '../message'
import { type Batch, type Delivery, entryJson, Packer, sendBatches } from './batch'
import type { Entries, Entry } from './entry'
import type { EntryKind } from './entry-list'
import { UntilFailure } from './until-failure'
import type { EnosUplink, Freshness } from './uplink'

/** Which entries count as live: all, none, or (`by-age`) those that are a minute old at most when they are sent. */
export type Timeliness = 'post' | 'resume' | 'by-age'
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
  const { kind, entries } = sending
  const packings: { [F in Freshness]?: Packing } = {}
  const take = (entry: Entry) => {
    if (kind !== 'attribute') refuseUndated(entry.timeMs, sending.nowMs)
    const freshness = freshnessOf(entry, sending)
    packings[freshness] ??= new Packing(freshness, uplink, sending)
    packings[freshness].take(entry)
  }
  await entries.each(asSent(kind, take))
  const batches = [packings.live, packings.late].flatMap((packing) => packing?.batches() ?? [])
  return sendBatches(batches, ({ json, freshness }) =>
    uplink.deliver(kind, { json: [Buffer.from(json.join())], count: json.length }, freshness, signal),
  )
}

/** Packs the entries of one freshness. */
class Packing {
  readonly #packer: Packer
  readonly #waiting: UntilFailure<Entry> | undefined

  constructor(freshness: Freshness, uplink: EnosUplink, { kind, entries, eventId }: EntriesToSend) {
    const toJson = (entry: Entry) => entryJson(uplink, kind, entry, eventId)
    this.#packer = new Packer(freshness, toJson, uplink.maxEntries(kind))
    if (!entries.leavesOut) this.#waiting = new UntilFailure((entry) => this.#packer.add(entry))
  }

  take(entry: Entry): void {
    if (this.#waiting) this.#waiting.run(entry)
    else this.#packer.add(entry)
  }

  /** @throws what an entry was refused with */
  batches(): readonly Batch[] {
    this.#waiting?.end()
    return this.#packer.batches
  }
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
