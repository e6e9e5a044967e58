import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import should from 'should'
import { diskOutlook } from '../../../lib/outbox'
import type { QueueOptions } from '../../../lib/outbox/queue/options'
import { DurableQueue, type OutboxRecord } from '../../../lib/outbox/queue/queue'
import { patienceMs } from '../../patience'
import { isWindows, skip } from '../../skipping'
import { ManualClock } from '../manual-clock'
import { MemoryDisk } from '../memory-disk'
import { bodiesOf, inFolder, instantScheduler, noEvents, plenty, readAll } from '../places'
import { type Around, diskWith } from '../real-disk'
import { needsRoot, onDisk } from '../small-disks'

const lane = 'lane'
const openQueue = (folder: string, options: Partial<QueueOptions> = {}) =>
  DurableQueue.open({ folder, diskSpace: plenty, ...options }, noEvents)
const entry = (payload: string, stream = 's', ofLane = lane) => ({ lane: ofLane, stream, payload, eventTimeMs: 1 })
const entries = (count: number, prefix = '', size = 10) =>
  Array.from({ length: count }, (_, at) => entry(`"${prefix}${at}"`.padEnd(size)))

async function deliver(queue: DurableQueue, records: readonly OutboxRecord[]): Promise<void> {
  for (const { sequence } of records) queue.leasesOf(lane).take(sequence)
  await queue.settle(lane, { delivered: records })
}

