import { fork } from 'node:child_process'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { say } from '../../../lib/core'
import type { QueueOptions } from '../../../lib/outbox/queue/options'
import { DurableQueue } from '../../../lib/outbox/queue/queue'
import { bodiesOf, noEvents, readAll } from '../places'
import type { Survey } from '../surveyor'

export const lane = 'lane'
/** Of the scene's records. */
export const largestBundle = 6

export interface Expectation {
  readonly pending: ReadonlySet<string>
  readonly settled: ReadonlySet<string>
}

const diskSpace = async () => ({ freeBytes: 1e12, totalBytes: 1e12 })
export const openQueue = (folder: string, options: Partial<QueueOptions> = {}) =>
  DurableQueue.open({ folder, diskSpace, ...options }, noEvents)

/** Of single records, of bundles, and two that share bundles. */
const streams = ['single-1', 'single-2', 'b', 's', 's49']

/** A store with something in all kinds of files: tables of several ages, a log, and deleted records in between. */
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

/** Starts until one survives, as Node-RED does; the store's binary may abort the process once, not more. */
export class Surveyor {
  aborts = 0
  private process = this.start()

  async survey(folder: string, what: string): Promise<Survey> {
    for (let starts = 1; starts <= 2; starts++) {
      const child = this.process
      const answer = await new Promise<Survey | undefined>((resolve) => {
        const exited = () => resolve(undefined)
        child.once('exit', exited)
        child.once('message', (message) => {
          child.off('exit', exited)
          resolve(message as Survey)
        })
        child.send(folder)
      })
      if (answer) return answer
      this.aborts++
      this.process = this.start()
    }
    throw new Error(`${what}: does not start`)
  }

  stop(): void {
    this.process.kill()
  }

  private start() {
    return fork(join(__dirname, '..', 'surveyor.ts'), {
      execArgv: ['-r', 'tsx/cjs'],
      stdio: ['ignore', 'inherit', 'ignore', 'ipc'],
    })
  }
}
