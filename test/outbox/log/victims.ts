import { strict as assert } from 'node:assert'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { NodeDisk } from '../../../lib/outbox/log/node-disk'
import { openSegmentLog } from '../../../lib/outbox/log/segment-log'
import { bodyOf } from './victim'

/** What a victim has told before its end. */
export interface Told {
  readonly put: Set<number>
  readonly settled: Set<number>
  /** Of these nobody knows. */
  readonly settling: Set<number>
}

/** Starts a victim; resolves when it has put so many, to what ends it. */
export async function runVictim(folder: string, puts: number, told: Told, control = '') {
  const first = 1 + Math.max(0, ...told.put) + 1000
  const child = spawn(
    process.execPath,
    ['-r', 'tsx/cjs', join(__dirname, 'victim.ts'), folder, String(first), control],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const closed = once(child, 'close')
  let left = puts
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`ended with ${code}`)))
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [letter, ...sequences] = line.split(' ')
      const known = letter === 'p' ? told.put : letter === 's' ? told.settled : told.settling
      for (const sequence of sequences) known.add(Number(sequence))
      if (letter === 'p' && --left === 0) resolve()
    })
  })
  return {
    freeze: () => child.kill('SIGSTOP'),
    kill: async () => {
      child.kill('SIGKILL')
      await closed
    },
  }
}

/** What was put and is not there, though nobody settled it; and what was settled and is there. */
export async function inspect(folder: string, told: Told): Promise<{ lost: number[]; back: number[] }> {
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve))
  const options = { turn, random: Math.random, monotonicMs: () => performance.now(), segmentBytes: 1 << 16 }
  const log = await openSegmentLog(new NodeDisk(folder), options)
  const found = new Set<number>()
  for (let from = 0; ; ) {
    const slice = await log.read('lane', 'pending', from, 2 ** 40, { most: 500 })
    for (const { sequence, body } of slice.entries) {
      assert.equal(body.toString(), bodyOf(sequence))
      found.add(sequence)
    }
    if (slice.atEnd) break
    from = slice.nextSequence
  }
  await log.close()
  return {
    lost: [...told.put].filter((sequence) => !told.settling.has(sequence) && !found.has(sequence)),
    back: [...told.settled].filter((sequence) => found.has(sequence)),
  }
}
