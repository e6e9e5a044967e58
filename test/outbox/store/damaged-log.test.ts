import { cp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import should from 'should'
import { DurableQueue } from '../../../lib/outbox/queue/queue'
import { areWholeLogs } from '../../../lib/outbox/store/damaged-log'
import { patienceMs } from '../../patience'
import { bodiesOf, inFolder, noEvents, readAll } from '../places'

const lane = 'lane'
const diskSpace = async () => ({ freeBytes: 1e12, totalBytes: 1e12 })
const openQueue = (folder: string) => DurableQueue.open({ folder, diskSpace }, noEvents)
const entries = (from: number, count: number) =>
  Array.from({ length: count }, (_, at) => ({
    stream: `s${at % 3}`,
    payload: `"${from + at} ${'x'.repeat((at * 37) % 200)}"`,
    eventTimeMs: at,
  }))

describe('a log of the store with a flipped byte', () => {
  it('costs at most the record that the byte belongs to, counted, wherever it lies', async function () {
    this.timeout(patienceMs)
    await inFolder(async (folder) => {
      // A log of three blocks: single records, groups, one that goes through several blocks, and deletions.
      const queue = await openQueue(folder)
      for (let at = 0; at < 20; at++) await queue.append(lane, entries(at, 1))
      await queue.append(lane, entries(20, 400))
      const settled = (await readAll(queue, lane)).slice(10, 30)
      for (const { sequence } of settled) queue.leasesOf(lane).take(sequence)
      await queue.settle(lane, { delivered: settled })
      for (let at = 0; at < 20; at++) await queue.append(lane, entries(420 + at * 3, 3))
      const expected = (await readAll(queue, lane)).flatMap(bodiesOf)
      expected.length.should.equal(460)
      await queue.close()

      const names = await readdir(join(folder, 'store'))
      const path = join('store', names.find((name) => name.endsWith('.log')) ?? '')
      const log = await readFile(join(folder, path))
      should(log.length).be.above(65_536)
      for (let at = 3; at < log.length; at += 2003) {
        await inFolder(async (copy) => {
          await cp(folder, copy, { recursive: true })
          const damaged = Buffer.from(log)
          damaged[at] = (damaged[at] ?? 0) ^ 0x10
          await writeFile(join(copy, path), damaged)
          const again = await openQueue(copy)
          const bodies = (await readAll(again, lane)).flatMap(bodiesOf)
          const lost = expected.filter((body) => !bodies.includes(body))
          should(lost.length).be.belowOrEqual(1, `byte ${at}: ${lost.length} lost`)
          again.ledgerOf(lane).pending.should.equal(bodies.length, `byte ${at}`)
          await again.close()
        })
      }
    })
  })

  it('is noticed wherever it lies in a log of many blocks', async () => {
    await inFolder(async (folder) => {
      const queue = await openQueue(folder)
      for (let at = 0; at < 4000; at += 500) await queue.append(lane, entries(at, 500))
      await queue.close()

      const store = join(folder, 'store')
      const path = join(store, (await readdir(store)).find((name) => name.endsWith('.log')) ?? '')
      const log = await readFile(path)
      should(log.length).be.above(2 * 8 * 32_768)
      should(await areWholeLogs(store)).be.true()
      for (const at of [40, log.length >> 1, log.length - 40]) {
        const damaged = Buffer.from(log)
        damaged[at] = (damaged[at] ?? 0) ^ 0x10
        await writeFile(path, damaged)
        should(await areWholeLogs(store)).be.false()
      }
    })
  })
})
