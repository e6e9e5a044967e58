import should from 'should'
import { DurableQueue } from '../../../lib/outbox/queue/queue'
import { Tails } from '../../../lib/outbox/queue/tails'
import { lastSequence, type OutboxRecord } from '../../../lib/outbox/record/record'
import { patienceMs } from '../../patience'
import { MemoryDisk } from '../memory-disk'
import { bodiesOf, inFolder, instantScheduler, noEvents } from '../places'
import { type Scene, scene } from '../scene'

/** Counts the slices that are read from the disk from now on. */
function countReads(disk: Scene['disk']): () => number {
  let reads = 0
  disk.afterRead = async () => {
    reads++
  }
  return () => reads
}

for (const listable of [false, true])
  describe(`A lane that has sent all there was, of ${listable ? 'bundles' : 'single records'}`, function () {
    this.timeout(patienceMs)
    it(
      'sends what comes in without reading it from the disk',
      scene(
        async ({ cloud, lane, clock, disk, accept, figures }) => {
          await lane.attach(cloud)
          const bodies = await accept(1)
          await clock.until(() => cloud.received.length === 1)
          // The reader looks once more whether that was all.
          await clock.pass(1_000)
          const reads = countReads(disk)
          for (let round = 0; round < 10; round++) {
            bodies.push(...(await accept(50, 's', 's49', 'b')))
            await clock.until(() => cloud.received.length === bodies.length)
            await clock.pass(6_000)
          }
          for (let round = 0; round < 10; round++) bodies.push(...(await accept(50, 's', 's49', 'b')))
          await clock.until(() => cloud.received.length === bodies.length)
          reads().should.equal(0)
          for (const stream of ['s', 's49', 'b'])
            should(cloud.receivedBy.get(stream)).eql(bodies.filter((body) => body.startsWith(`"${stream}-`)))
          await clock.pass(0)
          ;(await figures()).should.containEql({ delivered: 1001, pending: 0, pendingBytes: 0 })
        },
        { listable },
      ),
    )

    it(
      'soon reads nothing from the disk any more, although something is always being written',
      scene(
        async ({ cloud, lane, clock, disk, accept }) => {
          let isOver = false
          const bodies: string[] = []
          const producers = Array.from({ length: 4 }, async (_, producer) => {
            while (!isOver) bodies.push(...(await accept(10, `producer ${producer}`)))
          })
          await clock.until(() => bodies.length > 1_000)
          await lane.attach(cloud)
          await clock.until(() => cloud.received.length > 5_000)
          const reads = countReads(disk)
          await clock.until(() => cloud.received.length > 10_000)
          isOver = true
          reads().should.equal(0)
          await Promise.all(producers)
          await clock.until(() => cloud.received.length === bodies.length)
          ;[...cloud.received].sort().should.eql(bodies.sort())
        },
        { listable },
      ),
    )

    it(
      'reads what came in while nobody read it from the disk, and sends all of it once and in order',
      scene(
        async ({ cloud, lane, clock, disk, accept }) => {
          await lane.attach(cloud)
          // Of one device, so that nobody else waits for its answer.
          const device = 's'.repeat(100)
          const bodies = await accept(1, device)
          await clock.until(() => cloud.received.length === 1)
          let goOn = () => {}
          const answered = new Promise<'delivered'>((resolve) => {
            goOn = () => resolve('delivered')
          })
          cloud.answer = () => answered
          const reads = countReads(disk)
          // Beyond what a window holds, and for longer than anything is kept that nobody reads.
          for (let round = 0; round < 40; round++) bodies.push(...(await accept(1000, device)))
          await clock.pass(6_000)
          bodies.push(...(await accept(1000, device)))
          goOn()
          cloud.answer = () => 'delivered'
          await clock.until(() => cloud.received.length === bodies.length)
          should(reads()).be.above(0)
          cloud.received.should.eql(bodies)
        },
        { listable },
      ),
    )

    it(
      'sends what another destination had and left, and dead letters that are tried again',
      scene(
        async ({ cloud, lane, clock, accept, figures }) => {
          await lane.attach(cloud)
          const bodies = await accept(1)
          await clock.until(() => cloud.received.length === 1)
          let isRefusing = true
          cloud.answer = ({ bodies: sent }) =>
            isRefusing && sent.some((body) => /"s-1?7"/.test(body)) ? 'validation' : 'delivered'
          bodies.push(...(await accept(20)))
          await clock.until(() => cloud.received.length === 19)
          await clock.pass(5_000)
          ;(await figures()).should.containEql({ dead: 2, pending: 0 })
          isRefusing = false
          await lane.deadLetters.retry()
          await clock.until(() => cloud.received.length === 21)
          cloud.answer = () => 'network'
          bodies.push(...(await accept(20)))
          await clock.pass(0)
          cloud.answer = () => 'delivered'
          await lane.attach(cloud)
          bodies.push(...(await accept(20)))
          await clock.until(() => cloud.received.length === bodies.length)
          ;[...cloud.received].sort().should.eql(bodies.sort())
        },
        { listable },
      ),
    )
  })

