import should from 'should'
import { DurableQueue } from '../../../lib/outbox/queue/queue'
import { keyOf } from '../../../lib/outbox/record/keys'
import { levelDriver, type Store } from '../../../lib/outbox/store/store'
import { patienceMs } from '../../patience'
import { bodiesOf, inFolder, noEvents, readAll } from '../places'

const lane = 'lane'
const entries = (from: number, count: number) =>
  Array.from({ length: count }, (_, at) => ({ stream: 's', payload: `"${from + at}"`, eventTimeMs: 1 }))

/** Opens the folder with a count that gives the memory back every few records, and tells how often it did. */
async function openCounting(folder: string): Promise<{ queue: DurableQueue; releases: () => number }> {
  let releases = 0
  const countReleases = (store: Store): Store => {
    const release = store.releaseMemory.bind(store)
    return Object.assign(store, {
      releaseMemory: () => {
        releases++
        return release()
      },
    })
  }
  const driver = { ...levelDriver, open: async (path: string) => countReleases(await levelDriver.open(path)) }
  const diskSpace = async () => ({ freeBytes: 1e12, totalBytes: 1e12 })
  const queue = await DurableQueue.open({ folder, driver, diskSpace, countStretchBytes: 5_000 }, noEvents)
  return { queue, releases: () => releases }
}

describe('The count of a large backlog', function () {
  this.timeout(patienceMs)
  it('gives the memory back again and again, while others read, append and deliver undisturbed', () =>
    inFolder(async (folder) => {
      const first = await openCounting(folder)
      await first.queue.append(lane, entries(0, 3_000))
      await first.queue.close()

      const { queue, releases } = await openCounting(folder)
      let appended = 3_000
      for (let isDone = false; !isDone; ) {
        const { records } = await queue.read(lane, 0, 2_000)
        const taken = records.slice(0, 100).filter(({ sequence }) => queue.leasesOf(lane).take(sequence))
        await Promise.all([
          queue.append(lane, entries(appended, 100)),
          queue.settle(lane, { delivered: taken }),
          readAll(queue, lane),
        ])
        appended += 100
        isDone = await Promise.race([
          queue.recountDone().then(() => true),
          new Promise<false>((resolve) => setImmediate(resolve, false)),
        ])
      }
      should(releases()).be.above(10)
      should(queue.found).containEql({ missing: 0, reappeared: 0 })
      const ledger = queue.ledgerOf(lane)
      ledger.accepted.should.equal(appended)
      ledger.damaged.should.equal(0)
      await queue.close()
    }))

  it('books a damaged record once, whether a reader or the count finds it first', () =>
    inFolder(async (folder) => {
      const first = await openCounting(folder)
      await first.queue.append(lane, entries(0, 1_000))
      const [{ laneNumber }] = [first.queue.ledgerOf(lane)]
      const damaged = [3, 500, 998].map((sequence) => keyOf('pending', laneNumber, sequence))
      await first.queue.store().batch(damaged.map((key) => ({ type: 'put', key, value: Buffer.from('damaged') })))
      await first.queue.close()

      const { queue } = await openCounting(folder)
      const found = await readAll(queue, lane)
      await queue.quietly(() => undefined)
      found.flatMap(bodiesOf).length.should.equal(997)
      const ledger = queue.ledgerOf(lane)
      ledger.damaged.should.equal(3)
      ledger.pending.should.equal(997)
      await queue.close()
    }))
})
