import type { NodeAPI } from 'node-red'
import { ConnectorError, isJsonObject, type JsonObject, say, type Text } from '../core'
import {
  type DeviceName,
  type EnosApplication,
  type EnosDevice,
  EnosIntegration,
  type EnosUplink,
  readEntries,
  sendNow,
} from '../enos'
import type { ThingPlus } from '../thingplus'
import { adminPost } from './admin'
import type { FormClients, OuterFields } from './form-clients'
import { formPermission } from './form-values'
import { clockOf } from './pc-clock'

/** What a dialog sends to see whether the cloud takes it. */
export interface TrialValues {
  /** By the id of their point or sensor. */
  points: JsonObject
  /** A field of the dialog. */
  outer: OuterFields
  nowMs: number
  signal: AbortSignal
}

/** Answers what the cloud has accepted. @throws ConnectorError where it has not */
export type Trial<Client> = (client: Client, values: TrialValues) => Promise<Text>

const answerWithinMs = 10_000
/** A person tries one or a few. */
const mostPoints = 20

/**
 * `POST edgecourier/try/{type}`: sends values to the cloud as a configuration is in the editor, deployed or not. Body: that
 * of `FormClients.use` with `points`, values by point or sensor; answers `{ text }`, what was accepted.
 */
export function serveTrial<Client extends { close(): unknown }>(
  RED: NodeAPI,
  type: string,
  clients: FormClients<Client>,
  trial: Trial<Client>,
): void {
  adminPost(RED, `/try/${type}`, formPermission, ({ points, ...body }) => {
    if (!isJsonObject(points) || Object.keys(points).length > mostPoints)
      throw new ConnectorError('INPUT_INVALID', say`The form sent no values.`)
    return clients.use(body, async (client, outer) => {
      const signal = AbortSignal.timeout(answerWithinMs)
      return { text: await trial(client, { points, outer, nowMs: clockOf(RED).wallMs(), signal }) }
    })
  })
}

/** Through the application, for the device that the fields `assetId`, or `productKey` and `deviceKey` name. */
export const enosApplicationTrial: Trial<EnosApplication> = (application, values) => {
  const [assetId, productKey, deviceKey] = ['assetId', 'productKey', 'deviceKey'].map(values.outer)
  const device = assetId ? { assetId } : productKey && deviceKey ? { productKey, deviceKey } : undefined
  return enosTrial(new EnosIntegration(application, device as DeviceName | undefined), values)
}

/** For the device of the session. */
export const enosDeviceTrial: Trial<EnosDevice> = (device, values) => enosTrial(device, values)

async function enosTrial(uplink: EnosUplink, { points, nowMs, signal }: TrialValues): Promise<Text> {
  const reading = { native: 'measurepoints', timeField: 'time', arrivalMs: nowMs } as const
  const entries = readEntries({ measurepoints: points, time: nowMs }, reading)
  await sendNow(uplink, { kind: 'measurepoint', entries, nowMs }, signal)
  return say`EnOS has accepted ${shown(points)}.`
}

/** To sensors of the gateway that the field `gatewayId` names. */
export const thingplusTrial: Trial<ThingPlus> = async (client, { points, outer, nowMs, signal }) => {
  await client.sendValues(outer('gatewayId'), points, { arrivalMs: nowMs }, signal)
  return say`Thing+ has accepted ${shown(points)}.`
}

const shown = (points: JsonObject) =>
  Object.entries(points)
    .map(([id, value]) => `${id} = ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ')
