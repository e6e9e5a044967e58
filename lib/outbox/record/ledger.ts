import { crc32 } from './crc32'

/**
 * Where the records of one lane are. Pending is not kept but follows from the rest, so that
 * accepted = delivered + pending + dead + dropped + evicted + damaged holds by construction; a count of what is really in
 * the store (recount.ts) is held against it.
 */
export interface LaneLedger {
  readonly lane: string
  /** The lane's part of the keys. */
  readonly laneNumber: number
  readonly accepted: number
  readonly delivered: number
  /** Dead letters kept. */
  readonly dead: number
  /** Dead letters that a person has thrown away. */
  readonly dropped: number
  readonly evicted: number
  /** Lost to damaged bytes on the disk. */
  readonly damaged: number
  readonly pendingBytes: number
  readonly deadBytes: number
  /** Highest sequence ever given to a record of this lane. */
  readonly lastSequence: number
  /** No pending record lies before this sequence: reading never starts at the deleted beginning. */
  readonly headSequence: number
}

export type LedgerCounter = 'accepted' | 'delivered' | 'dead' | 'dropped' | 'evicted' | 'damaged'
export type Writable<T> = { -readonly [Name in keyof T]: T[Name] }
export type LedgerChange = Partial<Record<LedgerCounter | 'pendingBytes' | 'deadBytes', number>>

export function newLedger(lane: string, laneNumber: number): LaneLedger {
  const counters = { accepted: 0, delivered: 0, dead: 0, dropped: 0, evicted: 0, damaged: 0 }
  return { lane, laneNumber, ...counters, pendingBytes: 0, deadBytes: 0, lastSequence: 0, headSequence: 0 }
}

export function pendingOf(ledger: LaneLedger): number {
  const { accepted, delivered, dead, dropped, evicted, damaged } = ledger
  return accepted - delivered - dead - dropped - evicted - damaged
}

/** Adds the change up, in place. */
export function changeLedger(ledger: Writable<LaneLedger>, change: LedgerChange): void {
  for (const name in change) {
    const counter = name as keyof LedgerChange
    ledger[counter] += change[counter] ?? 0
  }
}

/**
 * The ledger as of the latest of two accounts of it, of which either may have been thrown back by damage. What only ever
 * grows is taken from whichever is further; the gauges are the store's own.
 */
export function reconcile(stored: LaneLedger | undefined, witnessed: LaneLedger | undefined): LaneLedger | undefined {
  if (!stored || !witnessed) return stored ?? witnessed
  const further = (name: 'accepted' | 'delivered' | 'dropped' | 'evicted' | 'damaged' | 'lastSequence') =>
    Math.max(stored[name], witnessed[name])
  return {
    ...stored,
    accepted: further('accepted'),
    delivered: further('delivered'),
    dropped: further('dropped'),
    evicted: further('evicted'),
    damaged: further('damaged'),
    lastSequence: further('lastSequence'),
  }
}

/** JSON text under a CRC-32. */
export function encodeChecked(value: unknown): Buffer {
  const text = Buffer.from(JSON.stringify(value))
  const bytes = Buffer.allocUnsafe(4 + text.length)
  bytes.writeUInt32BE(crc32(text))
  text.copy(bytes, 4)
  return bytes
}

/** The value, or `undefined` when the bytes are damaged. */
export function decodeChecked<Value>(bytes: Buffer | undefined): Value | undefined {
  if (!bytes || bytes.length < 4 || bytes.readUInt32BE() !== crc32(bytes.subarray(4))) return undefined
  return JSON.parse(bytes.toString('utf8', 4)) as Value
}
