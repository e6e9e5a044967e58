import {
  asSent,
  type DeviceName,
  type EnosApplication,
  type EnosDevice,
  EnosIntegration,
  type EnosUplink,
  type Entry,
  type EntryKind,
  maxEntriesBytes,
  type Sending,
  sendNow,
  type Timeliness,
} from '../enos'
import { classifyConnectorError, type Destination, gatherArrivals } from '../outbox'
import type { RunResult } from './flow-node'
import type { OutboxClient } from './outbox-client'
import { asText } from './parse'
import { clientIfChosen, clientOf, type Evaluation, input, type Opening, requireChosen, type Setting } from './settings'
import { counted } from './status'

/** Sends entries of one kind: at once, or through the outbox that the node chooses. */
export interface EnosSender {
  send(sending: Omit<Sending, 'kind'>, signal: AbortSignal): Promise<RunResult>
}

/**
 * The rows by which a node chooses its way to EnOS: `channel` (device or integration), `device`, `app`, `outbox`, and on
 * the integration channel the device that entries mean when they name none (`assetId`, or `productKey` and `deviceKey`).
 */
export function enosSender(kind: EntryKind): Setting<EnosSender> {
  return {
    evaluate(evaluation) {
      const uplink = uplinkOf(evaluation)
      const outbox = outboxOf(evaluation)
      return uplink instanceof Promise
        ? uplink.then((known) => senderOver(known, outbox, kind))
        : senderOver(uplink, outbox, kind)
    },
    open(opening) {
      const outbox = outboxOf(opening)
      if (!outbox) return undefined
      const timeliness = (opening.stored.timeliness ?? 'by-age') as Timeliness
      const { owner, uplink } = sessionOf(opening)
      const lane = laneName(uplink, kind, timeliness)
      outbox.attach(lane, owner, enosDestination(uplink, kind, timeliness), {}, opening.failed)
      return outbox.watch(lane, (figures) => opening.badge.show({ kind: 'lane', figures }))
    },
  }
}

function senderOver(uplink: EnosUplink, outbox: OutboxClient | undefined, kind: EntryKind): EnosSender {
  return {
    async send(sending, signal) {
      if (outbox) return intoOutbox(outbox, uplink, { ...sending, kind })
      const { receipt, statusCode, headers } = await sendNow(uplink, { ...sending, kind }, signal)
      return { set: { payload: receipt, statusCode, headers }, summary: counted[kind](receipt.points) }
    },
  }
}

function laneName(uplink: EnosUplink, kind: EntryKind, timeliness: Timeliness | undefined): string {
  return `${uplink.name}, ${kind}${kind === 'measurepoint' && timeliness === 'resume' ? ' late' : ''}`
}

async function intoOutbox(outbox: OutboxClient, uplink: EnosUplink, sending: Sending): Promise<RunResult> {
  const { kind, entries, eventId, timeliness } = sending
  const arrivals = gatherArrivals(sending.nowMs)
  const listable = uplink.maxEntries(kind) === Number.POSITIVE_INFINITY
  const take = (entry: Entry) => {
    const payload = uplink.encode(kind, entry, eventId)
    arrivals.add(uplink.streamOf(entry), payload, entry.timeMs, listable)
  }
  await entries.each(asSent(kind, take))
  await outbox.accept(laneName(uplink, kind, timeliness), arrivals)
  return {}
}

/** What the outbox sends on: live data as live, backlog as late; `resume` is late whatever its age. */
export function enosDestination(uplink: EnosUplink, kind: EntryKind, timeliness: Timeliness): Destination {
  const maxEntries = uplink.maxEntries(kind)
  return {
    batching: 'lane',
    maxBytes: maxEntriesBytes,
    ...(Number.isFinite(maxEntries) ? { maxRecords: maxEntries } : {}),
    async send(records, { signal, kind: freshness }) {
      const json = records.map(({ payload }) => payload)
      const count = records.reduce((sum, record) => sum + record.count, 0)
      await uplink.deliver(
        kind,
        { json, count },
        freshness === 'live' && timeliness !== 'resume' ? 'live' : 'late',
        signal,
      )
    },
    classify: classifyConnectorError,
  }
}

function uplinkOf(evaluation: Evaluation): EnosUplink | Promise<EnosUplink> {
  return channelOf(evaluation.stored) === 'device' ? sessionOf(evaluation).uplink : integrationOf(evaluation)
}

async function integrationOf(evaluation: Evaluation): Promise<EnosUplink> {
  const text = (name: string) =>
    input({ type: 'str', value: '', override: name, parse: asText }).evaluate({ ...evaluation, name })
  const app = clientOf<EnosApplication>(evaluation, 'app')
  return new EnosIntegration(
    requireChosen(app, 'enos-app'),
    deviceName(await text('assetId'), await text('productKey'), await text('deviceKey')),
  )
}

/** The session that delivers, whatever the entries name. */
function sessionOf(chosen: Pick<Opening, 'RED' | 'stored'>): { owner: object; uplink: EnosUplink } {
  if (channelOf(chosen.stored) === 'device') {
    const device = requireChosen(clientOf<EnosDevice>(chosen, 'device'), 'enos-device')
    return { owner: device, uplink: device }
  }
  const app = requireChosen(clientOf<EnosApplication>(chosen, 'app'), 'enos-app')
  return { owner: app, uplink: new EnosIntegration(app) }
}

function outboxOf(chosen: Pick<Opening, 'RED' | 'stored'>): OutboxClient | undefined {
  return clientIfChosen<OutboxClient>(chosen, 'outbox', 'cloud-outbox')
}

function channelOf(stored: Opening['stored']): 'device' | 'integration' {
  return stored.channel === 'integration' ? 'integration' : 'device'
}

function deviceName(assetId: string, productKey: string, deviceKey: string): DeviceName | undefined {
  if (assetId) return { assetId }
  return productKey && deviceKey ? { productKey, deviceKey } : undefined
}
