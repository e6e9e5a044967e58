import type { Scheduler } from '../../lib/core'
import type { QueueEvents } from '../../lib/outbox/queue/options'
import type { DurableQueue, OutboxRecord } from '../../lib/outbox/queue/queue'
import type { Arrival } from '../../lib/outbox/record/bundle'
import { takeApart } from '../../lib/outbox/record/parts'
import { decodeRecord, encodeRecord, lastSequence } from '../../lib/outbox/record/record'
import { newFolder, removeFolder } from '../folder'

/** A folder of its own on the real disk for the time of `use`. */
export async function inFolder<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await newFolder('outbox')
  try {
    return await use(folder)
  } finally {
    await removeFolder(folder)
  }
}

/** A disk that is never full. */
export const plenty = async () => ({ freeBytes: 1e12, totalBytes: 1e12 })

/** Time stands still, and whoever waits is called in the next turn. */
export function instantScheduler(): Scheduler {
  return {
    wallMs: () => Date.UTC(2026, 0),
    monotonicMs: () => 0,
    setTimeout(callback) {
      const timer = setImmediate(callback)
      return () => clearImmediate(timer)
    },
  }
}

export const noEvents: QueueEvents = {
  appended: () => undefined,
  reappeared: () => undefined,
  counted: () => undefined,
  died: () => undefined,
  held: () => ({ unsent: [], underWay: [] }),
  surrender: () => undefined,
  evicted: () => undefined,
  storeState: () => undefined,
}

/** Every record of the lane that can be read, in order. */
export async function readAll(queue: DurableQueue, lane: string): Promise<OutboxRecord[]> {
  const all: OutboxRecord[] = []
  for (let from = 0; ; ) {
    const { records, nextSequence, atEnd } = await queue.read(lane, from, lastSequence)
    all.push(...records)
    if (atEnd) return all
    from = nextSequence
  }
}

/** The text of each record that it stands for. */
export const bodiesOf = (record: OutboxRecord): string[] =>
  takeApart(record).map(({ payload }) => payload.toString('utf8'))

/** What came at this time, as it comes back from the log. */
export function storedAt(arrival: Arrival, sequence: number, acceptedWallMs: number): OutboxRecord {
  const moment = {
    acceptedWallMs,
    acceptedMonotonicMs: 1,
    bootId: 'ab'.repeat(16),
    clockImplausible: false,
    isRevived: false,
  }
  const body = encodeRecord({ sequence, lane: 'lane', ...arrival, ...moment })
  const record = decodeRecord('lane', { sequence, count: arrival.count, body })
  if (!record) throw new Error('the record does not come back')
  return record
}
