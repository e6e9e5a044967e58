import { ConnectorError, say, type Text } from '../core'
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
import { type Choosing, clientIfChosen, clientIfThere, isChosen, requiredClient } from './chosen'
import { EnosWay, enosDestination, enosLane } from './enos-way'
import type { OutboxClient } from './outbox-client'
import { asOptionalId } from './parse'
import type { Keeper } from './previewed-outbox'
import type { Previewing } from './previewing'
import type { RunResult } from './run'
import { chosenWord, type Evaluation, input, type Message, type Opening, type Setting } from './settings'
import { counted } from './status'
import type { RowTypes } from './table'
import { toldIn } from './told-report'

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
      const { previewing } = evaluation
      const checking = checkingOf(evaluation)
      const over = previewing
        ? previewerIn(evaluation, previewing, kind, timelinessIn(timelinessField, evaluation), checking)
        : senderIn(evaluation, kind, checking)
      if (chosenWord(enosTarget.channel, evaluation) === 'integration') return integrationOf(evaluation).then(over)
      const { uplink } = sessionOf(evaluation)
      return over(uplink, subDeviceIn(evaluation.msg, uplink))
    },
    open(opening) {
      const outbox = outboxOf(opening)
      if (!outbox) return undefined
      const timeliness = timelinessIn(timelinessField, opening)
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

const timelinessIn = (field: (ChoiceField<Timeliness> & { name: string }) | undefined, chosen: Choosing): Timeliness =>
  field ? chosenWord(field, chosen) : defaultTimeliness

type SenderOver = (uplink: EnosUplink, device?: DeviceName) => EnosSender

function senderIn(evaluation: Evaluation, kind: EntryKind, checking: Checking | undefined): SenderOver {
  const outbox = outboxOf(evaluation)
  return (uplink, device) => senderOver(uplink, outbox, kind, checking, device)
}

/** The same on an uplink and an outbox that only show what would be sent. */
function previewerIn(
  evaluation: Evaluation,
  previewing: Previewing,
  kind: EntryKind,
  timeliness: Timeliness,
  checking: Checking | undefined,
): SenderOver {
  const isKept = isChosen(evaluation, 'outbox', 'cloud-outbox')
  if (!checking) previewing.notChecked('', whyUnchecked(evaluation))
  return (uplink, device) => {
    const previewed = previewing.enosUplink(uplink)
    const outbox = isKept ? previewing.outboxTo(enosDestination(previewed, kind, timeliness)) : undefined
    const sender = senderOver(previewed, outbox, kind, checking && { ...checking, previewing }, device)
    const send: EnosSender['send'] = (sending, report, signal) => {
      previewing.report = report
      return sender.send(sending, report, signal)
    }
    return { ...sender, send }
  }
}

function whyUnchecked(evaluation: Evaluation): Text {
  return chosenWord(enosTarget.modelCheck, evaluation) === 'off'
    ? say`Nothing was checked against the thing model: the check is switched off in the node.`
    : say`Nothing was checked against the thing model: no application is chosen in the node that could be asked for it.`
}

/** What `readEntries` has to know of it. */
export type ModelCheck = Pick<EntryReading, 'points' | 'unknownPoints' | 'device'>

interface Checking {
  models: EnosApplication['models']
  unknownPoints: 'warn' | 'refuse'
  previewing?: Previewing
}

/** `undefined` where nothing is to be checked, or no application can be asked for the models. */
function checkingOf(evaluation: Evaluation): Checking | undefined {
  const modelCheck = chosenWord(enosTarget.modelCheck, evaluation)
  if (modelCheck === 'off') return undefined
  const app = clientIfThere<EnosApplication>(evaluation, 'app', 'enos-app')
  return app && { models: app.models, unknownPoints: modelCheck }
}

/** What a receipt calls the values of an entry. */
const valueNames: Readonly<Record<EntryKind, string>> = {
  measurepoint: 'points',
  attribute: 'attributes',
  event: 'parameters',
}

function senderOver(
  uplink: EnosUplink,
  outbox: Keeper | undefined,
  kind: EntryKind,
  checking: Checking | undefined,
  device?: DeviceName,
): EnosSender {
  return {
    check({ eventId = '', types }) {
      const table = types && types.size > 0 ? new KnownPoints(types, false) : undefined
      if (!checking) return table ? { points: () => table, device } : { device }
      const { models, unknownPoints, previewing } = checking
      const event = idText(eventId)
      const points = (named: DeviceName | undefined) => {
        const known = models.known(uplink.deviceOf(named), kind, event)
        if (!known && previewing) tellUnknownModel(previewing, uplink.deviceOf(named), models)
        return known ?? table
      }
      return { points, unknownPoints, device }
    },
    async send(sending, report, signal) {
      if (outbox) return intoOutbox(outbox, uplink, { ...sending, kind }, report)
      try {
        const { receipt, statusCode, headers } = await sendNow(uplink, { ...sending, kind }, signal)
        const { values, ...others } = receipt
        const payload = { [valueNames[kind]]: values, ...others, ...toldIn(report) }
        return { set: { payload, statusCode, headers }, summary: counted[kind](values), report, sent: values }
      } catch (failure) {
        throw report.toldWith(failure)
      }
    },
  }
}

function tellUnknownModel(previewing: Previewing, device: DeviceName | undefined, models: Checking['models']): void {
  if (!device) return
  const name = deviceText(device)
  previewing.notChecked(
    name,
    say`Not checked: the application does not know the thing model of ${name}. Is the device there, and may the application read its model?`,
    models.settled(),
  )
}

async function intoOutbox(
  outbox: Keeper,
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
