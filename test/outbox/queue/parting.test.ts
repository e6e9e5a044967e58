import should from 'should'
import { say } from '../../../lib/core'
import { DeadLetters } from '../../../lib/outbox/queue/dead-letters'
import { DurableQueue, type OutboxRecord } from '../../../lib/outbox/queue/queue'
import { keyOf } from '../../../lib/outbox/record/keys'
import { encodeRecord } from '../../../lib/outbox/record/record'
import { MemoryDisk } from '../memory-disk'
import { bodiesOf, inFolder, instantScheduler, noEvents, readAll } from '../places'
import { minute, scene } from '../scene'

const name = 'lane'
const record = (payload: string) => ({ stream: 's', payload, eventTimeMs: Date.UTC(2026, 0), listable: true })
const openQueue = (folder: string, driver: MemoryDisk) =>
  DurableQueue.open({ folder, driver, scheduler: instantScheduler() }, noEvents)
const release = (queue: DurableQueue, records: readonly OutboxRecord[]) =>
  queue.release(
    name,
    records.map(({ sequence }) => sequence),
  )

/** Writing stands still until the answer is called. */
function holdWrites(disk: MemoryDisk): () => void {
  let write = () => {}
  disk.beforeWrite = new Promise<void>((resolve) => {
    write = () => {
      disk.beforeWrite = undefined
      resolve()
    }
  })
  return () => write()
}

/** The only entry of the lane, leased. */
async function takeBundle(queue: DurableQueue): Promise<OutboxRecord> {
  const [bundle] = (await readAll(queue, name)) as [OutboxRecord]
  queue.leasesOf(name).take(bundle.sequence).should.be.true()
  return bundle
}

describe('A queue that takes a bundle apart', () => {
  it('hands out its records, and not the bundle, to a reader that began before', () =>
    inFolder(async (folder) => {
      const disk = new MemoryDisk()
      const queue = await openQueue(folder, disk)
      await queue.append(name, ['1', '2', '3'].map(record))
      const bundle = await takeBundle(queue)
      disk.afterRead = async () => {
        disk.afterRead = undefined
        release(queue, (await queue.takeApart(name, [bundle])).flat())
      }
      const { records } = await queue.read(name, 0, 1000)
      records.map(({ count }) => count).should.eql([1, 1, 1])
      await queue.close()
    }))

  for (const when of ['met', 'read'] as const)
    it(`counts right where the damage in the bundle was ${when} before, and its records are whole now`, () =>
      inFolder(async (folder) => {
        const disk = new MemoryDisk()
        const first = await openQueue(folder, disk)
        await first.append(name, ['1', '2', '3'].map(record))
        for (let at = 4; at <= 200; at++) await first.append(name, [record(`${at}`)])
        await first.close()

        const queue = await openQueue(folder, disk)
        const bundle = await takeBundle(queue)
        const key = keyOf('pending', 1, bundle.sequence)
        const value = Buffer.from(encodeRecord(key, bundle))
        value[value.length - 1] = 0
        disk.write({ type: 'put', key, value })
        let reads = 0
        disk.afterRead = async () => {
          // The count reads the dead letters first, then slices of a hundred.
          if (++reads !== (when === 'read' ? 2 : 3)) return
          release(queue, (await queue.takeApart(name, [bundle])).flat())
        }
        should(queue.found).containEql({ missing: 0, reappeared: 0 })
        ;(await readAll(queue, name)).flatMap(bodiesOf).length.should.equal(200)
        const ledger = queue.ledgerOf(name)
        ledger.pending.should.equal(200)
        const held = disk.entries.filter(([entry]) => entry[0] === key[0])
        ledger.pendingBytes.should.equal(held.reduce((sum, [entry, bytes]) => sum + entry.length + bytes.length, 0))
        await queue.close()
      }))
})

describe('A count that begins while dead letters are tried again', () => {
  it('takes none of them for one that nobody knows of', () =>
    inFolder(async (folder) => {
      const disk = new MemoryDisk()
      const first = await openQueue(folder, disk)
      await first.append(name, [record('1')])
      const dead = await takeBundle(first)
      await first.settle(name, { dead: [{ record: dead, reason: { code: 'VALIDATION_REFUSED', text: say`no` } }] })
      await first.close()

      const queue = await openQueue(folder, disk)
      const write = holdWrites(disk)
      const appended = [queue.append(name, [record('2')])]
      await new Promise(setImmediate)
      appended.push(queue.append(name, [record('3')]))
      // Then the count waits for both of them.
      await queue.mendTables()
      const retried = new DeadLetters(queue, name).retry()
      for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate)
      write()
      await Promise.all([...appended, retried, queue.recountDone()])
      should(queue.found).containEql({ missing: 0, reappeared: 0 })
      queue.ledgerOf(name).pending.should.equal(3)
      await queue.close()
    }))
})

describe('A lane whose bundles are taken apart', () => {
  const tooSlow = { kind: 'network', timedOut: true } as const

  it(
    'delivers the probe of a parked stream once, although the line was too slow for it',
    scene(
      async ({ cloud, lane, clock, accept, figures }) => {
        cloud.answer = () => 'configuration'
        const bodies = await accept(50)
        await lane.attach(cloud)
        await clock.until(() => cloud.requests.length === 1)
        cloud.answer = () => tooSlow
        await clock.until(() => cloud.requests.length === 2)
        cloud.answer = ({ bodies: { length } }) => (length > 10 ? tooSlow : 'delivered')
        await clock.until(() => cloud.received.length >= 50, 60 * minute)
        await clock.pass(minute)
        cloud.received.should.eql(bodies)
        ;(await figures()).should.containEql({ delivered: 50, pending: 0, pendingBytes: 0, parkedStreams: 0 })
      },
      { listable: true },
    ),
  )

  for (const [origin, kind] of [
    ['window', 'validation'],
    ['window', 'network'],
    ['window', 'server'],
    ['stream-probe', 'network'],
  ] as const)
    it(
      `leaves their records to the next destination when it was let go meanwhile (${kind}, ${origin})`,
      scene(
        async ({ cloud, lane, clock, disk, accept, figures }) => {
          const bodies = await accept(50)
          if (origin === 'stream-probe') {
            cloud.answer = () => 'configuration'
            await lane.attach(cloud)
            await clock.until(() => cloud.requests.length === 1)
          }
          let write = () => {}
          cloud.answer = () => {
            // After so many faults they are suspected.
            if (kind === 'server' && cloud.requests.length < 20) return kind
            write = holdWrites(disk)
            return kind === 'network' ? tooSlow : kind
          }
          if (origin === 'window') await lane.attach(cloud)
          await clock.until(() => disk.beforeWrite !== undefined, 60 * minute)
          cloud.answer = () => 'delivered'
          await clock.pass(0)
          const attached = lane.attach(cloud)
          await clock.pass(5_000)
          await attached
          await clock.pass(5_000)
          write()
          await clock.pass(60 * minute)
          cloud.received.should.eql(bodies)
          ;(await figures()).should.containEql({ delivered: 50, pending: 0, pendingBytes: 0 })
        },
        { listable: true },
      ),
    )
})
