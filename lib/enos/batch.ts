import { ConnectorError } from '../http'
import { inSlices } from '../message'
import { say } from '../text'
import type { EnosAnswer } from './answer'
import type { Entry } from './entry'

/** EnOS takes 512 KB a request on every channel (enos.md sections 5 and 6); the rest is room for the frame around the entries. */
export const maxEntriesBytes = 512 * 1024 - 4 * 1024

/** Entries that travel in one request, already in JSON. */
export interface Batch {
  entries: readonly Entry[]
  json: readonly string[]
}

/** What was accepted: single values, moments of a device, and the requests that it took. */
export interface Receipt {
  points: number
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
 * Packs entries into as few requests as the limits allow, in their order.
 * @param toJson an entry in the channel's form
 * @throws ConnectorError `INPUT_TOO_LARGE` where a single entry exceeds a request
 */
export async function packBatches(
  entries: readonly Entry[],
  toJson: (entry: Entry) => string,
  maxEntries = Number.POSITIVE_INFINITY,
): Promise<Batch[]> {
  const batches: { entries: Entry[]; json: string[] }[] = []
  let batch: (typeof batches)[number] | undefined
  let bytes = 0
  await inSlices(entries, (entry) => {
    const json = toJson(entry)
    const size = Buffer.byteLength(json) + 1
    if (size > maxEntriesBytes) throw tooLarge(size)
    if (!batch || bytes + size > maxEntriesBytes || batch.entries.length >= maxEntries) {
      batch = { entries: [], json: [] }
      batches.push(batch)
      bytes = 0
    }
    batch.entries.push(entry)
    batch.json.push(json)
    bytes += size
  })
  return batches
}

/**
 * Sends one batch after the other and adds up what was accepted.
 * @throws the error of the first batch that fails; its text says how much had been accepted before
 */
export async function sendBatches<B extends Batch>(
  batches: readonly B[],
  send: (batch: B) => Promise<EnosAnswer>,
): Promise<Delivery> {
  const receipt: Receipt = { points: 0, entries: 0, requests: 0 }
  const delivery: Delivery = { receipt, statusCode: 0, headers: {} }
  for (const batch of batches) {
    try {
      const { statusCode, headers } = await send(batch)
      Object.assign(delivery, { statusCode, headers })
    } catch (failure) {
      throw receipt.entries > 0 && failure instanceof ConnectorError
        ? afterProgress(failure, receipt, batches)
        : failure
    }
    receipt.points += countValues(batch.entries)
    receipt.entries += batch.entries.length
    receipt.requests += 1
  }
  return delivery
}

function countValues(entries: readonly Entry[]): number {
  return entries.reduce((count, { values }) => count + Object.keys(values).length, 0)
}

function afterProgress(failure: ConnectorError, { entries }: Receipt, batches: readonly Batch[]): ConnectorError {
  const total = batches.reduce((count, batch) => count + batch.entries.length, 0)
  return new ConnectorError(
    failure.code,
    say`${failure.text} The first ${entries} of ${total} entries were accepted.`,
    failure,
  )
}

function tooLarge(size: number): ConnectorError {
  return new ConnectorError(
    'INPUT_TOO_LARGE',
    say`One entry has ${size} bytes; EnOS takes 512 KB in a request. Send fewer or shorter values at a time.`,
  )
}
