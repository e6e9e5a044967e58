import { ConnectorError, say } from '../core'
import type { DeviceName } from './device-name'
import type { EntryKind } from './entry-list'
import { readStoredEntries, type StoredEntry } from './stored-entries'
import { deviceText, type EnosUplink, type Freshness } from './uplink'

/** Nothing that is set up sends to some of the devices. */
export class NobodySends extends ConnectorError {
  /** @param devices `pk/dk` or asset ids */
  constructor(readonly devices: readonly string[]) {
    super(
      'NOT_FOUND',
      say`No node sends to ${devices.slice(0, 3).join(', ')} any more. Set up one that does, or drop the records that are waiting.`,
    )
  }
}

export interface StoredDelivery {
  kind: EntryKind
  /** Each holds one encoded entry, or several that are separated by commas; whichever channel encoded them. */
  payloads: readonly Buffer[]
  freshness: Freshness
  /** Whom entries mean that name no device. */
  own?: DeviceName | undefined
  /** What sends to a device now. */
  uplinkTo: (device: DeviceName) => EnosUplink | undefined
  signal?: AbortSignal | undefined
}

/**
 * Sends stored entries by the way that is set up today, each device's in their order.
 * @throws NobodySends before anything is sent; what `EnosUplink.encode` and `deliver` throw
 */
export async function deliverStored({
  kind,
  payloads,
  freshness,
  own,
  uplinkTo,
  signal,
}: StoredDelivery): Promise<void> {
  const entries = payloads.flatMap((payload) => readStoredEntries(kind, payload))
  const ways = new Map<EnosUplink, string[]>()
  const unsent = new Set<string>()
  for (const entry of entries) {
    const device = entry.device ?? own
    const uplink = device && uplinkTo(device)
    if (!uplink) unsent.add(device ? deviceText(device) : '')
    else ways.set(uplink, [...(ways.get(uplink) ?? []), encoded(uplink, kind, entry, device)])
  }
  if (unsent.size > 0) throw new NobodySends([...unsent])
  for (const [uplink, json] of ways)
    for (const list of inRequests(json, uplink.maxEntries(kind)))
      await uplink.deliver(kind, { json: [Buffer.from(list.join())], count: list.length }, freshness, signal)
}

/** A device does not name itself. */
function encoded(uplink: EnosUplink, kind: EntryKind, entry: StoredEntry, device: DeviceName): string {
  const isOwn = uplink.own !== undefined && deviceText(uplink.own) === deviceText(device)
  return uplink.encode(kind, { ...entry, device: isOwn ? undefined : device }, entry.eventId)
}

function inRequests(json: readonly string[], most: number): (readonly string[])[] {
  return Number.isFinite(most) ? json.map((entry) => [entry]) : [json]
}
