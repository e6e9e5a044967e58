import { ConnectorError, say } from '../core'
import type { Id } from '../message'
import type { EnosAnswer } from './answer'
import type { Entry } from './entry'
import type { EntryKind } from './entry-list'
import type { EnosUplink, Freshness } from './uplink'

/** EnOS takes 512 KB a request on every channel (docs/protocol/enos.md §7.7, §8.3); the rest is room for the frame. */
export const maxEntriesBytes = 512 * 1024 - 4 * 1024

/** Encoded entries that travel in one request. */
export interface Batch {
  readonly freshness: Freshness
  readonly json: readonly string[]
  /** Single values in them. */
  readonly values: number
}

/** What was accepted: single values, moments of a device, and the requests that it took. */
export interface Receipt {
  values: number
  entries: number
  requests: number
}

/** A receipt, and the last answer's HTTP status and headers. */
export interface Delivery {
  receipt: Receipt
  statusCode: number
  headers: EnosAnswer['headers']
}

/**
 * An entry as JSON that fits into a request, sent now or later.
 * @throws ConnectorError `INPUT_TOO_LARGE`; what `EnosUplink.encode` throws
 */
export function entryJson(uplink: EnosUplink, kind: EntryKind, entry: Entry, eventId: Id | undefined): string {
  const json = uplink.encode(kind, entry, eventId)
  // In UTF-8 it has three times the length at most.
  const size = json.length > maxEntriesBytes / 4 ? Buffer.byteLength(json) + 1 : 0
  if (size > maxEntriesBytes) throw tooLarge(size)
  return json
}

/** Packs entries into as few requests as the limits allow, in their order. */
export class Packer {
  /** Of all that were added. */
  readonly batches: Batch[] = []
  readonly #freshness: Freshness
  readonly #toJson: (entry: Entry) => string
  readonly #maxEntries: number
  #open: { json: string[]; values: number } | undefined
  #bytes = 0

  /** @param toJson an entry in the channel's form */
  constructor(freshness: Freshness, toJson: (entry: Entry) => string, maxEntries: number) {
    this.#freshness = freshness
    this.#toJson = toJson
    this.#maxEntries = maxEntries
  }

  /** Throws what `toJson` throws. */
  add(entry: Entry): void {
    const json = this.#toJson(entry)
    const size = Buffer.byteLength(json) + 1
    if (!this.#open || this.#bytes + size > maxEntriesBytes || this.#open.json.length >= this.#maxEntries) {
      const batch = { freshness: this.#freshness, json: [], values: 0 }
      this.#open = batch
      this.batches.push(batch)
      this.#bytes = 0
    }
    this.#open.json.push(json)
    this.#open.values += Object.keys(entry.values).length
    this.#bytes += size
  }
}

/**
 * Sends one batch after the other and adds up what was accepted.
 * @throws the error of the first batch that fails; its text says how much had been accepted before
 */
export async function sendBatches(
  batches: readonly Batch[],
  send: (batch: Batch) => Promise<EnosAnswer>,
): Promise<Delivery> {
  const receipt: Receipt = { values: 0, entries: 0, requests: 0 }
  const delivery: Delivery = { receipt, statusCode: 0, headers: {} }
  for (const batch of batches) {
    try {
      const { statusCode, headers } = await send(batch)
      delivery.statusCode = statusCode
      delivery.headers = headers
    } catch (failure) {
      throw receipt.entries > 0 && failure instanceof ConnectorError
        ? afterProgress(failure, receipt, batches)
        : failure
    }
    receipt.values += batch.values
    receipt.entries += batch.json.length
    receipt.requests += 1
  }
  return delivery
}

function afterProgress(failure: ConnectorError, { entries }: Receipt, batches: readonly Batch[]): ConnectorError {
  const total = batches.reduce((count, batch) => count + batch.json.length, 0)
  return new ConnectorError(
    failure.code,
    say`${failure.text} Accepted: ${entries} of ${total} entries, from the first on.`,
    failure,
  )
}

function tooLarge(size: number): ConnectorError {
  return new ConnectorError(
    'INPUT_TOO_LARGE',
    say`One entry is ${size} bytes long; EnOS accepts at most 512 KB per request. Send fewer or shorter values at a time.`,
  )
}
