import { ConnectorError } from '../http'
import { say } from '../text'
import { Bundle } from './bundle'
import { keyOf } from './keys'
import type { LedgerDraft } from './ledger-draft'
import { encodeRecord, longestName, nameBytes, storedBytes, type UnstoredRecord } from './record'
import { isPlausible } from './scheduler'
import type { StoreOperation } from './store'

/** What a caller hands in. */
export interface NewRecord {
  readonly lane: string
  readonly stream: string
  /** Cloud-ready JSON text. */
  readonly payload: Buffer | string
  /** When it was measured, Unix ms. */
  readonly eventTimeMs: number
  /** Its text may stand in a list with others of the stream, separated by commas. Default: it is sent by itself. */
  readonly listable?: boolean
}

/** The moment of acceptance, and the source of keys. */
export interface IntakeContext {
  wallMs(): number
  monotonicMs(): number
  readonly bootId: string
  laneNumber(lane: string): number
  /** The first of so many in a row. */
  takeSequences(count: number): number
}

/** What a group takes in. */
export interface Intake {
  readonly operations: readonly StoreOperation[]
  readonly lanes: readonly string[]
  readonly bytes: number
}

/** What the records take at most by our own count. @throws {ConnectorError} INPUT_INVALID */
export function measure(records: readonly NewRecord[]): number {
  let bytes = 0
  for (const { lane, stream, payload } of records) {
    if (nameBytes(lane) > longestName || Buffer.byteLength(stream) > longestName)
      throw new ConnectorError('INPUT_INVALID', say`The name of the device or sensor is too long for the outbox.`)
    bytes += storedBytes({ lane, stream, payload, parts: undefined })
  }
  return bytes
}

/** Turns what comes in with one group into operations on the store, and enters it into the ledgers. */
export function takeIn(appends: Iterable<readonly NewRecord[]>, context: IntakeContext, draft: LedgerDraft): Intake {
  const wallMs = context.wallMs()
  const moment = {
    acceptedWallMs: wallMs,
    acceptedMonotonicMs: context.monotonicMs(),
    bootId: context.bootId,
    clockImplausible: !isPlausible(wallMs),
  }
  const intakes = new Map<string, LaneIntake>()
  const operations: StoreOperation[] = []
  let intake: LaneIntake | undefined
  for (const records of appends)
    for (const record of records) {
      if (intake?.lane !== record.lane) {
        intake = intakes.get(record.lane) ?? new LaneIntake(record.lane, moment, context, operations)
        intakes.set(record.lane, intake)
      }
      intake.add(record)
    }
  let bytes = 0
  for (const lane of intakes.values()) {
    lane.end(draft)
    bytes += lane.bytes
  }
  return { operations, lanes: [...intakes.keys()], bytes }
}

type Moment = Pick<UnstoredRecord, 'acceptedWallMs' | 'acceptedMonotonicMs' | 'bootId' | 'clockImplausible'>

/** One lane's part of a group. Within a stream the order is kept. */
class LaneIntake {
  bytes = 0
  private readonly laneNumber: number
  private readonly open = new Map<string, Bundle>()
  private latest: Bundle | undefined
  private count = 0
  private lastSequence = 0

  constructor(
    readonly lane: string,
    private readonly moment: Moment,
    private readonly context: IntakeContext,
    private readonly operations: StoreOperation[],
  ) {
    this.laneNumber = context.laneNumber(lane)
  }

  add({ stream, payload, eventTimeMs, listable }: NewRecord): void {
    let bundle = this.latest?.stream === stream ? this.latest : this.open.get(stream)
    if (!listable) {
      if (bundle) this.close(bundle)
      this.put({ stream, payload, eventTimeMs, count: 1, parts: undefined })
      return
    }
    const text = typeof payload === 'string' ? payload : payload.toString('utf8')
    if (bundle && !bundle.hasRoomFor(text.length, eventTimeMs, this.moment.acceptedWallMs)) {
      this.close(bundle)
      bundle = undefined
    }
    if (!bundle) {
      bundle = new Bundle(stream)
      this.open.set(stream, bundle)
    }
    this.latest = bundle
    bundle.add(text, eventTimeMs)
  }

  end(draft: LedgerDraft): void {
    for (const bundle of this.open.values()) this.close(bundle)
    draft.change(this.lane, { accepted: this.count, pendingBytes: this.bytes })
    draft.advance(this.lane, this.lastSequence)
  }

  private close(bundle: Bundle): void {
    const { stream, count, firstEventMs: eventTimeMs } = bundle
    this.put({ stream, count, eventTimeMs, payload: bundle.payload(), parts: bundle.parts() })
    this.open.delete(stream)
    if (this.latest === bundle) this.latest = undefined
  }

  private put(
    record: Pick<UnstoredRecord, 'stream' | 'payload' | 'eventTimeMs'> & Pick<UnstoredRecord, 'count' | 'parts'>,
  ): void {
    const { lane, laneNumber, moment } = this
    const sequence = this.context.takeSequences(record.count)
    const key = keyOf('pending', laneNumber, sequence)
    const value = encodeRecord(key, { ...record, ...moment, sequence, lane })
    this.operations.push({ type: 'put', key, value })
    this.count += record.count
    this.bytes += key.length + value.length
    this.lastSequence = sequence + record.count - 1
  }
}
