import { writeSync } from 'node:fs'
import type { LogFile } from '../../../lib/outbox/log/disk'
import { NodeDisk } from '../../../lib/outbox/log/node-disk'
import { openSegmentLog } from '../../../lib/outbox/log/segment-log'

/**
 * A process to be killed: puts and settles as fast as the disk allows, and tells over its standard output, line by line, what
 * is put (p) and settled (s), each when it is on the disk, and what it begins to settle (b).
 */
const [folder = '', firstSequence = '1', control] = process.argv.slice(2)

const say = (letter: string, sequences: readonly number[]): void => {
  try {
    writeSync(1, `${letter} ${sequences.join(' ')}\n`)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
    say(letter, sequences)
  }
}

/** Without a sync: what has to lose data when the power goes. */
class UnsyncedDisk extends NodeDisk {
  override async open(name: string, options?: { create?: boolean }): Promise<LogFile> {
    const file = await super.open(name, options)
    const { write } = file
    return Object.assign(file, { sync: async () => undefined, append: write })
  }
}

async function run(): Promise<void> {
  const disk = control === 'unsynced' ? new UnsyncedDisk(folder) : new NodeDisk(folder)
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve))
  const random = Math.random
  const log = await openSegmentLog(disk, { segmentBytes: 1 << 16, turn, random, monotonicMs: () => performance.now() })
  let sequence = Number(firstSequence)
  const waiting: number[] = []
  const produce = async (): Promise<never> => {
    for (;;) {
      const own = sequence++
      const body = Buffer.from(bodyOf(own))
      await log.commit([
        { type: 'put', lane: 'lane', area: 'pending', sequence: own, count: 1, isAccepted: true, body },
      ])
      say('p', [own])
      waiting.push(own)
    }
  }
  const consume = async (): Promise<never> => {
    for (;;) {
      // A few stay, so that segments become sparse.
      const sequences = waiting.splice(0, 40).filter((own) => own % 23 !== 0)
      if (sequences.length === 0) await turn()
      else {
        say('b', sequences)
        await log.commit([{ type: 'settle', lane: 'lane', area: 'pending', fate: 'delivered', sequences }])
        say('s', sequences)
      }
    }
  }
  await Promise.all([...Array.from({ length: 20 }, produce), consume()])
}

export const bodyOf = (sequence: number): string => `"${sequence} ${'x'.repeat(sequence % 300)}"`

if (require.main === module) void run()
