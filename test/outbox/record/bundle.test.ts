import fc from 'fast-check'
import should from 'should'
import type { Scheduler } from '../../../lib/core'
import { Arrivals } from '../../../lib/outbox/queue/arrivals'
import { bytesOfAll } from '../../../lib/outbox/queue/bytes'
import { DurableQueue, type OutboxRecord } from '../../../lib/outbox/queue/queue'
import { type Arrival, Bundler } from '../../../lib/outbox/record/bundle'
import { eventTimesOf, takeApart } from '../../../lib/outbox/record/parts'
import { encodeRecord } from '../../../lib/outbox/record/record'
import { MemoryDisk } from '../memory-disk'
import { bodiesOf, inFolder, instantScheduler, noEvents, readAll, storedAt } from '../places'
import { minute, scene } from '../scene'

const nowMs = Date.UTC(2026, 0)
const single = (payload: string, stream = 's', eventTimeMs = nowMs): Arrival => ({
  stream,
  payload,
  eventTimeMs,
  isArrival: false,
  listable: true,
  count: 1,
  parts: undefined,
})

function bundled(arrivals: readonly Arrival[]): Arrival[] {
  const passed: Arrival[] = []
  const bundler = new Bundler(nowMs, (arrival) => passed.push(arrival))
  for (const arrival of arrivals) bundler.add(arrival)
  bundler.end()
  return passed
}

const stored = (arrival: Arrival, sequence = 5) => storedAt(arrival, sequence, nowMs)

describe('A bundle', () => {
  it('holds what its records were, whatever their text, and gives each its own sequence', () => {
    const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.json())
    fc.assert(
      fc.property(fc.array(fc.tuple(text, fc.nat(900)), { minLength: 2, maxLength: 60 }), (records) => {
        const [bundle, ...more] = bundled(records.map(([payload, lateMs]) => single(payload, 's', nowMs - lateMs)))
        should(more).be.empty()
        const record = stored(bundle as Arrival)
        record.payload.toString().should.equal(records.map(([payload]) => payload).join())
        eventTimesOf(record).should.eql(records.map(([, lateMs]) => nowMs - lateMs))
        takeApart(record)
          .map(({ sequence, count, payload, eventTimeMs }) => [sequence, count, payload.toString(), eventTimeMs])
          .should.eql(records.map(([payload, lateMs], at) => [5 + at, 1, payload, nowMs - lateMs]))
      }),
    )
  })

  it('holds a hundred records at most, and 4 KB of text', () => {
    bundled(Array.from({ length: 250 }, (_, at) => single(`${at}`)))
      .map(({ count }) => count)
      .should.eql([100, 100, 50])
    const kilobyte = 'x'.repeat(1024)
    bundled(Array.from({ length: 10 }, () => single(kilobyte)))
      .map(({ count }) => count)
      .should.eql([4, 4, 2])
  })

  it('holds records of one stream only, and keeps the order of a stream where one does not fit into a list', () => {
    const alone = { ...single('alone', 'a'), listable: false }
    bundled([single('1', 'a'), single('2', 'b'), single('3', 'a'), alone, single('4', 'b'), single('5', 'a')])
      .map(({ stream, payload }) => [stream, payload])
      .should.eql([
        ['a', '1,3'],
        ['a', 'alone'],
        ['b', '2,4'],
        ['a', '5'],
      ])
  })

  it('holds records that are about equally old, so that live ones are not taken for late', () => {
    const ages = [0, 500, 1000, 59_000, 59_900, 61_000, 70_000, 3_600_000, 3_700_000]
    bundled(ages.map((ageMs) => single(`${ageMs}`, 's', nowMs - ageMs)))
      .map(({ payload }) => payload)
      .should.eql(['0,500,1000', '59000,59900,61000', '70000', '3600000,3700000'])
  })

  it('is not made of a single record', () => {
    const arrivals = new Arrivals(nowMs)
    arrivals.add('s', '1', nowMs, true)
    arrivals.all().should.eql([{ ...single('1'), isArrival: true }])
  })
})