async function bytesOnDisk(folder: string): Promise<number> {
  const names = await readdir(folder)
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** Something happens before each group that is written and synced. */
const beforeGroups = (before: () => unknown): Around => {
  return async (operation, _, run) => {
    if (operation === 'append') await before()
    return run()
  }
}
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe('the durable queue on a real disk', function () {
  this.timeout(patienceMs)
  it('has what it accepted after a restart, in order, in a folder of which only its user sees the content', () =>
    inFolder(async (folder) => {
      const queue = await openQueue(folder)
      for (const part of [entries(500, 'a'), entries(1, 'b'), entries(700, 'c')]) await queue.append(lane, part)
      await queue.close()
      const again = await openQueue(folder)
      const expected = [...entries(500, 'a'), ...entries(1, 'b'), ...entries(700, 'c')].map(({ payload }) => payload)
      ;(await readAll(again, lane)).flatMap(bodiesOf).should.eql(expected)
      should(again.found).containEql({ missing: 0, reappeared: 0 })
      await again.close()
      if (!isWindows) ((await stat(folder)).mode & 0o777).should.equal(0o700)
    }))

  it('shares one sync among all that arrive during the one before', () =>
    inFolder(async (folder) => {
      let syncs = 0
      const openDisk = diskWith(
        beforeGroups(() => {
          syncs++
          return pause(20)
        }),
      )
      const queue = await openQueue(folder, { openDisk })
      await Promise.all(entries(900).map((one) => queue.append(lane, [one])))
      syncs.should.be.within(1, 5)
      await queue.close()
    }))

  it('syncs once for several hundred of those who append again as soon as they are told', () =>
    inFolder(async (folder) => {
      let syncs = 0
      const queue = await openQueue(folder, { openDisk: diskWith(beforeGroups(() => syncs++)) })
      const producers = Array.from({ length: 1000 }, async (_, producer) => {
        for (let at = 0; at < 5; at++) await queue.append(lane, [entry(`"${producer}-${at}"`)])
      })
      await Promise.all(producers)
      syncs.should.be.within(5, 15)
      await queue.close()
    }))

  it('writes what comes last soon, however many others are to be told first', () =>
    inFolder(async (folder) => {
      let told = 0
      const syncs: { toldAtBegin: number; toldAtEnd: number }[] = []
      const tell = () => {
        const startMs = performance.now()
        while (performance.now() - startMs < 0.05);
        return told++
      }
      const appended: Promise<number>[] = []
      const openDisk = diskWith(async (operation, _, run) => {
        if (operation !== 'append') return run()
        const sync = { toldAtBegin: told, toldAtEnd: told }
        if (syncs.push(sync) === 4) appended.push(queue.append(lane, [entry('"last"')]).then(tell))
        const result = await run()
        sync.toldAtEnd = told
        return result
      })
      const queue = await openQueue(folder, { openDisk })
      for (const one of entries(4000)) appended.push(queue.append(lane, [one]).then(tell))
      await Promise.all(appended)
      // The last came meanwhile.
      await Promise.all(appended)
      syncs.length.should.equal(5)
      should((syncs[4]?.toldAtBegin ?? 0) - (syncs[3]?.toldAtEnd ?? 0)).be.belowOrEqual(1100)
      await queue.close()
    }))

  it('keeps order, answers in order and closes on a disk that takes 200 ms for every sync', () =>
    inFolder(async (folder) => {
      let syncs = 0
      const openDisk = diskWith(
        beforeGroups(() => {
          syncs++
          return pause(200)
        }),
      )
      const queue = await openQueue(folder, { openDisk })
      const done: string[] = []
      const appended = entries(1000).map((one) => queue.append(lane, [one]).then(() => done.push(one.payload)))
      // What else a flow does goes on between the syncs.
      let turnsMeanwhile = 0
      const others = setInterval(() => turnsMeanwhile++, 1)
      await Promise.all(appended).finally(() => clearInterval(others))
      syncs.should.be.within(1, 5)
      done.should.eql(entries(1000).map(({ payload }) => payload))
      should(turnsMeanwhile).be.above(syncs)
      const last = entries(200, 'last').map((one) => queue.append(lane, [one]))
      const closing = queue.close()
      await Promise.all([closing, ...last])
      const again = await openQueue(folder)
      ;(await readAll(again, lane))
        .flatMap(bodiesOf)
        .should.eql([...entries(1000), ...entries(200, 'last')].map(({ payload }) => payload))
      await again.close()
    }))

  it('takes one message that is larger than the memory limit where nothing else waits', () =>
    inFolder(async (folder) => {
      const queue = await openQueue(folder, { maxUncommittedBytes: 10_000 })
      await queue.append(lane, entries(1_000))
      ;(await readAll(queue, lane)).length.should.equal(1_000)
      await queue.close()
    }))

  it('refuses what would wait in memory beyond the limit, and accepts more once the disk catches up', () =>
    inFolder(async (folder) => {
      const queue = await openQueue(folder, { maxUncommittedBytes: 10_000 })
      const outcomes = await Promise.allSettled(entries(50, '', 1000).map((one) => queue.append(lane, [one])))
      outcomes.filter(({ status }) => status === 'fulfilled').length.should.equal(9)
      await queue.append(lane, [entry('"more"')])
      ;(await readAll(queue, lane)).length.should.equal(10)
      await queue.close()
    }))

  it('refuses a second opener, in this process or another, and says why', () =>
    inFolder(async (folder) => {
      const holder = spawn(process.execPath, ['-r', 'tsx/cjs', join(__dirname, '..', 'victim.ts'), folder, 'x'])
      try {
        await once(holder.stdout, 'data')
        await openQueue(folder).should.be.rejectedWith({ code: 'OUTBOX_UNAVAILABLE', message: /another process uses/i })
      } finally {
        holder.kill('SIGKILL')
        await once(holder, 'close')
      }
      const queue = await openQueue(folder)
      await openQueue(folder).should.be.rejectedWith({ code: 'OUTBOX_UNAVAILABLE' })
      await queue.close()
    }))

  it('gives the disk space back after a drain', () =>
    inFolder(async (folder) => {
      const queue = await openQueue(folder, { maxUncommittedBytes: 1e9, maxBytes: 64 * 2 ** 20 })
      const noise = Buffer.from(Array.from({ length: 4000 }, () => Math.floor(Math.random() * 64) + 48))
      for (let round = 0; round < 10; round++)
        await queue.append(
          lane,
          Array.from({ length: 500 }, () => entry(noise.toString('latin1', Math.random() * 1000))),
        )
      should(await bytesOnDisk(folder)).be.above(5e6)
      const all = await readAll(queue, lane)
      await deliver(queue, all)
      await until(async () => (await bytesOnDisk(folder)) < 1e6)
      await queue.close()
    }))

  it('refuses new data at its size limit, or evicts the oldest and writes down which, as it is told', () =>
    inFolder(async (folder) => {
      const refusing = await openQueue(folder, { maxBytes: 100_000 })
      for (let at = 0; at < 90; at++) await refusing.append(lane, [entry(`"${at}"`.padEnd(1000))])
      await refusing
        .append(lane, entries(20, 'x', 1000))
        .should.be.rejectedWith({ code: 'OUTBOX_FULL', message: /size limit/ })
      refusing.ledgerOf(lane).pending.should.equal(90)
      await refusing.close()

      const evicting = await openQueue(folder, { maxBytes: 100_000, whenFull: 'evict-oldest' })
      await evicting.append(lane, entries(20, 'x', 1000))
      const { evicted, accepted, pendingBytes } = evicting.ledgerOf(lane)
      accepted.should.equal(110)
      evicted.should.be.within(15, 20)
      should(pendingBytes).be.belowOrEqual(100_000)
      const bodies = (await readAll(evicting, lane)).flatMap(bodiesOf).map((body) => body.trim())
      bodies.should.eql([
        ...Array.from({ length: 90 }, (_, at) => `"${at}"`).slice(evicted),
        ...entries(20, 'x').map(({ payload }) => payload.trim()),
      ])
      const [latest] = await evicting.evictions({ limit: 10 })
      latest?.should.containEql({ lane, cause: 'full', count: evicted })
      latest?.streams.should.eql([{ stream: 's', count: evicted, firstEventMs: 1, lastEventMs: 1 }])
      await evicting.close()
    }))

  it('leaves the free-space floor alone', () =>
    inFolder(async (folder) => {
      const clock = new ManualClock()
      let freeBytes = 1000
      const diskSpace = async () => ({ freeBytes, totalBytes: 1e9 })
      const queue = await openQueue(folder, { freeFloorBytes: 5000, diskSpace, scheduler: clock })
      await queue.append(lane, [entry('1')]).should.be.rejectedWith({ code: 'OUTBOX_FULL', message: /free space/ })
      freeBytes = 1e6
      await clock.pass(1500)
      await queue.append(lane, [entry('1')]).catch(() => undefined)
      await clock.pass(0)
      await queue.append(lane, [entry('1')])
      await queue.close()
    }))

  it('leaves 5 % of the disk free, at most 200 MB, so that a small disk is used too', () =>
    inFolder(async (folder) => {
      for (const [totalMegabytes, floorMegabytes] of [
        [320, 16],
        [2_000, 100],
        [4_000, 200],
        [500_000, 200],
      ] as const) {
        const open = async (freeBytes: number) => {
          const diskSpace = async () => ({ freeBytes, totalBytes: totalMegabytes * 2 ** 20 })
          const queue = await openQueue(join(folder, `${totalMegabytes}-${freeBytes}`), { diskSpace })
          const appended = queue.append(lane, [entry('1')])
          return appended.finally(() => queue.close())
        }
        await open((floorMegabytes + 1) * 2 ** 20)
        await open(floorMegabytes * 2 ** 20).should.be.rejectedWith({ code: 'OUTBOX_FULL' })
      }
    }))

  it('is not called full where space cannot be set aside for another reason', () =>
    inFolder(async (folder) => {
      await mkdir(join(folder, 'reserve'))
      const queue = await openQueue(folder)
      await queue.append(lane, [entry('1')])
      await queue.close()
    }))

  it('says that a floor is a mistake which the disk could never satisfy, and evicts nothing for it', () =>
    inFolder(async (folder) => {
      const space = { freeBytes: 1e9, totalBytes: 1e9 }
      const diskSpace = async () => space
      const keeping = await openQueue(folder, { diskSpace })
      await keeping.append(lane, [entry('1')])
      await keeping.close()
      for (const whenFull of ['refuse', 'evict-oldest'] as const) {
        const queue = await openQueue(folder, { freeFloorBytes: 2e9, whenFull, diskSpace })
        await queue
          .append(lane, [entry('2')])
          .should.be.rejectedWith({ code: 'CONFIG_INVALID', message: /1907 MB .* only 953 MB/ })
        should(queue.ledgerOf(lane)).containEql({ accepted: 1, evicted: 0 })
        await queue.close()
      }
    }))

  it('tells what its limits mean on the disk, of a folder that is there or not', async () => {
    const folder = join(tmpdir(), 'not', 'there', 'yet')
    const diskSpace = async (asked: string) => {
      if (asked !== tmpdir()) throw Object.assign(new Error(), { code: 'ENOENT' })
      return { freeBytes: 1_000 * 2 ** 20, totalBytes: 2_000 * 2 ** 20 }
    }
    const outlook = async (limits: object) => {
      const { ok, text } = await diskOutlook({ folder, diskSpace, ...limits })
      return `${ok}: ${text}`
    }
    should(await outlook({})).match(
      /^true: .* 2000 MB, 1000 MB .*free\. 100 MB stay free and 8 MB are set aside,.* 892 MB can be kept/,
    )
    should(await outlook({ maxBytes: 50 * 2 ** 20 })).match(/; 50 MB can be kept/)
    should(await outlook({ freeFloorBytes: 1_200 * 2 ** 20 })).match(/^false: .*nothing can be kept now/)
    should(await outlook({ freeFloorBytes: 2_000 * 2 ** 20 })).match(/^false: .*Leave less free/)
  })

  it('evicts by age on the monotonic clock alone: steps of years evict nothing, time does', () =>
    inFolder(async (folder) => {
      const clock = new ManualClock()
      const hour = 3600_000
      const options = { scheduler: clock, maxAgeMs: 24 * hour, bootId: '11111111-1111-4111-8111-111111111111' }
      let queue = await openQueue(folder, options)
      await queue.append(lane, entries(10, 'old'))
      const untilSettled = async () => {
        for (let at = 0; at < 20; at++) await queue.settle(lane, {})
      }
      const years = 10 * 365 * 24 * hour
      for (const step of [years, -2 * years, years]) {
        clock.stepWall(step)
        await clock.pass(2 * hour)
        await untilSettled()
      }
      queue.ledgerOf(lane).evicted.should.equal(0)
      await queue.close()
      queue = await openQueue(folder, { ...options, bootId: '22222222-2222-4222-8222-222222222222' })
      clock.stepWall(years)
      await clock.pass(20 * hour)
      await untilSettled()
      queue.ledgerOf(lane).evicted.should.equal(0)
      await queue.append(lane, entries(5, 'young'))
      await clock.pass(5 * hour)
      await until(async () => queue.ledgerOf(lane).evicted === 10)
      ;(await readAll(queue, lane)).length.should.equal(5)
      await queue.close()
    }))

  it('heals by itself when a failed sync is followed by a good one, without anybody noticing', () =>
    inFolder(async (folder) => {
      let failures = 0
      const faults: unknown[] = []
      const openDisk = diskWith(
        beforeGroups(() => {
          if (failures-- > 0) throw Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' })
        }),
      )
      const events = { ...noEvents, storeState: (error: unknown) => faults.push(error) }
      const queue = await DurableQueue.open({ folder, openDisk, diskSpace: plenty }, events)
      await queue.append(lane, entries(1, 'before'))
      failures = 1
      await queue.append(lane, entries(10))
      should(faults).be.empty()
      await queue.close()
      const again = await openQueue(folder)
      should((await readAll(again, lane)).flatMap(bodiesOf).length).equal(11)
      await again.close()
    }))

  it('says that it cannot be written, refuses what comes, keeps what was settled, and recovers', () =>
    inFolder(async (folder) => {
      let isFailing = false
      const states: (string | undefined)[] = []
      const openDisk = diskWith(
        beforeGroups(() => {
          if (isFailing) throw Object.assign(new Error('EIO: i/o error, write'), { code: 'EIO' })
        }),
      )
      const events = { ...noEvents, storeState: (error?: { code: string }) => states.push(error?.code) }
      const queue = await DurableQueue.open({ folder, openDisk, diskSpace: plenty }, events)
      await queue.append(lane, entries(2))
      const [first] = (await readAll(queue, lane)) as [OutboxRecord]
      isFailing = true
      const settled = deliver(queue, [first])
      await queue.append(lane, entries(1)).should.be.rejectedWith({ code: 'OUTBOX_UNAVAILABLE' })
      await queue.append(lane, entries(1)).should.be.rejectedWith({ code: 'OUTBOX_UNAVAILABLE' })
      should(queue.ledgerOf(lane)).containEql({ accepted: 2, delivered: 0 })
      isFailing = false
      await settled
      should([states[0], states.at(-1)]).eql(['OUTBOX_UNAVAILABLE', undefined])
      should(queue.ledgerOf(lane)).containEql({ accepted: 2, delivered: 1 })
      await queue.append(lane, entries(1))
      await queue.close()
    }))

  it('evicts no more for the disk than it has to, and refuses nothing, however seldom it asks the disk', () =>
    inFolder(async (folder) => {
      const disk = new MemoryDisk()
      const totalBytes = 2_000_000
      const usedBytes = () => [...disk.files.values()].reduce((sum, { length }) => sum + length, 0)
      const queue = await openQueue(folder, {
        openDisk: () => disk,
        scheduler: instantScheduler(),
        diskSpace: async () => ({ totalBytes, freeBytes: totalBytes - usedBytes() }),
        freeFloorBytes: 0,
        whenFull: 'evict-oldest',
      })
      for (let at = 0; at < 300; at++) await queue.append(lane, entries(1, `${at}-`, 20_000))
      const { accepted, evicted, pendingBytes } = queue.ledgerOf(lane)
      accepted.should.equal(300)
      evicted.should.be.above(150)
      pendingBytes.should.be.above(0.8 * totalBytes)
      await queue.close()
    }))

  it('evicts the oldest where the disk is full, although its limit is not reached', async function () {
    const done = await onDisk(12, async (place) => {
      const settings = { freeFloorBytes: 0, whenFull: 'evict-oldest' } as const
      const queue = await DurableQueue.open({ folder: join(place, 'outbox'), ...settings }, noEvents)
      const sizeBytes = 100_000
      const values = 300
      let refused = 0
      for (let at = 0; at < values; at++)
        await queue.append(lane, [entry(`"${at}"`.padEnd(sizeBytes))]).catch(({ code }: { code: string }) => {
          code.should.equal('OUTBOX_FULL')
          refused++
        })
      const { accepted, evicted, pending } = queue.ledgerOf(lane)
      should({ accepted, pending }).eql({ accepted: values - refused, pending: accepted - evicted })
      should(refused).be.belowOrEqual(3)
      const kept = (await readAll(queue, lane)).flatMap(bodiesOf).map((body) => Number(body.trim().slice(1, -1)))
      should(kept.length * sizeBytes).be.above(4e6)
      should(kept.at(-1)).equal(values - 1)
      await queue.close()
      return true
    })
    if (!done) skip(this, needsRoot)
  })

  it('resumes by itself once a full disk has space again, and has lost nothing', async function () {
    const done = await onDisk(12, async (place) => {
      await writeFile(join(place, 'ballast'), Buffer.alloc(5e6))
      const queue = await openQueue(join(place, 'outbox'))
      const accepted: string[] = []
      const noise = () => Buffer.from(Array.from({ length: 600 }, () => 48 + Math.random() * 64)).toString('base64')
      let refusals = 0
      for (let at = 0; refusals < 20; at++) {
        const body = `${at} ${noise()}`
        await Promise.all(
          Array.from({ length: 10 }, async (_, part) => {
            const one = `${part} ${body}`
            await queue.append(lane, [entry(one)]).then(
              () => accepted.push(one),
              (error: { code: string }) => {
                error.code.should.equal('OUTBOX_FULL')
                refusals++
              },
            )
          }),
        )
      }
      await rm(join(place, 'ballast'))
      await until(async () =>
        queue.append(lane, [entry('"after"')]).then(
          () => true,
          () => false,
        ),
      )
      accepted.push('"after"')
      const kept = new Set((await readAll(queue, lane)).flatMap(bodiesOf))
      accepted.filter((body) => !kept.has(body)).should.eql([])
      queue.ledgerOf(lane).pending.should.equal(kept.size)
      await queue.close()
      return true
    })
    if (!done) skip(this, needsRoot)
  })

  it('is opened on a disk that is full, drained there, and takes values again once that has space', async function () {
    const done = await onDisk(2, async (place) => {
      const folder = join(place, 'outbox')
      const before = await openQueue(folder)
      await before.append(lane, entries(10))
      await before.close()
      // As `write` ends early on a full disk, this takes the last byte there is.
      await writeFile(join(place, 'ballast'), Buffer.alloc(4e6)).should.be.rejectedWith({ code: 'ENOSPC' })
      const full = await openQueue(folder)
      await full.append(lane, entries(100, 'x', 1_000)).should.be.rejectedWith({ code: 'OUTBOX_FULL', message: /full/ })
      await deliver(full, (await readAll(full, lane)).slice(0, 4))
      await full.close()
      await rm(join(place, 'ballast'))
      const after = await openQueue(folder)
      ;(await readAll(after, lane)).length.should.equal(6)
      await after.append(lane, entries(1))
      await after.close()
      return true
    })
    if (!done) skip(this, needsRoot)
  })

  it('is refused where the disk is full before there is anything in it, and can be opened later', async function () {
    const done = await onDisk(2, async (place) => {
      await writeFile(join(place, 'ballast'), Buffer.alloc(4e6)).should.be.rejectedWith({ code: 'ENOSPC' })
      for (let tries = 0; tries < 3; tries++)
        await openQueue(join(place, 'outbox')).should.be.rejectedWith({ code: 'OUTBOX_FULL', message: /full/ })
      await rm(join(place, 'ballast'))
      const after = await openQueue(join(place, 'outbox'))
      await after.append(lane, entries(1))
      await after.close()
      return true
    })
    if (!done) skip(this, needsRoot)
  })
})

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20))
}
