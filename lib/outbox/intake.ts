import { ConnectorError } from '../http'
import { say } from '../text'
import type { Work } from './committer'
import { keyOf } from './keys'
import type { LedgerDraft } from './ledger-draft'
import { encodeRecord, longestName, nameBytes } from './record'
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
}

/** The moment of acceptance, and the source of keys. */
export interface IntakeContext {
  wallMs(): number
  monotonicMs(): number
  readonly bootId: string
  laneNumber(lane: string): number
  takeSequence(): number
  /** Told in the turn in which the records are known to be on disk. */
  committed(intake: Intake): void
}

/** Records on their way into the store. */
export class Intake implements Work {
  readonly kind = 'append'

  constructor(
    private readonly operations: readonly StoreOperation[],
    private readonly totals: readonly LaneTotal[],
    readonly bytes: number,
    private readonly context: IntakeContext,
  ) {}

  get records(): number {
    return this.operations.length
  }

  plan(draft: LedgerDraft): readonly StoreOperation[] {
    for (const { lane, count, bytes, lastSequence } of this.totals) {
      draft.change(lane, { accepted: count, pendingBytes: bytes })
      draft.advance(lane, lastSequence)
    }
    return this.operations
  }

  committed(): void {
    this.context.committed(this)
  }

  get lanes(): readonly string[] {
    return this.totals.map(({ lane }) => lane)
  }
}

interface LaneTotal {
  readonly lane: string
  readonly laneNumber: number
  count: number
  bytes: number
  lastSequence: number
}

/** Turns what comes in into operations on the store. @throws {ConnectorError} INPUT_INVALID */
export function takeIn(entries: readonly NewRecord[], context: IntakeContext): Intake {
  const { bootId } = context
  const wallMs = context.wallMs()
  const monotonicMs = context.monotonicMs()
  const clockImplausible = !isPlausible(wallMs)
  const totals: LaneTotal[] = []
  let total: LaneTotal | undefined
  const operations = entries.map(({ lane, stream, payload, eventTimeMs }): StoreOperation => {
    checkNames(lane, stream)
    const sequence = context.takeSequence()
    const record = {
      sequence,
      lane,
      stream,
      acceptedWallMs: wallMs,
      acceptedMonotonicMs: monotonicMs,
      bootId,
      eventTimeMs,
      clockImplausible,
      payload: typeof payload === 'string' ? Buffer.from(payload) : payload,
    }
    if (total?.lane !== lane) {
      total = { lane, laneNumber: context.laneNumber(lane), count: 0, bytes: 0, lastSequence: 0 }
      totals.push(total)
    }
    const key = keyOf('pending', total.laneNumber, sequence)
    const value = encodeRecord(key, record)
    total.count++
    total.bytes += key.length + value.length
    total.lastSequence = sequence
    return { type: 'put', key, value }
  })
  let bytes = 0
  for (const total of totals) bytes += total.bytes
  return new Intake(operations, totals, bytes, context)
}

function checkNames(lane: string, stream: string): void {
  if (nameBytes(lane) > longestName || Buffer.byteLength(stream) > longestName)
    throw new ConnectorError('INPUT_INVALID', say`The name of the device or sensor is too long for the outbox.`)
}
