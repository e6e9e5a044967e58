import { ConnectorError, isJsonObject, type JsonObject, parseJson, say } from '../core'
import type { DeviceName } from './device-name'
import type { Entry } from './entry'
import type { EntryKind } from './entry-list'

/** An entry that one uplink has encoded, read again so that another can send it. */
export interface StoredEntry extends Entry {
  /** Of events. */
  eventId?: string
}

/**
 * Reads encoded entries in the form of either channel.
 * @param json one entry, or several that are separated by commas
 * @throws ConnectorError `INPUT_INVALID` for anything that no uplink has encoded
 */
export function readStoredEntries(kind: EntryKind, json: Buffer): StoredEntry[] {
  const list = parseJson(`[${json.toString('utf8')}]`)
  if (!Array.isArray(list) || list.length === 0 || !list.every(isJsonObject)) throw unreadable()
  return list.map((entry) => readers[kind](entry, deviceOf(entry)))
}

/**
 * An event as the device channel has encoded it.
 * @throws ConnectorError `INPUT_INVALID` for anything else
 */
export function readStoredEvent(json: Buffer): { eventId: string; params: JsonObject } {
  const event = parseJson(json.toString('utf8'))
  if (!isJsonObject(event) || typeof event.eventId !== 'string' || !isJsonObject(event.params)) throw unreadable()
  return { eventId: event.eventId, params: event.params }
}

type Reader = (entry: JsonObject, device: DeviceName | undefined) => StoredEntry

/** The device channel puts an event's values behind its id, the integration channel below it. */
const readers: Readonly<Record<EntryKind, Reader>> = {
  measurepoint: ({ measurepoints, time }, device) => ({
    device,
    timeMs: timeOf(time),
    values: valuesOf(measurepoints),
  }),
  attribute: ({ attributes }, device) => ({ device, timeMs: 0, values: valuesOf(attributes) }),
  event: ({ eventId, params, events, time }, device) => {
    if (typeof eventId === 'string' && isJsonObject(params))
      return { device, eventId, timeMs: timeOf(params.time), values: valuesOf(params.events) }
    const [event] = Object.entries(valuesOf(events))
    if (!event) throw unreadable()
    return { device, eventId: event[0], timeMs: timeOf(time), values: valuesOf(event[1]) }
  },
}

function deviceOf({ assetId, productKey, deviceKey }: JsonObject): DeviceName | undefined {
  if (typeof assetId === 'string') return { assetId }
  return typeof productKey === 'string' && typeof deviceKey === 'string' ? { productKey, deviceKey } : undefined
}

function valuesOf(values: unknown): JsonObject {
  if (isJsonObject(values)) return values
  throw unreadable()
}

function timeOf(time: unknown): number {
  if (typeof time === 'number') return time
  throw unreadable()
}

function unreadable(): ConnectorError {
  return new ConnectorError('INPUT_INVALID', say`The stored entry was not written by this package.`)
}
