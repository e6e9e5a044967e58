import { ConnectorError, isJsonObject, parseJson, say } from '../core'
import { type Id, idPath } from '../message'
import type { Destination, NewRecord, OutboxRecord, RetryClass } from '../outbox'
import {
  type IdsAsGiven,
  PerhapsNew,
  RefusedAsPast,
  type SeriesEntry,
  type StatusReport,
  type StatusScope,
  type StatusTarget,
  type ThingPlus,
  type ValueWriter,
} from '../thingplus'
import { classifyConnectorError } from './classify'
import { readLaneText } from './lane-name'
import type { Inheritance, Way } from './lane-routing'

export type ThingPlusKind = 'values' | 'status'

export interface StatusSending {
  scope: StatusScope
  target: IdsAsGiven<StatusTarget>
  report: StatusReport
}

/** How a node's values or statuses leave the outbox for Thing+. */
export class ThingPlusWay implements Way {
  readonly lane: string
  readonly owner: ThingPlus
  readonly destination: Destination
  /** Thing+ refuses a value that is older than the last one: strictly in order, nothing overtakes. */
  readonly options = { liveLimitMs: 0 }
  readonly kind: ThingPlusKind

  constructor(client: ThingPlus, kind: ThingPlusKind) {
    this.owner = client
    this.kind = kind
    this.lane = thingplusLane(client, kind)
    this.destination = thingplusDestinations[kind](client)
  }

  /**
   * Records name their gateway and sensor, whose ids are the same for every client that may write them. So they are taken
   * over by the client of the same name, or else by the only one that there is.
   */
  inherit(orphan: string, ways: readonly Way[]): Inheritance | undefined {
    const name = readLaneText(orphan)
    if (!name?.account.startsWith('thingplus ')) return undefined
    const alike = ways.filter((way) => way instanceof ThingPlusWay && way.kind === name.kind)
    const ofAccount = alike.filter(({ lane }) => readLaneText(lane)?.account === name.account)
    const candidates = ofAccount.length > 0 ? ofAccount : alike
    const [heir] = candidates
    const isCertain = candidates.every(({ lane }) => lane === heir?.lane)
    return heir && isCertain ? { heir, destination: heir.destination, isSameForm: true } : undefined
  }

  /** It names its gateway and sensor, whoever sends it. */
  take({ stream, payload, eventTimeMs }: OutboxRecord): NewRecord {
    return { stream, payload, eventTimeMs }
  }
}

/** The lane of what a node puts in. */
export function thingplusLane(client: ThingPlus, kind: ThingPlusKind): string {
  return `${client.name}, ${kind}`
}

/** What is in order among itself: the values of a sensor. */
export function valueStream(gatewayId: Id, sensorId: string): string {
  return idPath(gatewayId, sensorId)
}

/** The same of a status: that of one item, or of a gateway with its sensors. */
export function statusStream(scope: StatusScope, { gatewayId, sensorId }: StatusSending['target']): string {
  return sensorId === undefined ? idPath(scope, gatewayId) : idPath(scope, gatewayId, sensorId)
}

/** What the outbox sends on. */
export const thingplusDestinations = {
  values: (client: ValueWriter): Destination => ({
    batching: 'stream',
    isDated: true,
    async send(records, { signal }) {
      const values = records.map((record) => parsed<{ gatewayId: Id; sensorId: Id; entry: SeriesEntry }>(record))
      const [first] = values
      if (!first) return
      const entries = values.map(({ entry }) => entry)
      try {
        await client.deliverValues(first.gatewayId, first.sensorId, entries, signal)
      } catch (failure) {
        throw failure instanceof RefusedAsPast ? new PastRecords(failure, entries) : failure
      }
    },
    classify,
  }),
  // Only the latest status of a target counts: the cloud keeps no history of it, and dates it at its arrival.
  status: (client: ThingPlus): Destination => ({
    batching: 'stream',
    async send(records, { signal }) {
      const latest = records.at(-1)
      if (!latest) return
      const { scope, target, report } = parsed<StatusSending>(latest)
      await client.deliverStatus(scope, target, report, signal)
    },
    classify,
  }),
}

/** Those entries of a request that the cloud will never accept; it has accepted the others. */
class PastRecords extends ConnectorError {
  readonly results: readonly RetryClass[]

  constructor(failure: RefusedAsPast, entries: readonly SeriesEntry[]) {
    super(failure.code, failure.text, failure)
    this.results = entries.map((entry) =>
      failure.past.has(entry) ? { kind: 'validation', isCertain: true } : { kind: 'delivered' },
    )
  }
}

function classify(failure: unknown): RetryClass {
  if (failure instanceof PastRecords) return { kind: 'partial', results: failure.results }
  return failure instanceof PerhapsNew ? { kind: 'configuration', isPerhapsNew: true } : classifyConnectorError(failure)
}

/** @throws ConnectorError `INPUT_INVALID` for what this package has not stored */
function parsed<T>({ payload }: OutboxRecord): T {
  const stored = parseJson(payload.toString('utf8'))
  if (isJsonObject(stored)) return stored as T
  throw new ConnectorError('INPUT_INVALID', say`The stored entry was not written by this package.`)
}
