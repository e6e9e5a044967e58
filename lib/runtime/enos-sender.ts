import { ConnectorError, say } from '../core'
import {
  asSent,
  type DeviceName,
  defaultTimeliness,
  deviceText,
  type EnosApplication,
  type EnosDevice,
  EnosIntegration,
  type EnosUplink,
  type EntriesToSend,
  type Entry,
  type EntryKind,
  type EntryReading,
  entryJson,
  KnownPoints,
  sendNow,
  type Timeliness,
} from '../enos'
import { type Id, idOf, idText, optionalIdOf, type ValueReport } from '../message'
import { type ChoiceField, enosTarget } from '../settings'
import { type Choosing, clientIfChosen, clientIfThere, requiredClient } from './chosen'
import { EnosWay, enosLane } from './enos-way'
import type { RunResult } from './flow-node'
import type { OutboxClient } from './outbox-client'
import { asOptionalId } from './parse'
import { chosenWord, type Evaluation, input, type Message, type Opening, type Setting } from './settings'
import { counted } from './status'
import type { RowTypes } from './table'
import { toldIn } from './value-report'

/** Sends entries of one kind: at once, or through the outbox that the node chooses. */
export interface EnosSender {
  /**
   * How values are checked: against the thing models of their devices, by the row `modelCheck`, else against a table.
   * @param eventId of an event
   */
  check(given: { eventId?: Id; types?: RowTypes }): ModelCheck
  /** @param report of what `entries` leave out */
  send(sending: Omit<EntriesToSend, 'kind'>, report: ValueReport, signal: AbortSignal): Promise<RunResult>
}

/**
 * The settings `enosTarget`, by which a node chooses its way to EnOS, and on the integration channel the device that entries
 * mean when they name none.
 * @param timelinessField of measurement points, whether the way of the outbox is the one for live or for late values
 */
export function enosSender(
  kind: EntryKind,
  timelinessField?: ChoiceField<Timeliness> & { name: string },
): Setting<EnosSender> {
  return {
    evaluate(evaluation) {
      const outbox = outboxOf(evaluation)
      const checking = checkingOf(evaluation)
      if (chosenWord(enosTarget.channel, evaluation) === 'integration')
        return integrationOf(evaluation).then((uplink) => senderOver(uplink, outbox, kind, checking))
      const { uplink } = sessionOf(evaluation)
      return senderOver(uplink, outbox, kind, checking, subDeviceIn(evaluation.msg, uplink))
    },
    open(opening) {
      const outbox = outboxOf(opening)
      if (!outbox) return undefined
      const timeliness = timelinessField ? chosenWord(timelinessField, opening) : defaultTimeliness
      const { owner, uplink } = sessionOf(opening)
      const way = new EnosWay({ uplink, owner, kind, timeliness, device: uplink.own ?? deviceInDialog(opening.stored) })
      const letGo = outbox.attach(way, opening.failed)
      const endWatch = outbox.watch(way.lane, (figures) => opening.badge.show({ kind: 'lane', figures }))
      return () => {
        endWatch()
        letGo()
      }
    },
  }
}

/** What `readEntries` has to know of it. */
export type ModelCheck = Pick<EntryReading, 'points' | 'unknownPoints' | 'device'>

interface Checking {
  models: EnosApplication['models']
  unknownPoints: 'warn' | 'refuse'
}

/** `undefined` where nothing is to be checked, or no application can be asked for the models. */
function checkingOf(evaluation: Evaluation): Checking | undefined {
  const modelCheck = chosenWord(enosTarget.modelCheck, evaluation)
  if (modelCheck === 'off') return undefined
  const app = clientIfThere<EnosApplication>(evaluation, 'app', 'enos-app')
  return app && { models: app.models, unknownPoints: modelCheck }
}

function senderOver(
  uplink: EnosUplink,
  outbox: OutboxClient | undefined,
  kind: EntryKind,
  checking: Checking | undefined,
  device?: DeviceName,
): EnosSender {
  return {
    check({ eventId = '', types }) {
      const table = types && types.size > 0 ? new KnownPoints(types, false) : undefined
      if (!checking) return table ? { points: () => table, device } : { device }
      const { models, unknownPoints } = checking
      const event = idText(eventId)
      const points = (named: DeviceName | undefined) => models.known(uplink.deviceOf(named), kind, event) ?? table
      return { points, unknownPoints, device }
    },
    async send(sending, report, signal) {
      if (outbox) return intoOutbox(outbox, uplink, { ...sending, kind }, report)
      try {
        const { receipt, statusCode, headers } = await sendNow(uplink, { ...sending, kind }, signal)
        const payload = { ...receipt, ...toldIn(report) }
        const summary = counted[kind](receipt.points)
        return { set: { payload, statusCode, headers }, summary, report, sent: receipt.points }
      } catch (failure) {
        throw report.toldWith(failure)
      }
    },
  }
}

