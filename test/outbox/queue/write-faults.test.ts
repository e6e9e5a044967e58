import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import should from 'should'
import type { ConnectorError } from '../../../lib/core'
import type { QueueOptions } from '../../../lib/outbox/queue/options'
import { DurableQueue } from '../../../lib/outbox/queue/queue'
import { patienceMs } from '../../patience'
import { skip } from '../../skipping'
import { bodiesOf, inFolder, noEvents, plenty, readAll } from '../places'
import { type DiskOperation, diskWith } from '../real-disk'
import { makeReadOnly, onDisk, within } from '../small-disks'

const lane = 'lane'
const open = (folder: string, options: Partial<QueueOptions> = {}) =>
  DurableQueue.open({ folder, diskSpace: plenty, ...options }, noEvents)
const append = (queue: DurableQueue, payload: string) => queue.append(lane, [{ stream: 's', payload, eventTimeMs: 1 }])
const payloadsIn = async (queue: DurableQueue) => (await readAll(queue, lane)).flatMap(bodiesOf)

/** As the system tells them. */
const errnos = {
  ENOSPC: ['no space left on device', 'OUTBOX_FULL'],
  EDQUOT: ['disk quota exceeded', 'OUTBOX_FULL'],
  EIO: ['i/o error', 'OUTBOX_UNAVAILABLE'],
  EROFS: ['read-only file system', 'OUTBOX_UNAVAILABLE'],
} as const
type Errno = keyof typeof errnos

interface Failing {
  readonly errno: Errno
  readonly isAfter: boolean
  left: number
}

/** The disk of this PC, of which some operations fail with this error: before anything is done, or after. */
class FaultyDisk {
  readonly #failing = new Map<DiskOperation, Failing>()

  fail(operation: DiskOperation, errno: Errno, { times = 2, isAfter = false } = {}): void {
    this.#failing.set(operation, { errno, isAfter, left: times })
  }

  stopFailing(): void {
    this.#failing.clear()
  }

  readonly open = diskWith(async (operation, name, run) => {
    const failing = this.#failing.get(operation)
    if (!failing || failing.left === 0) return run()
    failing.left--
    if (failing.isAfter) await run()
    const [text] = errnos[failing.errno]
    throw Object.assign(new Error(`${failing.errno}: ${text}, ${operation} '${name}'`), { code: failing.errno })
  })
}

describe('An outbox whose disk fails at a write', function () {
  this.timeout(patienceMs)

  for (const errno of Object.keys(errnos) as Errno[]) {
    const code = errnos[errno][1]

    for (const times of [1, 2, 3])
      for (const isAfter of [false, true])
        it(`loses nothing that it has accepted, and goes on by itself: ${errno}, ${times} times, ${isAfter ? 'written all the same' : 'not written'}`, () =>
          inFolder(async (folder) => {
            const disk = new FaultyDisk()
            const queue = await open(folder, { openDisk: disk.open })
            await append(queue, '"before"')
            disk.fail('append', errno, { times, isAfter })
            const outcomes = await Promise.allSettled([append(queue, '"a"'), append(queue, '"b"')])
            const accepted = ['"before"']
            for (const [at, outcome] of outcomes.entries()) {
              if (outcome.status === 'fulfilled') accepted.push(at === 0 ? '"a"' : '"b"')
              else should((outcome.reason as ConnectorError).code).be.oneOf(code, 'OUTBOX_UNAVAILABLE')
            }
            should(await within(10_000, () => append(queue, '"after"'))).be.true()
            accepted.push('"after"')
            should(await payloadsIn(queue)).deepEqual(accepted)
            await queue.close()
            const again = await open(folder)
            should(await payloadsIn(again)).deepEqual(accepted)
            should(again.ledgerOf(lane)).containEql({ accepted: accepted.length, damaged: 0 })
            await again.close()
          }))

    it(`cannot be opened, says so, and can be opened afterwards: ${errno}`, () =>
      inFolder(async (folder) => {
        const first = await open(folder)
        await append(first, '"kept"')
        await first.close()
        const disk = new FaultyDisk()
        for (const operation of ['lock', 'list', 'open', 'read', 'sync'] as const) {
          disk.fail(operation, errno, { times: 9 })
          await open(folder, { openDisk: disk.open }).should.be.rejectedWith({ code })
          disk.stopFailing()
          const queue = await open(folder, { openDisk: disk.open })
          should(await payloadsIn(queue)).deepEqual(['"kept"'])
          await queue.close()
        }
      }))

    for (const operation of ['create', 'truncate', 'sync', 'syncFolder', 'write', 'remove', 'close'] as const)
      it(`goes on after a failed write of which the cure fails too: ${operation}, ${errno}`, () =>
        inFolder(async (folder) => {
          const disk = new FaultyDisk()
          const queue = await open(folder, { openDisk: disk.open })
          for (let at = 0; at < 5; at++) await append(queue, `"${at}"`)
          disk.fail('append', errno, { times: 1 })
          disk.fail(operation, errno, { isAfter: operation === 'close' })
          should(await within(10_000, () => append(queue, '"after"'))).be.true()
          const records = await readAll(queue, lane)
          should(records.flatMap(bodiesOf)).deepEqual(['"0"', '"1"', '"2"', '"3"', '"4"', '"after"'])
          for (const { sequence } of records) queue.leasesOf(lane).take(sequence)
          await queue.settle(lane, { delivered: records })
          await queue.close()
          const again = await open(folder)
          should(await payloadsIn(again)).be.empty()
          should(again.ledgerOf(lane)).containEql({ accepted: 6, delivered: 6, damaged: 0 })
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
        // As long as its file is open it can write on.
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
