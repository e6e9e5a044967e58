import { type Delivery, packBatches, sendBatches } from './batch'
import type { Entry } from './entry'
import type { EnosUplink, EntryKind, Freshness } from './uplink'

/** Which entries count as live; `by-age` takes those for late that are older than a minute. */
export type Timeliness = 'post' | 'resume' | 'by-age'

export interface Sending {
  kind: EntryKind
  entries: readonly Entry[]
  /** Of measurepoints; attributes and events are always live. */
  timeliness?: Timeliness | undefined
  /** Of events. */
  eventId?: string | undefined
  /** Against which `by-age` measures, Unix milliseconds. */
  nowMs: number
}

export const liveForMs = 60_000

/**
 * Sends entries at once, in as few requests as the limits allow, live ones first, each in order.
 * @throws ConnectorError as `EnosUplink.encode` (nothing is sent then) and `EnosUplink.deliver`; `INPUT_TOO_LARGE`
 */
export async function sendNow(uplink: EnosUplink, sending: Sending, signal?: AbortSignal): Promise<Delivery> {
  const { kind, eventId } = sending
  const entries = kind === 'attribute' ? sending.entries.flatMap(inAttributeGroups) : sending.entries
  const toJson = (entry: Entry) => uplink.encode(kind, entry, eventId)
  const chosen: Record<Freshness, Entry[]> = { live: [], late: [] }
  for (const entry of entries) chosen[freshnessOf(entry, sending)].push(entry)
  const pack = async (freshness: Freshness) => {
    const packed = await packBatches(chosen[freshness], toJson, uplink.maxEntries(kind))
    return packed.map((batch) => ({ ...batch, freshness }))
  }
  const batches = [...(await pack('live')), ...(await pack('late'))]
  return sendBatches(batches, ({ json, freshness }) =>
    uplink.deliver(kind, { json: json.join(), count: json.length }, freshness, signal),
  )
}

function freshnessOf({ timeMs }: Entry, { kind, timeliness, nowMs }: Sending): Freshness {
  if (kind !== 'measurepoint') return 'live'
  return timeliness === 'resume' || (timeliness === 'by-age' && nowMs - timeMs > liveForMs) ? 'late' : 'live'
}

/** EnOS sets at most 200 attributes at a time (enos.md section 5). */
const attributesPerEntry = 200

/** An entry as several with at most 200 attributes each. */
export function inAttributeGroups(entry: Entry): Entry[] {
  const values = Object.entries(entry.values)
  const groups = Math.ceil(values.length / attributesPerEntry)
  return Array.from({ length: groups }, (_, group) => ({
    ...entry,
    values: Object.fromEntries(values.slice(group * attributesPerEntry, (group + 1) * attributesPerEntry)),
  }))
}
