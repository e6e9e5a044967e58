import { randomBytes } from 'node:crypto'
import { cp, open, readdir, readFile, rm, stat, statfs, truncate, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import should from 'should'
import { DurableQueue } from '../../../lib/outbox/queue/queue'
import { patienceMs } from '../../patience'
import { skip } from '../../skipping'
import { bodiesOf, inFolder, noEvents, readAll } from '../places'
import { needsRoot, onDisk } from '../small-disks'

const lane = 'lane'
const diskBytes = 40 * 2 ** 20
const openQueue = (folder: string) => DurableQueue.open({ folder, freeFloorBytes: 0 }, noEvents)

/** Fills a table and half of a log; gives what was accepted. */
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

const storeIn = (folder: string) => join(folder, 'store')
const numberOf = (name: string) => Number(/\d+/.exec(name)?.[0] ?? 0)

async function latest(folder: string, ending: string): Promise<string> {
  const names = (await readdir(storeIn(folder))).filter((name) => name.endsWith(ending))
  return join(storeIn(folder), names.sort().at(-1) ?? '')
}

/** As LevelDB leaves it where it ends, or finds no room, while it writes one. */
async function beginTable(folder: string): Promise<void> {
  const whole = await readFile(await latest(folder, '.ldb'))
  const next = Math.max(...(await readdir(storeIn(folder))).map(numberOf)) + 1
  await writeFile(join(storeIn(folder), `${String(next).padStart(6, '0')}.ldb`), whole.subarray(0, 100_000))
}

async function damage(path: string, from: number, length: number): Promise<void> {
  const file = await open(path, 'r+')
  await file.write(Buffer.alloc(length, 0x55), 0, length, from)
  await file.close()
}

const faults = {
  'a table that was begun': { strike: beginTable, mostLost: 0 },
  'a damaged table': {
    strike: async (folder: string) => damage(await latest(folder, '.ldb'), 50_000, 4_096),
    mostLost: 12,
  },
  'a damaged log': { strike: async (folder: string) => damage(await latest(folder, '.log'), 50_000, 1), mostLost: 100 },
} as const

describe('An outbox whose disk has hardly any room', function () {
  this.timeout(patienceMs)

  for (const [what, { strike, mostLost }] of Object.entries(faults)) {
    for (const roomKb of [0, 64, 256, 1_024, 4_096]) {
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
          await queue.close()
          return accepted.filter((payload) => !found.has(payload)).length
        })
        if (lost === undefined) return skip(this, needsRoot)
        should(lost).be.belowOrEqual(mostLost)
      })
    }
  }

  it('takes a table that was begun for what it is, and puts nothing aside', async () => {
    await inFolder(async (folder) => {
      const accepted = await fill(folder)
      await beginTable(folder)
      const queue = await openQueue(folder)
      const found = (await readAll(queue, lane)).flatMap(bodiesOf)
      await queue.close()
      should(found.length).equal(accepted.length)
      should((await readdir(folder)).filter((name) => name.startsWith('quarantine'))).eql([])
      should(await readdir(folder)).not.containEql('kept-logs')
    })
  })

  it('takes no cut table for one that was begun where the store has lost its index, too', async () => {
    await inFolder(async (folder) => {
      const accepted = await fill(folder)
      const table = await latest(folder, '.ldb')
      await truncate(table, Math.floor((await stat(table)).size * 0.6))
      await rm(join(storeIn(folder), 'CURRENT'))
      const queue = await openQueue(folder)
      const found = new Set((await readAll(queue, lane)).flatMap(bodiesOf))
      await queue.close()
      // Two fifths of a table that holds two thirds of them.
      should(accepted.filter((payload) => !found.has(payload)).length).be.belowOrEqual(accepted.length * 0.3)
    })
  })

  it('keeps what a damaged log holds until there is room for it, over starts that find none', async () => {
    await inFolder(async (folder) => {
      const accepted = await fill(folder)
      await damage(await latest(folder, '.log'), 50_000, 1)
      // As an attempt leaves it that opened the store and found no room to put them back.
      const log = await latest(folder, '.log')
      const name = basename(log)
      await cp(log, join(folder, 'kept-logs', name), { recursive: true })
      await writeFile(join(folder, 'kept-logs', `${name}.part`), 'a copy that was broken off')
      await rm(log)
      const queue = await openQueue(folder)
      const found = (await readAll(queue, lane)).flatMap(bodiesOf)
      await queue.close()
      should(found.length).be.aboveOrEqual(accepted.length - 100)
      should(await readdir(folder)).not.containEql('kept-logs')
    })
  })
})
