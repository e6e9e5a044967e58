import { randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import should from 'should'
import type { ConnectorError } from '../../../lib/core'
import type { QueueOptions } from '../../../lib/outbox/queue/options'
import { DurableQueue } from '../../../lib/outbox/queue/queue'
import { faultOf, levelDriver, type Store, type StoreDriver } from '../../../lib/outbox/store/store'
import { patienceMs } from '../../patience'
import { skip } from '../../skipping'
import { bodiesOf, inFolder, noEvents, readAll } from '../places'
import { makeReadOnly, onDisk, within } from '../small-disks'

const lane = 'lane'
const plenty = async () => ({ freeBytes: 1e12, totalBytes: 1e12 })
const open = (folder: string, options: Partial<QueueOptions> = {}) =>
  DurableQueue.open({ folder, diskSpace: plenty, ...options }, noEvents)
const append = (queue: DurableQueue, payload: string) => queue.append(lane, [{ stream: 's', payload, eventTimeMs: 1 }])
const payloadsIn = async (queue: DurableQueue) => (await readAll(queue, lane)).flatMap(bodiesOf)
const quarantines = async (folder: string) =>
  (await readdir(folder)).filter((name) => name.startsWith('quarantine')).length

/** As LevelDB tells them, by the system's words. */
const errnos = {
  ENOSPC: ['No space left on device', 'OUTBOX_FULL'],
  EDQUOT: ['Disk quota exceeded', 'OUTBOX_FULL'],
  EIO: ['Input/output error', 'OUTBOX_UNAVAILABLE'],
  EROFS: ['Read-only file system', 'OUTBOX_UNAVAILABLE'],
} as const
type Errno = keyof typeof errnos

type Operation = 'open' | 'repair' | 'batch' | 'compact' | 'releaseMemory' | 'close'
/** Files that LevelDB writes to. */
const files = ['000012.log', '000013.ldb', 'MANIFEST-000014', 'LOCK'] as const

/** LevelDB, of which some operations fail as on a disk with this fault: before anything is done, or after. */
class FaultyDisk implements StoreDriver {
  readonly #failing = new Map<Operation, { left: number; message: string; isAfter: boolean }>()

  fail(operation: Operation, errno: Errno, { file = files[0] as string, times = 2, isAfter = false } = {}): void {
    const message = `IO error: /outbox/store/${file}: ${errnos[errno][0]}`
    this.#failing.set(operation, { left: times, message, isAfter })
  }

  /** Whether all that was to fail has. */
  get isOver(): boolean {
    return [...this.#failing.values()].every(({ left }) => left === 0)
  }

  async open(folder: string): Promise<Store> {
    const store = await this.#run('open', () => levelDriver.open(folder))
    return {
      get: (key) => store.get(key),
      scan: (range, options) => store.scan(range, options),
      batch: (operations) => this.#run('batch', () => store.batch(operations)),
      compact: (range) => this.#run('compact', () => store.compact(range)),
      releaseMemory: () => this.#run('releaseMemory', () => store.releaseMemory()),
      close: async () => {
        await store.close()
        await this.#run('close', async () => undefined)
      },
    }
  }

  repair(folder: string): Promise<void> {
    return this.#run('repair', () => levelDriver.repair(folder))
  }

  async #run<Result>(operation: Operation, work: () => Promise<Result>): Promise<Result> {
    const fault = this.#failing.get(operation)
    const isFailing = fault !== undefined && fault.left > 0
    if (isFailing) fault.left--
    if (!isFailing) return work()
    if (fault.isAfter) await work()
    throw faultOf(Object.assign(new Error(fault.message), { code: 'LEVEL_IO_ERROR' }))
  }
}

describe('An outbox whose disk fails at a write', function () {
  this.timeout(patienceMs)

  for (const errno of Object.keys(errnos) as Errno[]) {
    const code = errnos[errno][1]

    for (const file of files)
      for (const isAfter of [false, true])
        it(`loses nothing that it has accepted, and goes on by itself: batch, ${errno} of ${file}, ${isAfter ? 'written all the same' : 'not written'}`, () =>
          inFolder(async (folder) => {
            const disk = new FaultyDisk()
            const queue = await open(folder, { openDisk: () => disk })
            await append(queue, '"before"')
            disk.fail('batch', errno, { file, isAfter })
            const outcomes = await Promise.allSettled([append(queue, '"a"'), append(queue, '"b"')])
            const accepted = ['"before"']
            for (const [at, outcome] of outcomes.entries()) {
              if (outcome.status === 'fulfilled') accepted.push(at === 0 ? '"a"' : '"b"')
              else should((outcome.reason as ConnectorError).code).be.oneOf(code, 'OUTBOX_UNAVAILABLE')
            }
            should(await within(10_000, () => append(queue, '"after"'))).be.true()
            accepted.push('"after"')
            should(disk.isOver).be.true()
            should(await payloadsIn(queue)).deepEqual(accepted)
            await queue.close()
            const again = await open(folder)
            should(await payloadsIn(again)).deepEqual(accepted)
            await again.close()
            should(await quarantines(folder)).equal(0)
          }))

    it(`cannot be opened, says so, and can be opened afterwards: ${errno}`, () =>
      inFolder(async (folder) => {
        const first = await open(folder)
        await append(first, '"kept"')
        await first.close()
        const disk = new FaultyDisk()
        for (const operation of ['open', 'batch'] as const) {
          disk.fail(operation, errno, { file: 'LOCK', times: 9 })
          disk.fail('repair', errno, { times: 9 })
          await open(folder, { openDisk: () => disk }).should.be.rejectedWith({ code })
          disk.fail(operation, errno, { times: 0 })
          disk.fail('repair', errno, { times: 0 })
          const queue = await open(folder, { openDisk: () => disk })
          should(await payloadsIn(queue)).deepEqual(['"kept"'])
          await queue.close()
        }
      }))

    for (const operation of ['open', 'close', 'compact', 'releaseMemory', 'repair'] as const)
      it(`goes on after a failed write of which the cure fails too: ${operation}, ${errno}`, () =>
        inFolder(async (folder) => {
          const disk = new FaultyDisk()
          const queue = await open(folder, { openDisk: () => disk })
          for (let at = 0; at < 5; at++) await append(queue, `"${at}"`)
          disk.fail('batch', errno, { times: 1 })
          disk.fail(operation, errno)
          should(await within(10_000, () => append(queue, '"after"'))).be.true()
          const records = await readAll(queue, lane)
          should(records.flatMap(bodiesOf)).deepEqual(['"0"', '"1"', '"2"', '"3"', '"4"', '"after"'])
          for (const { sequence } of records) queue.leasesOf(lane).take(sequence)
          await queue.settle(lane, { delivered: records })
          await queue.close()
          const again = await open(folder)
          should(await payloadsIn(again)).be.empty()
          await again.close()
        }))
  }
})

describe('An outbox whose disk becomes read-only', function () {
  this.timeout(patienceMs)

  const why = 'a disk that is read-only needs root and Linux, to mount one'
  const readOnly = /^The disk of the outbox folder .* is read-only, .*Check it and make it writable/

  it('refuses with advice, loses nothing accepted, and goes on without a restart once it is writable', async function () {
    const ran = await onDisk(128, async (place) => {
      const folder = join(place, 'outbox')
      const queue = await open(folder)
      const accepted: string[] = []
      const fill = async (until: (refusal: ConnectorError) => boolean) => {
        for (let at = 0; ; at++) {
          const payload = `"${accepted.length} ${at} ${randomBytes(15_000).toString('base64')}"`
          try {
            await append(queue, payload)
            accepted.push(payload)
          } catch (refusal) {
            if (until(refusal as ConnectorError)) return
          }
        }
      }
      for (let at = 0; at < 20; at++) {
        accepted.push(`"first ${at}"`)
        await append(queue, `"first ${at}"`)
      }
      const [record] = await readAll(queue, lane)
      if (!record) throw new Error('Nothing was accepted.')
      const makeWritable = makeReadOnly(folder)
      let settled: Promise<void>
      try {
        // As long as its log is open it can write on.
        await fill(({ code, message }) => code === 'OUTBOX_UNAVAILABLE' && readOnly.test(message))
        queue.leasesOf(lane).take(record.sequence)
        settled = queue.settle(lane, { delivered: [record] })
        await append(queue, '"too late"').should.be.rejectedWith({ code: 'OUTBOX_UNAVAILABLE', message: readOnly })
        should(accepted.length).be.above(20)
      } finally {
        makeWritable()
      }
      should(await within(20_000, () => append(queue, '"after"'))).be.true()
      await settled
      const delivered = bodiesOf(record)
      const expected = [...accepted.filter((payload) => !delivered.includes(payload)), '"after"']
      should(new Set(await payloadsIn(queue))).deepEqual(new Set(expected))
      await queue.close()
      const again = await open(folder)
      should(await payloadsIn(again)).deepEqual(expected)
      await again.close()
      should(await quarantines(folder)).equal(0)
      return true
    })
    if (!ran) skip(this, why)
  })

  it('before it is opened refuses with what to do, and is opened with all it holds once it is writable', async function () {
    const ran = await onDisk(64, async (place) => {
      const folder = join(place, 'outbox')
      const first = await open(folder)
      await append(first, '"kept"')
      await first.close()
      const makeWritable = makeReadOnly(folder)
      try {
        await open(folder).should.be.rejectedWith({ code: 'OUTBOX_UNAVAILABLE', message: readOnly })
      } finally {
        makeWritable()
      }
      const queue = await open(folder)
      should(await payloadsIn(queue)).deepEqual(['"kept"'])
      await queue.close()
      return true
    })
    if (!ran) skip(this, why)
  })
})
