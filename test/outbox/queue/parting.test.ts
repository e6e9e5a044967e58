import should from 'should'
import { say } from '../../../lib/core'
import { DeadLetters } from '../../../lib/outbox/queue/dead-letters'
import { DurableQueue, type OutboxRecord } from '../../../lib/outbox/queue/queue'
import { MemoryDisk } from '../memory-disk'
import { inFolder, instantScheduler, noEvents, readAll } from '../places'
import { minute, scene } from '../scene'

const name = 'lane'
const record = (payload: string) => ({ stream: 's', payload, eventTimeMs: Date.UTC(2026, 0), listable: true })
const openQueue = (folder: string, disk: MemoryDisk) =>
  DurableQueue.open({ folder, openDisk: () => disk, scheduler: instantScheduler() }, noEvents)
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
})

describe('Dead letters that are tried again', () => {
  it('keep their places behind what came in meanwhile, and are counted as pending', () =>
    inFolder(async (folder) => {
      const disk = new MemoryDisk()
      const queue = await openQueue(folder, disk)
      await queue.append(name, [record('1')])
      const dead = await takeBundle(queue)
      await queue.settle(name, { dead: [{ record: dead, reason: { code: 'VALIDATION_REFUSED', text: say`no` } }] })
      const write = holdWrites(disk)
      const appended = [queue.append(name, [record('2')])]
      await new Promise(setImmediate)
      appended.push(queue.append(name, [record('3')]))
      const retried = new DeadLetters(queue, name).retry()
      for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate)
      write()
      await Promise.all([...appended, retried])
      should(queue.ledgerOf(name)).containEql({ accepted: 3, pending: 3, dead: 0 })
      await queue.close()
      const again = await openQueue(folder, disk)
      should((await readAll(again, name)).map(({ isRevived }) => isRevived).sort()).eql([false, false, true])
      await again.close()
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
