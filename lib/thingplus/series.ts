import { ConnectorError, joined, say } from '../core'
import {
  type Id,
  idText,
  isUnknownItem,
  lostZerosText,
  type Rejected,
  refuseUndated,
  ValueReport,
  withSentence,
} from '../message'
import { withDistinctTimes } from './arrival-times'
import type { SeriesContext } from './context'
import type { Ask, Patience } from './newcomers'
import { isRefusal } from './refusal'
import { sendableInputs, seriesBody, seriesPath } from './series-request'
import { andOnce, forEachLimited } from './turns'
import { lastOfEachTime, noSeriesValues, type SeriesEntry, type SeriesReading, seriesEntries } from './values'

export interface SeriesReceipt {
  sensorId: string
  accepted: number
  /** Time of the first and the last value, Unix milliseconds; none where all were left out. */
  firstTimeMs?: number
  lastTimeMs?: number
  /** The first hundred values that were left out, and how many there are. */
  rejected?: readonly Rejected[]
  rejectedCount?: number
  /** The first hundred values that should not be trusted, and how many there are. */
  warnings?: readonly Rejected[]
  warningCount?: number
}

export type SensorOutcome = { sensorId: string } & ({ receipt: SeriesReceipt } | { error: ConnectorError })

/** Largest body of one write; the cloud names no limit. 10,000 plain values fit. */
const maxBodyBytes = 512 * 1024
/** Sensors written at the same time. */
const parallelSensors = 8

/**
 * Sends the values of one sensor: one request, more only when it would grow too large, each after the one before.
 * @param input see `seriesEntries`
 * @throws ConnectorError `INPUT_*`, nothing is sent then; what `ThingPlusClient.request` throws, saying how many values
 * had been accepted before
 * Source: docs/protocol/thingplus.md §7.3, §7.5.
 */
export function sendSensorValues(
  context: SeriesContext,
  gatewayId: string,
  sensorId: string,
  input: unknown,
  reading: Partial<SeriesReading>,
  patience: Patience,
): Promise<SeriesReceipt> {
  const path = seriesPath(gatewayId, sensorId)
  const inTurn = (ask: Ask) => context.turns.take(path, () => sendInTurn(ask))
  return context.newcomers.patiently(path, patience, inTurn)

  async function sendInTurn(ask: Ask): Promise<SeriesReceipt> {
    const { signal } = patience
    const sensor = await ask(() => context.catalogue.sensor(gatewayId, sensorId, signal))
    const kind = await context.catalogue.sensorKind(sensor.type, signal)
    const { report, arrivalMs = context.clock.wallMs() } = reading
    const before = { rejected: report?.count ?? 0, warned: report?.warningCount ?? 0 }
    const entries = seriesEntries(
      input,
      kind,
      withDistinctTimes(context.arrivals, gatewayId, { ...reading, arrivalMs }),
      sensorId,
    )
    for (const { time } of entries) refuseUndated(time, arrivalMs)
    const rejectedCount = (report?.count ?? 0) - before.rejected
    const warningCount = (report?.warningCount ?? 0) - before.warned
    if (entries.length > 0) await putInOrder(context, gatewayId, sensorId, entries, ask, signal)
    const ofSensor = ({ point }: Rejected) => point === sensorId
    return {
      ...receiptOf(sensorId, entries),
      ...(rejectedCount > 0 ? { rejected: report?.listed.filter(ofSensor), rejectedCount } : {}),
      ...(warningCount > 0 ? { warnings: report?.warnings.filter(ofSensor), warningCount } : {}),
    }
  }
}

/** Sends the values of several sensors of a gateway side by side; each succeeds or fails for itself. */
export function sendValuesEach(
  context: SeriesContext,
  gatewayId: string,
  inputs: Readonly<Record<string, unknown>>,
  reading: Partial<SeriesReading>,
  signal?: AbortSignal,
): Promise<SensorOutcome[]> {
  const trimmed = Object.entries(inputs).map(([sensorId, input]) => [sensorId.trim(), input] as const)
  return sendInputs(context, gatewayId, trimmed, reading, { signal })
}

function sendInputs(
  context: SeriesContext,
  gatewayId: string,
  inputs: readonly (readonly [sensorId: string, input: unknown])[],
  reading: Partial<SeriesReading>,
  { signal, waiting }: Patience,
): Promise<SensorOutcome[]> {
  return forEachLimited(inputs, parallelSensors, async ([sensorId, input], letAnotherGo): Promise<SensorOutcome> => {
    const patience = { signal, waiting: waiting && andOnce(waiting, letAnotherGo) }
    try {
      return { sensorId, receipt: await sendSensorValues(context, gatewayId, sensorId, input, reading, patience) }
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error
      return { sensorId, error }
    }
  })
}

/**
 * As `sendValuesEach`, for callers that want everything or an error.
 * @throws ConnectorError the sensor's own error if there is only one sensor; the common code if all failed alike;
 * else `PARTIAL_FAILURE`; naming the sensors that failed, and which ids came in as numbers where some are not known;
 * `INPUT_*` where no value is left, or a sensor id cannot be sent: nothing is sent then
 */
