import type { HttpRequest } from '../http'
import { type Id, idSegment } from '../message'
import type { EnosAnswer } from './answer'
import type { DeviceName } from './device-name'
import type { Entry } from './entry'
import type { EntryKind, EntryList } from './entry-list'
import { knownDevice } from './known-devices'

/** Live data may raise alarms and feeds stream processing, late data is only stored. */
export type Freshness = 'live' | 'late'

/** A way for data to EnOS: through a device's session, or through an application on the integration channel. */
export interface EnosUplink {
  /** Identifies the uplink permanently: host and account, no secret. */
  readonly name: string
  /** The device of entries that name none, if the uplink is a device. */
  readonly own: DeviceName | undefined
  /** How many entries of a kind go into one request. */
  maxEntries(kind: EntryKind): number
  /** The device that an entry means, where it is known. */
  deviceOf(device: DeviceName | undefined): DeviceName | undefined
  /** Whose entry it is: entries of one device keep their order. */
  streamOf(entry: Entry): string
  /**
   * An entry as JSON, ready to be sent now or later; it ends with its time, but for attributes, which have none.
   * @param eventId of an event
   * @throws ConnectorError `INPUT_INVALID`, `CONFIG_INCOMPLETE` where the uplink cannot reach the entry's device
   */
  encode(kind: EntryKind, entry: Entry, eventId?: Id): string
  /**
   * Sends encoded entries in one request.
   * @throws ConnectorError `CONFIG_*`, `VALIDATION_REFUSED`, `PERMISSION_DENIED`, `AUTH_*`, `THROTTLED`, `TOO_LARGE`,
   *   `CLOUD_ERROR`, `RESPONSE_UNREADABLE`, `NETWORK_*`
   */
  deliver(kind: EntryKind, entries: EntryList, freshness: Freshness, signal?: AbortSignal): Promise<EnosAnswer>
  /**
   * The request that `deliver` sends, for looking at.
   * @param credential what stands for the session id or the access token
   * @param before how many requests go before it, since each has a number
   * @throws ConnectorError `CONFIG_*`
   */
  requestOf(
    kind: EntryKind,
    entries: EntryList,
    freshness: Freshness,
    credential: string,
    before: number,
  ): Promise<HttpRequest>
}

/** `pk/dk` or the asset id: see `idPath`. */
export function deviceText(device: NonNullable<Entry['device']>): string {
  return 'assetId' in device ? idSegment(device.assetId) : knownDevice(device.productKey, device.deviceKey).text
}
