import { ConnectorError, say } from '../core'
import {
  type DeviceName,
  defaultTimeliness,
  deliverStored,
  deviceText,
  type EnosUplink,
  type EntryKind,
  freshnessBy,
  maxEntriesBytes,
  NobodySends,
  readStoredEntries,
  type Timeliness,
} from '../enos'
import { idsOfPath } from '../message'
import type { Destination, NewRecord, OutboxRecord } from '../outbox'
import { classifyConnectorError } from './classify'
import { readLaneText } from './lane-name'
import type { Inheritance, Way } from './lane-routing'

export interface EnosWaySettings {
  readonly uplink: EnosUplink
  /** The configuration's client. */
  readonly owner: object
  readonly kind: EntryKind
  readonly timeliness: Timeliness
  /** The device that the node is set to, on either channel. */
  readonly device: DeviceName | undefined
}

/** How a node's entries leave the outbox for EnOS. */
export class EnosWay implements Way {
  readonly lane: string
  readonly owner: object
  readonly destination: Destination
  readonly options = {}
  readonly settings: EnosWaySettings

  constructor(settings: EnosWaySettings) {
    const { uplink, owner, kind, timeliness } = settings
    this.settings = settings
    this.owner = owner
    this.lane = enosLane(uplink, kind, timeliness)
    this.destination = enosDestination(uplink, kind, timeliness)
  }

  /**
   * Takes over what was put in for the same device or organisation when host, timeliness or channel were set otherwise; only
   * where it is certain who is meant.
   */
  inherit(orphan: string, ways: readonly Way[]): Inheritance | undefined {
    const name = readLaneText(orphan)
    const alike = ways.flatMap((way) => (way instanceof EnosWay && way.settings.kind === name?.kind ? [way] : []))
    if (!name || alike.length === 0) return undefined
    const ofAccount = alike.filter(({ lane }) => readLaneText(lane)?.account === name.account)
    const atHost = ofAccount.filter(({ lane }) => readLaneText(lane)?.host === name.host)
    const same = atHost.length > 0 ? atHost : ofAccount
    const [heir] = same
    if (!heir) return inheritChannel(name.account, alike)
    return isOneSession(same) ? { heir, destination: heir.destination, isSameForm: true } : undefined
  }

  get device(): string | undefined {
    const { device } = this.settings
    return device && deviceText(device)
  }

  get take(): Way['take'] {
    const { device } = this.settings
    return device && ((record) => this.#taken(record, device))
  }

  #taken({ payload, eventTimeMs }: OutboxRecord, device: DeviceName): NewRecord {
    const { uplink, kind } = this.settings
    const [stored] = readStoredEntries(kind, payload)
    if (!stored) throw new ConnectorError('INPUT_INVALID', say`The stored entry was not written by this package.`)
    const entry = { ...stored, device: uplink.own ? undefined : device }
    return { stream: uplink.streamOf(entry), payload: uplink.encode(kind, entry, stored.eventId), eventTimeMs }
  }
}

/** Of measurepoints: how they are sent where that is not by age. */
const manners: Record<Timeliness, string> = { post: ' live', resume: ' late', 'by-age': '' }

/** The lane of what a node puts in. */
export function enosLane(uplink: EnosUplink, kind: EntryKind, timeliness: Timeliness = defaultTimeliness): string {
  return `${uplink.name}, ${kind}${kind === 'measurepoint' ? manners[timeliness] : ''}`
}

/** What the outbox sends on, as the node would without it. */
export function enosDestination(uplink: EnosUplink, kind: EntryKind, timeliness: Timeliness): Destination {
  const maxEntries = uplink.maxEntries(kind)
  return {
    batching: 'lane',
    isDated: kind !== 'attribute',
    maxBytes: maxEntriesBytes,
    ...(Number.isFinite(maxEntries) ? { maxRecords: maxEntries } : {}),
    async send(records, { signal, kind: freshness }) {
      const json = records.map(({ payload }) => payload)
      const count = records.reduce((sum, record) => sum + record.count, 0)
      await uplink.deliver(kind, { json, count }, freshnessBy(kind, timeliness, freshness === 'live'), signal)
    },
    classify: classifyConnectorError,
  }
}

/** Of a lane: its account is the device. */
const deviceAccount = 'enos-device '

/** A device's records go by the integration channel where that is set to the device, and the other way round. */
function inheritChannel(account: string, alike: readonly EnosWay[]): Inheritance | undefined {
  if (!account.startsWith(deviceAccount)) {
    const devices = alike.filter(({ settings }) => settings.uplink.own !== undefined)
    const [first] = devices
    const uplinkTo = (name: DeviceName) => devices.find((way) => isSet(way, deviceText(name)))?.settings.uplink
    return first && { heir: first, destination: storedDestination(first, uplinkTo), isSameForm: false }
  }
  const device = account.slice(deviceAccount.length)
  const integrations = alike.filter((way) => way.settings.uplink.own === undefined && isSet(way, device))
  const [first] = integrations
  if (!first || !isOneSession(integrations)) return undefined
  const [productKey = '', deviceKey = ''] = idsOfPath(device)
  const own = { productKey, deviceKey }
  return { heir: first, destination: storedDestination(first, () => first.settings.uplink, own), isSameForm: false }
}

const isSet = ({ settings: { device } }: EnosWay, text: string) => device !== undefined && deviceText(device) === text

function isOneSession(ways: readonly EnosWay[]): boolean {
  return ways.every(({ settings }) => settings.uplink.name === ways[0]?.settings.uplink.name)
}

/** For records that another channel has encoded. */
function storedDestination(
  { settings: { kind, timeliness } }: EnosWay,
  uplinkTo: (device: DeviceName) => EnosUplink | undefined,
  own?: DeviceName,
): Destination {
  return {
    batching: 'lane',
    isDated: kind !== 'attribute',
    maxBytes: maxEntriesBytes / 2,
    async send(records, { signal, kind: freshness }) {
      const payloads = records.map(({ payload }) => payload)
      await deliverStored({
        kind,
        payloads,
        freshness: freshnessBy(kind, timeliness, freshness === 'live'),
        own,
        uplinkTo,
        signal,
      })
    },
    classify: (error) =>
      error instanceof NobodySends ? { kind: 'configuration', streams: error.devices } : classifyConnectorError(error),
  }
}
