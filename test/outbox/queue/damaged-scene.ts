import { open } from 'node:fs/promises'
import { say } from '../../../lib/core'
import type { LaneLedger } from '../../../lib/outbox/log/lanes'
import type { QueueOptions } from '../../../lib/outbox/queue/options'
import { DurableQueue } from '../../../lib/outbox/queue/queue'
import { bodiesOf, noEvents, plenty, readAll } from '../places'

export const lane = 'lane'

export interface Expectation {
  readonly pending: ReadonlySet<string>
  readonly settled: ReadonlySet<string>
}

/** Segments of 16 KiB. */
const maxBytes = 2 ** 20
export const openQueue = (folder: string, options: Partial<QueueOptions> = {}) =>
  DurableQueue.open({ folder, diskSpace: plenty, maxBytes, ...options }, noEvents)

/** Of single records, of bundles, and two that share bundles. */
const streams = ['single-1', 'single-2', 'b', 's', 's49']

/** An outbox with something in all kinds of files: segments of several ages, two checkpoints, and settled records in between. */
export async function buildScene(folder: string): Promise<Expectation> {
  const bodies: string[] = []
  let settled: string[] = []
  for (let round = 0; round < 4; round++) {
    const queue = await openQueue(folder)
    for (let at = 0; at < 60; at++) {
      const part = Array.from({ length: 15 }, (_, one) => `"${round}-${at}-${one}-${'x'.repeat((at * one) % 150)}"`)
      bodies.push(...part)
      await queue.append(
        lane,
        part.map((payload, one) => {
          const stream = streams[one % streams.length] ?? ''
          return { stream, payload, eventTimeMs: at, listable: !stream.startsWith('single') }
        }),
      )
    }
    const records = (await readAll(queue, lane)).slice(0, 150)
    for (const { sequence } of records) queue.leasesOf(lane).take(sequence)
    const dead = records.filter(({ count }) => count === 1).slice(0, 20)
    const delivered = records.filter((record) => !dead.includes(record))
    const reason = { code: 'VALIDATION_REFUSED', text: say`no` }
    await queue.settle(lane, { delivered, dead: dead.map((record) => ({ record, reason })) })
    settled = [...settled, ...records.flatMap(bodiesOf)]
    await queue.close()
  }
  const isSettled = new Set(settled)
  return { pending: new Set(bodies.filter((body) => !isSettled.has(body))), settled: isSettled }
}

export async function flipBits(path: string, at: number, mask: number): Promise<void> {
  const file = await open(path, 'r+')
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, at)
  await file.write(Buffer.of((buffer[0] ?? 0) ^ mask), 0, 1, at)
  await file.close()
}

export interface Survey {
  readonly bodies: readonly string[]
  readonly ledger: LaneLedger
  readonly takesNew: boolean
}

/** Opens a damaged outbox, and tells what is in it. */
export async function survey(folder: string): Promise<Survey> {
  const queue = await openQueue(folder)
  try {
    const bodies = (await readAll(queue, lane)).flatMap(bodiesOf)
    const ledger = { ...queue.ledgerOf(lane) }
    await queue.append(lane, [{ stream: 's', payload: '"new"', eventTimeMs: 0 }])
    const takesNew = (await readAll(queue, lane)).flatMap(bodiesOf).includes('"new"')
    return { bodies, ledger, takesNew }
  } finally {
    await queue.close()
  }
}
