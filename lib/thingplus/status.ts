import { ConnectorError, say } from '../core'
import type { ThingPlusContext } from './context'
import { readWholeList } from './lists'
import type { Patience } from './newcomers'
import { apiPath } from './path'
import { andOnce, forEachLimited } from './turns'
import { type Gateway, readSensor, readStatus, type Status } from './types'

/** One item, or a gateway with all its sensors. */
export type StatusScope = 'gateway' | 'sensor' | 'gatewayWithSensors'

export type StatusValue = 'on' | 'off' | 'err'

/** A gateway, or one of its sensors. */
export interface StatusTarget {
  gatewayId: string
  sensorId?: string | undefined
}

export interface StatusReport {
  value: StatusValue
  /** How long it holds; 1.5 × the gateway's report interval when left out. */
  validDurationSeconds?: number | undefined
}

export interface StatusReceipt extends StatusTarget {
  value: StatusValue
  validDurationSeconds: number
  /** What the cloud keeps; empty after the very first status of an item, which it answers with the item itself. */
  status: Status
}

const defaultReportIntervalMs = 300_000
/** What a gateway may be set to (docs/protocol/thingplus.md §7.2); anything else would make a repetition a storm. */
const reportIntervalRangeMs = { least: 60_000, most: 604_800_000 }

/**
 * Tells the cloud that a gateway or sensor is on, off or in error, for a while; unless repeated, the portal shows it as
 * unknown after that. Gateway and sensors each need their own.
 * @throws ConnectorError `INPUT_INVALID`, and what `ThingPlusClient.request` throws
 * Source: docs/protocol/thingplus.md §7.1, §7.2.
 */
export async function sendStatus(
  context: ThingPlusContext,
  target: StatusTarget,
  report: StatusReport,
  patience: Patience,
): Promise<StatusReceipt> {
  const { gatewayId, sensorId } = target
  const { path, value, seconds } = statusRequest(target, report)
  const { signal } = patience
  return context.newcomers.patiently(path, patience, async (ask) => {
    const interval = () => reportIntervalMsOf(context, gatewayId, signal)
    const validDurationSeconds = seconds ?? validDurationFor(await ask(interval))
    const body = { value, [context.dialect.statusLifeKey]: validDurationSeconds }
    const itemId = sensorId ?? gatewayId
    const { data } = await ask(() => context.client.request('PUT', path, { body, itemId, signal }))
    return {
      gatewayId,
      ...(sensorId === undefined ? {} : { sensorId }),
      value,
      validDurationSeconds,
      status: readStatus(data),
    }
  })
}

/** As `sendStatusTo`, for a status that was kept. @throws PerhapsNew */
export function deliverStatus(
  context: ThingPlusContext,
  scope: StatusScope,
  target: StatusTarget,
  report: StatusReport,
  signal?: AbortSignal,
): Promise<StatusReceipt[]> {
  const { path } = statusRequest(targetIn(scope, target), report)
  return context.newcomers.call(path, () => sendStatusTo(context, scope, target, report, { signal }))
}

/**
 * As `sendStatus`, for one item or for a gateway with all its sensors.
 * @throws ConnectorError also `INPUT_EMPTY`
 */
export async function sendStatusTo(
  context: ThingPlusContext,
  scope: StatusScope,
  given: StatusTarget,
  report: StatusReport,
  patience: Patience,
): Promise<StatusReceipt[]> {
  const target = targetIn(scope, given)
  return scope === 'gatewayWithSensors'
    ? sendStatusWithSensors(context, target.gatewayId, report, patience)
    : [await sendStatus(context, target, report, patience)]
}

/** Throws what `sendStatusTo` would throw without asking the cloud: for a status that is kept to be sent later. */
export function checkStatus(scope: StatusScope, given: StatusTarget, report: StatusReport): void {
  statusRequest(targetIn(scope, given), report)
}

/** All of a request that is known without the cloud: `seconds` may be for it to say. */
function statusRequest({ gatewayId, sensorId }: StatusTarget, { value, validDurationSeconds }: StatusReport) {
  return {
    path:
      sensorId === undefined
        ? apiPath`/gateways/${gatewayId}/status`
        : apiPath`/gateways/${gatewayId}/sensors/${sensorId}/status`,
    value: statusValueOf(value),
    seconds: validDurationSeconds === undefined ? undefined : wholeSeconds(validDurationSeconds),
  }
}

function targetIn(scope: StatusScope, { gatewayId, sensorId }: StatusTarget): StatusTarget {
  if (scope === 'gateway' || scope === 'gatewayWithSensors') return { gatewayId }
  if (sensorId !== undefined) return { gatewayId, sensorId }
  throw new ConnectorError(
    'INPUT_EMPTY',
    say`${say`Sensor id`} is missing. Enter it in the node or send it as msg.${'sensorId'}.`,
  )
}

const parallelStatuses = 8

/** As `sendStatus` for a gateway and then for each of its sensors, eight at a time. */
export async function sendStatusWithSensors(
  context: ThingPlusContext,
  gatewayId: string,
  report: StatusReport,
  patience: Patience,
): Promise<StatusReceipt[]> {
  const { signal, waiting } = patience
  const gateway = await sendStatus(context, { gatewayId }, report, patience)
  const sensors = await readWholeList(context.client, apiPath`/gateways/${gatewayId}/sensors`, {}, signal)
  const receipts = await forEachLimited(sensors.map(readSensor), parallelStatuses, ({ id }, letAnotherGo) =>
    sendStatus(context, { gatewayId, sensorId: id }, report, {
      signal,
      waiting: waiting && andOnce(waiting, letAnotherGo),
    }),
  )
  return [gateway, ...receipts]
}

/** How often a gateway and its sensors have to report: the gateway's own setting, else its model's, else 5 minutes. */
export async function reportIntervalMsOf(
  { catalogue }: ThingPlusContext,
  gatewayId: string,
  signal?: AbortSignal,
): Promise<number> {
  const gateway: Gateway = await catalogue.gateway(gatewayId, signal)
  if (gateway.reportIntervalMs) return withinRange(gateway.reportIntervalMs)
  if (gateway.model === '') return defaultReportIntervalMs
  const model = await catalogue.gatewayModel(gateway.model, signal)
  return withinRange(model.reportIntervalMs || defaultReportIntervalMs)
}

function withinRange(intervalMs: number): number {
  const { least, most } = reportIntervalRangeMs
  return Math.min(Math.max(intervalMs, least), most)
}

/** 300000 ms → 450 s. */
export function validDurationFor(reportIntervalMs: number): number {
  return Math.ceil((1.5 * reportIntervalMs) / 1000)
}

function statusValueOf(value: string): StatusValue {
  if (value === 'on' || value === 'off' || value === 'err') return value
  throw new ConnectorError('INPUT_INVALID', say`"${value}" is not a status. Send on, off or err.`)
}

function wholeSeconds(seconds: number): number {
  if (Number.isInteger(seconds) && seconds > 0) return seconds
  throw new ConnectorError(
    'INPUT_INVALID',
    say`A status cannot be valid for "${seconds}" seconds. Give whole seconds, 1 or more.`,
  )
}