export async function sendValues(
  context: SeriesContext,
  gatewayId: Id,
  inputs: Readonly<Record<string, unknown>>,
  reading: Partial<SeriesReading>,
  patience: Patience,
): Promise<SeriesReceipt[]> {
  const { report, numbered } = reading
  const gateway = idText(gatewayId)
  const sendable = sendableInputs(gateway, inputs, report)
  if (!report?.leavesOut && sendable.length > 1) requireAll(sendable, reading, context.clock.wallMs())
  const outcomes = await sendInputs(context, gateway, sendable, reading, patience)
  if (outcomes.length === 0)
    throw report?.first ?? new ConnectorError('INPUT_EMPTY', say`The message names no sensor to send values for.`)
  const failures = outcomes.flatMap((outcome) => ('error' in outcome ? [outcome] : []))
  const [first] = failures
  if (first) {
    const failure = outcomes.length === 1 ? first.error : failureOfSome(failures, first.error, outcomes.length)
    const unknown = failures.filter(({ error }) => isUnknownItem(error)).map(({ sensorId }) => sensorId)
    const numbers = unknown.filter((sensorId) => numbered?.has(sensorId)).map(Number)
    const told = unknown.length > 0 ? withSentence(failure, lostZerosText([gatewayId, ...numbers])) : failure
    throw report ? report.toldWith(told) : told
  }
  const receipts = outcomes.flatMap((outcome) => ('receipt' in outcome ? [outcome.receipt] : []))
  if (receipts.every(({ accepted }) => accepted === 0)) throw report?.first ?? noSeriesValues()
  return receipts.filter(({ accepted, rejectedCount }) => accepted > 0 || rejectedCount !== undefined)
}

/**
 * Reads the values of all sensors before any are sent: one that can't be sent is one of the whole message. An outbox refuses
 * it for the same; a fault that only the cloud can see is then reported for its sensor alone.
 * @throws ConnectorError `INPUT_*`
 */
function requireAll(
  inputs: readonly (readonly [sensorId: string, input: unknown])[],
  reading: Partial<SeriesReading>,
  nowMs: number,
): void {
  const { arrivalMs = nowMs, kindOf } = reading
  const check = { ...reading, arrivalMs, nextArrivalMs: undefined, report: new ValueReport('refuse') }
  for (const [sensorId, input] of inputs) seriesEntries(input, kindOf?.(sensorId), check, sensorId)
}

function failureOfSome(
  failures: readonly { sensorId: string; error: ConnectorError }[],
  { code, statusCode, cloudCode, retryAfterMs }: ConnectorError,
  sensors: number,
): ConnectorError {
  const isAll = failures.length === sensors && failures.every(({ error }) => error.code === code)
  const named = failures.map(({ sensorId, error }) => joined([sensorId, ': ', error.code, ', ', error.text], ''))
  return new ConnectorError(
    isAll ? code : 'PARTIAL_FAILURE',
    joined([say`The values of ${failures.length} of ${sensors} sensors were not accepted.`, ...named], '\n'),
    { statusCode, cloudCode, retryAfterMs },
  )
}

async function putInOrder(
  { client }: SeriesContext,
  gatewayId: string,
  sensorId: string,
  entries: readonly SeriesEntry[],
  ask: Ask,
  signal: AbortSignal | undefined,
): Promise<void> {
  const path = seriesPath(gatewayId, sensorId)
  let accepted = 0
  let outdone = 0
  const waiting = inBodies(entries)
  for (let part = waiting.shift(); part; part = waiting.shift()) {
    try {
      await ask(() => client.request('PUT', path, { body: seriesBody(part), itemId: sensorId, signal }))
      accepted += part.length
    } catch (failure) {
      if (!(failure instanceof ConnectorError)) throw failure
      const latest = lastOfEachTime(part)
      if (failure.cloudCode === 'INVALID_INPUT' && latest.length < part.length) {
        outdone += part.length - latest.length
        waiting.unshift(latest)
        continue
      }
      if (!isRefusal(failure, 'TOO_LARGE') || part.length < 2) throw afterAccepted(failure, entries, accepted + outdone)
      const middle = Math.ceil(part.length / 2)
      waiting.unshift(part.slice(0, middle), part.slice(middle))
    }
  }
  if (outdone === 0) return
  throw new ConnectorError(
    'PARTIAL_FAILURE',
    say`Not accepted: ${outdone} of ${entries.length} values, each of the same time as a later one in the message; of these the cloud accepts only the last. The others were accepted.`,
  )
}

/** The entries in as few parts as fit into a body each. */
export function inBodies(entries: readonly SeriesEntry[], maxBytes = maxBodyBytes): SeriesEntry[][] {
  const parts: SeriesEntry[][] = []
  let part: SeriesEntry[] = []
  let bytes = 2
  for (const entry of entries) {
    const entryBytes = Buffer.byteLength(JSON.stringify(entry)) + 1
    if (part.length > 0 && bytes + entryBytes > maxBytes) {
      parts.push(part)
      part = []
      bytes = 2
    }
    part.push(entry)
    bytes += entryBytes
  }
  return part.length ? [...parts, part] : parts
}

function afterAccepted(failure: ConnectorError, entries: readonly SeriesEntry[], accepted: number): ConnectorError {
  const last = entries[accepted - 1]
  if (!last) return failure
  return new ConnectorError(
    failure.code,
    say`${failure.text} Accepted: ${accepted} of ${entries.length} values, up to ${new Date(last.time).toISOString()}; send only the later ones again.`,
    failure,
  )
}

function receiptOf(sensorId: string, entries: readonly SeriesEntry[]): SeriesReceipt {
  const [first, last] = [entries[0], entries.at(-1)]
  return {
    sensorId,
    accepted: entries.length,
    ...(first && last ? { firstTimeMs: first.time, lastTimeMs: last.time } : {}),
  }
}
