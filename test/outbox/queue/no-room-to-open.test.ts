import { randomBytes } from 'node:crypto'
import { open, readdir, rm, stat, statfs, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import should from 'should'
import { DurableQueue } from '../../../lib/outbox/queue/queue'
import { patienceMs } from '../../patience'
import { skip } from '../../skipping'
import { bodiesOf, noEvents, readAll } from '../places'
import { needsRoot, onDisk } from '../small-disks'

const lane = 'lane'
const diskBytes = 40 * 2 ** 20
const openQueue = (folder: string) => DurableQueue.open({ folder, freeFloorBytes: 0 }, noEvents)

/** Fills a dozen segments; gives what was accepted. */
async function fill(folder: string): Promise<string[]> {
  const queue = await openQueue(folder)
  const accepted: string[] = []
  for (let at = 0; at < 60; at++) {
    const payloads = Array.from({ length: 100 }, (_, part) => `"${at} ${part} ${randomBytes(750).toString('base64')}"`)
    await Promise.all(
      payloads.map((payload) => queue.append(lane, [{ stream: `s${at % 9}`, payload, eventTimeMs: 1 }])),
    )
    accepted.push(...payloads)
  }
  await queue.close()
  return accepted
}

const segments = async (folder: string) =>
  (await readdir(folder))
    .filter((name) => name.startsWith('segment-'))
    .sort()
    .map((name) => join(folder, name))

async function damage(path: string, from: number, length: number): Promise<void> {
  const file = await open(path, 'r+')
  await file.write(Buffer.alloc(length, 0x55), 0, length, from)
  await file.close()
}

/** What is done to the second segment, or to the last. */
const faults = {
  'nothing damaged': { strike: async () => undefined, mostLost: 0 },
  'a damaged segment': {
    strike: async (folder: string) => damage((await segments(folder))[1] ?? '', 50_000, 4_096),
    mostLost: 12,
  },
  'a damaged end': {
    strike: async (folder: string) => damage((await segments(folder)).at(-1) ?? '', 5_000, 1_000),
    mostLost: 12,
  },
  'an end that is cut off': {
    strike: async (folder: string) => {
      const last = (await segments(folder)).at(-1) ?? ''
      await truncate(last, (await stat(last)).size - 3_000)
    },
    mostLost: 4,
  },
  'no checkpoints': {
    strike: async (folder: string) => {
      for (const name of ['checkpoint-a', 'checkpoint-b']) await rm(join(folder, name), { force: true })
    },
    mostLost: 0,
  },
} as const

describe('An outbox whose disk has hardly any room', function () {
  this.timeout(patienceMs)

  for (const [what, { strike, mostLost }] of Object.entries(faults)) {
    for (const roomKb of [0, 64, 1_024]) {
      it(`is opened with ${what} and ${roomKb} KB of room, and loses at most what is damaged`, async function () {
        const lost = await onDisk(diskBytes / 2 ** 20, async (place) => {
          const folder = join(place, 'outbox')
          const accepted = await fill(folder)
          await strike(folder)
          const { bavail, bsize } = await statfs(place)
          await writeFile(join(place, 'ballast'), Buffer.alloc(bavail * bsize - roomKb * 1024))
          const queue = await openQueue(folder).catch(async () => {
            await rm(join(place, 'ballast'))
            return openQueue(folder)
          })
          const found = new Set((await readAll(queue, lane)).flatMap(bodiesOf))
          const missing = accepted.filter((payload) => !found.has(payload)).length
          should(queue.ledgerOf(lane)).containEql({ pending: found.size, accepted: accepted.length, damaged: missing })
          await queue.close()
          return missing
        })
        if (lost === undefined) return skip(this, needsRoot)
        should(lost).be.belowOrEqual(mostLost)
      })
    }
  }
})
