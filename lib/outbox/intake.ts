import { ConnectorError } from '../http'
import { say } from '../text'
import type { LedgerDraft } from './committer'
import { keyOf } from './keys'
import { encodeRecord, longestName, storedBytes } from './record'
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
  readonly wallMs: number
  readonly monotonicMs: number
  readonly bootId: string
  laneNumber(lane: string): number
  takeSequence(): number
}

export interface Intake {
  readonly operations: readonly StoreOperation[]
  readonly bytes: number
  readonly lanes: readonly string[]
  /** Puts the records into the ledgers. */
  enter(draft: LedgerDraft): void
}

/** Turns what comes in into operations on the store. @throws {ConnectorError} INPUT_INVALID */
export function takeIn(entries: readonly NewRecord[], context: IntakeContext): Intake {
  const { wallMs, monotonicMs, bootId } = context
  const clockImplausible = !isPlausible(wallMs)
  const totals = new Map<string, { count: number; bytes: number; lastSequence: number }>()
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
    const { count = 0, bytes = 0 } = totals.get(lane) ?? {}
    totals.set(lane, { count: count + 1, bytes: bytes + storedBytes(record), lastSequence: sequence })
    const key = keyOf('pending', context.laneNumber(lane), sequence)
    return { type: 'put', key, value: encodeRecord(key, record) }
  })
  return {
    operations,
    bytes: [...totals.values()].reduce((sum, { bytes }) => sum + bytes, 0),
    lanes: [...totals.keys()],
    enter(draft) {
      for (const [lane, { count, bytes, lastSequence }] of totals) {
        draft.change(lane, { accepted: count, pendingBytes: bytes })
        draft.advance(lane, lastSequence)
      }
    },
  }
}

function checkNames(lane: string, stream: string): void {
  if (Buffer.byteLength(lane) > longestName || Buffer.byteLength(stream) > longestName)
    throw new ConnectorError('INPUT_INVALID', say`The name of the device or sensor is too long for the outbox.`)
}