async function intoOutbox(
  outbox: OutboxClient,
  uplink: EnosUplink,
  sending: EntriesToSend,
  report: ValueReport,
): Promise<RunResult> {
  const { kind, entries, eventId, timeliness } = sending
  const arrivals = outbox.gather(sending.nowMs)
  const listable = uplink.maxEntries(kind) === Number.POSITIVE_INFINITY
  const take = (entry: Entry) => {
    const payload = entryJson(uplink, kind, entry, eventId)
    arrivals.add(uplink.streamOf(entry), payload, entry.timeMs, listable)
  }
  await entries.each(asSent(kind, take))
  await outbox.accept(enosLane(uplink, kind, timeliness), arrivals, report)
  return { report }
}

/**
 * A device other than the session's own that the message names: it counts for all entries that name none, as in a row.
 * @throws ConnectorError `INPUT_INVALID`, `INPUT_EMPTY`
 */
function subDeviceIn({ assetId, productKey, deviceKey }: Message, { own }: EnosUplink): DeviceName | undefined {
  if (assetId !== undefined) {
    idOf(assetId, 'msg.assetId')
    throw new ConnectorError(
      'INPUT_INVALID',
      say`msg.assetId names a device on the integration channel only. Choose that channel in the node, name the device by msg.productKey and msg.deviceKey, or delete msg.assetId before this node.`,
    )
  }
  if (productKey === undefined && deviceKey === undefined) return undefined
  const [product, key] = [optionalIdOf(productKey, 'msg.productKey'), optionalIdOf(deviceKey, 'msg.deviceKey')]
  if (product === undefined || key === undefined) throw halfNamed()
  const device = { productKey: product, deviceKey: key }
  return own && deviceText(own) === deviceText(device) ? undefined : device
}

function halfNamed(): ConnectorError {
  return new ConnectorError(
    'INPUT_INVALID',
    say`${say`the message`}: a device is named by productKey and deviceKey together.`,
  )
}

const deviceIds = {
  assetId: input(enosTarget.assetId, asOptionalId),
  productKey: input(enosTarget.productKey, asOptionalId),
  deviceKey: input(enosTarget.deviceKey, asOptionalId),
}

async function integrationOf(evaluation: Evaluation): Promise<EnosUplink> {
  const app = requiredClient<EnosApplication>(evaluation, 'app', 'enos-app')
  return new EnosIntegration(app, await deviceOf(evaluation))
}

/**
 * The device of entries that name none: by its asset id, or by product key and device key. Keys of the message count more
 * than an asset id of the dialog: they may be of another device.
 */
async function deviceOf(evaluation: Evaluation): Promise<DeviceName | undefined> {
  const id = async (name: keyof typeof deviceIds) => deviceIds[name].evaluate(evaluation)
  const { assetId: assetOfMessage, productKey: productOfMessage, deviceKey: deviceOfMessage } = evaluation.msg
  const namesKeys = productOfMessage !== undefined || deviceOfMessage !== undefined
  const assetId = namesKeys && assetOfMessage === undefined ? undefined : await id('assetId')
  if (assetId !== undefined) return { assetId }
  const [productKey, deviceKey] = [await id('productKey'), await id('deviceKey')]
  if (productKey !== undefined && deviceKey !== undefined) return { productKey, deviceKey }
  if (!namesKeys) return undefined
  throw halfNamed()
}

/** The session that delivers, whatever the entries name. */
function sessionOf(chosen: Choosing): { owner: object; uplink: EnosUplink } {
  if (chosenWord(enosTarget.channel, chosen) === 'device') {
    const device = requiredClient<EnosDevice>(chosen, 'device', 'enos-device')
    return { owner: device, uplink: device }
  }
  const app = requiredClient<EnosApplication>(chosen, 'app', 'enos-app')
  return { owner: app, uplink: new EnosIntegration(app) }
}

function outboxOf(chosen: Choosing): OutboxClient | undefined {
  return clientIfChosen<OutboxClient>(chosen, 'outbox', 'cloud-outbox')
}

/** The device that the integration channel's dialog names; what a message names is not known before it comes. */
function deviceInDialog(stored: Opening['stored']): DeviceName | undefined {
  const [assetId, productKey, deviceKey] = ['assetId', 'productKey', 'deviceKey'].map((name) =>
    String(stored[name] ?? '').trim(),
  )
  if (assetId) return { assetId }
  return productKey && deviceKey ? { productKey, deviceKey } : undefined
}