describe('A queue that bundles', () => {
  const lane = 'lane'
  const openQueue = (folder: string, disk: MemoryDisk, scheduler: Scheduler = instantScheduler()) =>
    DurableQueue.open({ folder, openDisk: () => disk, scheduler }, noEvents)
  const record = (payload: string) => ({ stream: 's', payload, eventTimeMs: nowMs, listable: true })

  it('stores what several callers append at the same time as one entry, and counts each record', () =>
    inFolder(async (folder) => {
      const disk = new MemoryDisk()
      const queue = await openQueue(folder, disk)
      await Promise.all(Array.from({ length: 30 }, (_, at) => queue.append(lane, [record(`${at}`)])))
      queue.ledgerOf(lane).should.containEql({ accepted: 30, lastSequence: 30 })
      const [bundle, ...others] = await readAll(queue, lane)
      should(others).be.empty()
      bodiesOf(bundle as OutboxRecord).should.eql(Array.from({ length: 30 }, (_, at) => `${at}`))
      await queue.close()
    }))

  it('takes a long message in over many turns of the event loop, 1 MB in each, all of it in its order', () =>
    inFolder(async (folder) => {
      const queue = await openQueue(folder, new MemoryDisk())
      const texts = Array.from({ length: 2000 }, (_, at) => `"${at} ${'x'.repeat(4000)}"`)
      let inThisTurn = 0
      let atMost = 0
      const takeSequences = queue.takeSequences.bind(queue)
      queue.takeSequences = (count) => {
        if (inThisTurn === 0)
          setImmediate(() => {
            inThisTurn = 0
          })
        inThisTurn += count
        atMost = Math.max(atMost, inThisTurn)
        return takeSequences(count)
      }
      await queue.append(lane, texts.map(record))
      atMost.should.be.within(1, 260)
      queue.ledgerOf(lane).should.containEql({ accepted: texts.length, lastSequence: texts.length })
      ;(await readAll(queue, lane)).flatMap(bodiesOf).should.eql(texts)
      await queue.close()
    }))

  it('takes a bundle apart on the disk, so that each record has a fate of its own, also after a restart', () =>
    inFolder(async (folder) => {
      const disk = new MemoryDisk()
      const queue = await openQueue(folder, disk)
      await queue.append(lane, ['1', '2', '3', '4'].map(record))
      const [bundle] = (await readAll(queue, lane)) as [OutboxRecord]
      queue.leasesOf(lane).take(bundle.sequence)
      const [singles = []] = await queue.takeApart(lane, [bundle])
      should(await readAll(queue, lane)).be.empty()
      await queue.settle(lane, { delivered: singles.slice(1, 2) })
      await queue.close()

      const again = await openQueue(folder, disk)
      ;(await readAll(again, lane)).flatMap(bodiesOf).should.eql(['1', '3', '4'])
      should(again.found).containEql({ missing: 0, reappeared: 0 })
      const ledger = again.ledgerOf(lane)
      ledger.pending.should.equal(3)
      ledger.pendingBytes.should.equal(bytesOfAll(await readAll(again, lane)))
      await again.close()
    }))

  it('never gives a sequence of a bundle again, although the process was killed', () =>
    inFolder(async (folder) => {
      const disk = new MemoryDisk()
      const queue = await openQueue(folder, disk)
      await queue.append(lane, [record('1')])
      await queue.append(lane, ['2', '3', '4', '5'].map(record))
      disk.crash()
      const again = await openQueue(folder, disk)
      again.ledgerOf(lane).lastSequence.should.equal(5)
      await again.append(lane, [record('6')])
      ;(await readAll(again, lane))
        .map(({ sequence, count }) => [sequence, count])
        .should.eql([
          [1, 1],
          [2, 4],
          [6, 1],
        ])
      await again.close()
      void queue.close()
    }))

  it('keeps its last sequence when nothing at all is appended', () =>
    inFolder(async (folder) => {
      const queue = await openQueue(folder, new MemoryDisk())
      await queue.append(lane, ['1', '2'].map(record))
      await queue.append(lane, [])
      queue.ledgerOf(lane).lastSequence.should.equal(2)
      await queue.close()
    }))

  it('counts each record of a damaged bundle as lost', () =>
    inFolder(async (folder) => {
      const disk = new MemoryDisk()
      const queue = await openQueue(folder, disk)
      await queue.append(lane, ['1', '2', '3', '4'].map(record))
      await queue.append(lane, ['5', '6'].map(record))
      const [bundle] = (await readAll(queue, lane)) as [OutboxRecord]
      disk.damage(encodeRecord(bundle))
      ;(await readAll(queue, lane)).flatMap(bodiesOf).should.eql(['5', '6'])
      queue.ledgerOf(lane).should.containEql({ accepted: 6, damaged: 4 })
      queue.ledgerOf(lane).pending.should.equal(2)
      await queue.close()
    }))
})

describe('A lane of bundles', () => {
  it(
    'sends the records of a bundle by themselves where the line is too slow for it',
    scene(
      async ({ cloud, lane, clock, accept, figures }) => {
        cloud.answer = ({ bodies }) => (bodies.length > 10 ? { kind: 'network', timedOut: true } : 'delivered')
        const bodies = await accept(200)
        await lane.attach(cloud)
        await clock.until(() => cloud.received.length === 200, 20 * minute)
        await clock.pass(0)
        cloud.received.should.eql(bodies)
        ;(await figures()).should.containEql({ delivered: 200, pending: 0, pendingBytes: 0 })
      },
      { listable: true },
    ),
  )

  it(
    'says how many records it has evicted, of which time',
    scene(
      async ({ outbox, accept, figures }) => {
        await accept(1000)
        await accept(1000)
        await accept(1000)
        const { evicted, pending } = await figures()
        should(evicted).be.above(0)
        pending.should.equal(3000 - evicted)
        const entries = await outbox.evictions()
        entries.reduce((sum, { count }) => sum + count, 0).should.equal(evicted)
        entries[0]?.streams[0]?.stream.should.equal('s')
      },
      { listable: true, maxBytes: 60_000, whenFull: 'evict-oldest' },
    ),
  )
})
