import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { openOutbox } from '../../lib/outbox'
import type { RecoveryReport } from '../../lib/outbox/log/recovery'
import { DurableQueue } from '../../lib/outbox/queue/queue'
import { bodiesOf, noEvents, readAll } from './places'

/** What victims have told before their end. */
export interface Told {
  readonly accepted: Set<string>
  readonly delivered: Map<string, number>
}

export interface Victim {
  /** The process stops where it is, and what it has told so far is complete. */
  freeze(): Promise<void>
  kill(): Promise<void>
}

/** Starts a victim; resolves when it has accepted so many records. */
export async function runVictim(
  folder: string,
  name: string,
  acceptances: number,
  told: Told,
  control = '',
): Promise<Victim> {
  const script = join(__dirname, 'victim.ts')
  const child = spawn(process.execPath, ['-r', 'tsx/cjs', script, folder, name, control], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const closed = once(child, 'close')
  let left = acceptances
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [letter, body = ''] = line.split(' ')
      if (letter === 'e') reject(new Error(line))
      if (letter === 'd') told.delivered.set(body, (told.delivered.get(body) ?? 0) + 1)
      if (letter !== 'a') return
      told.accepted.add(body)
      if (--left === 0) resolve()
    })
  })
  return {
    freeze: async () => {
      child.kill('SIGSTOP')
      await new Promise((resolve) => setTimeout(resolve, 20))
    },
    kill: async () => {
      child.kill('SIGKILL')
      await closed
    },
  }
}

export interface Inventory {
  readonly pending: ReadonlySet<string>
  readonly dead: ReadonlySet<string>
  readonly damaged: number
  readonly found: RecoveryReport
}

/** Opens what a victim has left, and lists it. */
export async function inventory(folder: string): Promise<Inventory> {
  const outbox = await openOutbox({ folder, freeFloorBytes: 0 })
  const { found, lanes } = await outbox.figures()
  const dead = new Set<string>()
  for await (const { record } of outbox.lane('lane').deadLetters.all())
    for (const body of bodiesOf(record)) dead.add(body)
  await outbox.close()
  const queue = await DurableQueue.open({ folder }, noEvents)
  const pending = new Set((await readAll(queue, 'lane')).flatMap(bodiesOf))
  await queue.close()
  return { pending, dead, damaged: lanes[0]?.damaged ?? 0, found }
}

/** What was accepted and is nowhere. */
export function lostOf({ accepted, delivered }: Told, { pending, dead }: Inventory): string[] {
  return [...accepted].filter((body) => !delivered.has(body) && !pending.has(body) && !dead.has(body))
}
