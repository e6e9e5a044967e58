import { type ConnectorError, say } from '../core'
import { type Id, inSlices, type ValueReport } from '../message'
import type { SeriesReading, ThingPlus, ValueWriter } from '../thingplus'
import { clientIfChosen, isChosen, requiredClient } from './chosen'
import type { OutboxClient } from './outbox-client'
import type { Keeper } from './previewed-outbox'
import type { Previewing } from './previewing'
import type { RunContext, RunResult } from './run'
import type { Evaluation, Setting } from './settings'
import { counted } from './status'
import {
  type StatusSending,
  statusStream,
  type ThingPlusKind,
  ThingPlusWay,
  thingplusDestinations,
  thingplusLane,
  valueStream,
} from './thingplus-way'

export interface ValueSending {
  gatewayId: Id
  /** By sensor id. */
  values: Readonly<Record<string, unknown>>
  reading: SeriesReading & { report: ValueReport }
}

type SendContext = Pick<RunContext, 'signal' | 'arrivalMs' | 'progress'>

/** Sends to Thing+: at once, or through the outbox that the node chooses. */
export interface ThingPlusSender {
  /** How often a gateway has to report. */
  reportIntervalMs(gatewayId: Id, signal: AbortSignal): Promise<number>
  /** Makes known which of these are sensors of a gateway; with an outbox no message waits for it. */
  learnSensors(gatewayId: Id, names: readonly string[]): Promise<void>
  isSensor(gatewayId: Id, name: string): boolean
  sendValues(sending: ValueSending, context: SendContext): Promise<RunResult>
  sendStatus(sending: StatusSending, context: SendContext): Promise<RunResult>
}

/** Of the Open API gateway (docs/protocol/thingplus.md §5.3). */
const usualReportIntervalMs = 300_000

/** The rows `client` and `outbox`. */
export function thingplusSender(kind: ThingPlusKind): Setting<ThingPlusSender> {
  return {
    evaluate(evaluation) {
      const client = requiredClient<ThingPlus>(evaluation, 'client', 'thingplus-client')
      if (evaluation.previewing) return previewer(client, evaluation, evaluation.previewing)
      const outbox = clientIfChosen<OutboxClient>(evaluation, 'outbox', 'cloud-outbox')
      return outbox ? throughOutbox(client, client, outbox) : atOnce(client, client)
    },
    open(opening) {
      const outbox = clientIfChosen<OutboxClient>(opening, 'outbox', 'cloud-outbox')
      if (!outbox) return undefined
      const client = requiredClient<ThingPlus>(opening, 'client', 'thingplus-client')
      const way = new ThingPlusWay(client, kind)
      const letGo = outbox.attach(way, opening.failed)
      const endWatch = outbox.watch(way.lane, (figures) => opening.badge.show({ kind: 'lane', figures }))
      return () => {
        endWatch()
        letGo()
      }
    },
  }
}

/** A gateway or sensor may have been registered just now. */
const notKnownYet = say`not known yet`

/** The same with what only shows how values would be written. */
function previewer(client: ThingPlus, evaluation: Evaluation, previewing: Previewing): ThingPlusSender {
  const { requests, signal } = previewing
  const unknownSensor = (sensorId: string, { text }: ConnectorError) =>
    previewing.notChecked(sensorId, say`The type of the sensor "${sensorId}" is not known. ${text}`)
  const writer = client.previewed({ requests, signal, unknownSensor })
  const isKept = isChosen(evaluation, 'outbox', 'cloud-outbox')
  const sender = isKept
    ? throughOutbox(client, writer, previewing.outboxTo(thingplusDestinations.values(writer)))
    : atOnce(client, writer)
  return {
    ...sender,
    // Whether it is known or not, the rest can be shown.
    learnSensors: (gatewayId, names) => client.learnSensors(gatewayId, names).catch(() => undefined),
  }
}

function atOnce(client: ThingPlus, writer: ValueWriter): ThingPlusSender {
  return {
    reportIntervalMs: (gatewayId, signal) => client.reportIntervalMs(gatewayId, signal),
    learnSensors: (gatewayId, names) => client.learnSensors(gatewayId, names),
    isSensor: (gatewayId, name) => client.isSensor(gatewayId, name),
    async sendValues({ gatewayId, values, reading }, { signal, progress }) {
      const payload = await writer.sendValues(gatewayId, values, reading, signal, () => progress(notKnownYet))
      const sent = payload.reduce((sum, receipt) => sum + receipt.accepted, 0)
      return { set: { payload, statusCode: 200 }, summary: counted.value(sent), report: reading.report, sent }
    },
    async sendStatus({ scope, target, report }, { signal, progress }) {
      const payload = await client.sendStatusTo(scope, target, report, signal, () => progress(notKnownYet))
      return { set: { payload, statusCode: 200 }, summary: report.value }
    },
  }
}

function throughOutbox(client: ThingPlus, writer: ValueWriter, outbox: Keeper): ThingPlusSender {
  return {
    // Without a connection the cloud cannot be asked.
    reportIntervalMs: (gatewayId, signal) =>
      client.reportIntervalMs(gatewayId, signal).catch(() => usualReportIntervalMs),
    async learnSensors(gatewayId, names) {
      client.learnSensorsLater(gatewayId, names)
    },
    isSensor: (gatewayId, name) => client.isSensor(gatewayId, name),
    async sendValues({ gatewayId, values, reading }) {
      const arrivals = outbox.gather(reading.arrivalMs)
      const { numbered } = reading
      await inSlices(writer.deferValues(gatewayId, values, reading), ({ sensorId, entry }) => {
        // Kept as they came in: a number may have lost zeros, which the error says where the cloud does not know the id.
        const givenId = numbered?.has(sensorId) ? Number(sensorId) : sensorId
        const payload = JSON.stringify({ gatewayId, sensorId: givenId, entry })
        arrivals.add(valueStream(gatewayId, sensorId), payload, entry.time)
      })
      await outbox.accept(thingplusLane(client, 'values'), arrivals, reading.report)
      return { report: reading.report }
    },
    async sendStatus(sending, { arrivalMs }) {
      const { scope, target, report } = sending
      client.checkStatus(scope, target, report)
      const arrivals = outbox.gather(arrivalMs)
      arrivals.add(statusStream(scope, target), JSON.stringify(sending), arrivalMs)
      await outbox.accept(thingplusLane(client, 'status'), arrivals)
      return {}
    },
  }
}