describe('What is kept for the readers of lanes', () => {
  it('is not passed over by one of them because another has read it', () =>
    inFolder(async (folder) => {
      const disk = new MemoryDisk()
      const queue = await DurableQueue.open({ folder, openDisk: () => disk, scheduler: instantScheduler() }, noEvents)
      const append = (...bodies: string[]) =>
        queue.append(
          'lane',
          bodies.map((payload) => ({ stream: 's', payload, eventTimeMs: 0 })),
        )
      const read = async (from: number) => {
        const { records, nextSequence } = await queue.read('lane', from, lastSequence)
        return { bodies: records.flatMap(bodiesOf), nextSequence }
      }
      await append('1', '2')
      let goOn: (() => void) | undefined
      disk.afterRead = () =>
        new Promise<void>((resolve) => {
          goOn = resolve
        })
      const slow = read(1)
      while (!goOn) await new Promise(setImmediate)
      disk.afterRead = undefined
      await append('3', '4')
      should(await read(3)).eql({ bodies: ['3', '4'], nextSequence: 5 })
      goOn()
      should(await slow).eql({ bodies: ['1', '2'], nextSequence: 3 })
      should(await read(3)).eql({ bodies: ['3', '4'], nextSequence: 5 })
      await queue.close()
    }))

  const megabyte = Buffer.alloc(1 << 20)
  const record = (sequence: number) =>
    ({
      sequence,
      count: 1,
      lane: 'lane',
      stream: 's',
      payload: megabyte,
      parts: undefined,
    }) as unknown as OutboxRecord

  it('is 32 MB at most: of the lane that has most, nothing is kept beyond that', () => {
    const tails = new Tails(() => 0)
    for (const lane of ['a', 'b']) tails.begin(lane, 0)
    for (let sequence = 1; sequence <= 20; sequence++) tails.appended('a', [record(sequence)], sequence)
    for (let sequence = 1; sequence <= 11; sequence++) tails.appended('b', [record(sequence)], sequence)
    should([tails.has('a'), tails.has('b')]).eql([true, true])
    tails.appended('b', [record(12)], 12)
    should([tails.has('a'), tails.has('b')]).eql([false, true])
    should(tails.of('b')?.read(1)?.records.length).equal(12)
  })

  it('is less of short records: each takes memory beside its text', () => {
    const tails = new Tails(() => 0)
    tails.begin('a', 0)
    const short = { ...record(1), payload: Buffer.from('1') }
    const thousand = new Array<OutboxRecord>(1_000).fill(short)
    for (let round = 0; round < 60; round++) tails.appended('a', thousand, 1)
    should(tails.has('a')).be.true()
    for (let round = 0; round < 10; round++) tails.appended('a', thousand, 1)
    should(tails.has('a')).be.false()
  })
})
