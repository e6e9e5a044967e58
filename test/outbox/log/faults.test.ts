import { strict as assert } from 'node:assert'
import type { LogFile } from '../../../lib/outbox/log/disk'
import { LogFault } from '../../../lib/outbox/log/fault'
import { openSegmentLog } from '../../../lib/outbox/log/segment-log'
import { lanes, Model } from './model'
import { randomOf, TestDisk } from './test-disk'

/** More of everything: the long run has 20. */
const effort = Number(process.env['LOG_EFFORT'] ?? 1)

describe('the log on a disk that fails or is full', () => {
  it('refuses what a write, a sync or a new file has failed for, and keeps everything else', async function () {
    this.timeout(120_000 * effort)
    let refused = 0
    for (let seed = 1; seed <= 25 * effort; seed++) {
      const random = randomOf(seed * 31)
      const model = await Model.open(seed)
      for (let round = 0; round < 6; round++) {
        const share = random() * 0.2
        model.disk.fateOf = () => (random() < share ? (random() < 0.5 ? 'fails' : 'full') : 'works')
        for (let step = 0; step < 15; step++) await model.steps()
        model.disk.fateOf = () => 'works'
        // What is written after a failure settles what was refused: it is not there.
        for (let tried = 1; !(await model.commit([model.put(lanes[0] ?? '')])); tried++)
          assert.ok(tried < 5, String(model.lastRefusal))
        if (random() < 0.5) await model.check()
        if (random() < 0.3) continue
        const left = random() < 0.5 ? model.disk.killed() : model.disk.cut()
        await model.reopen(left)
      }
      refused += model.refusals
    }
    assert.ok(refused > 0)
  })

  it('goes on after each single operation that fails', async function () {
    this.timeout(120_000 * effort)
    for (const fate of ['fails', 'full'] as const) {
      for (let failing = 0; failing < 25 * effort; failing++) {
        const model = await Model.open(3)
        const first = model.disk.changes
        model.disk.fateOf = (change) => (change === first + failing * 7 ? fate : 'works')
        for (let step = 0; step < 60; step++) await model.step()
        await model.commit([model.put(lanes[0] ?? '')])
        await model.check()
        await model.reopen(model.disk.cut())
      }
    }
  })

  it('can be emptied on a full disk, with the room that it has set aside, and takes in again then', async function () {
    this.timeout(120_000 * effort)
    for (let seed = 1; seed <= 16 * effort; seed++) {
      const random = randomOf(seed)
      const model = await Model.open(seed)
      model.disk.capacityBytes = 80_000
      while (await model.commit([model.put(lanes[Math.floor(random() * 3)] ?? '')])) {}
      // Somebody else takes all that is left.
      model.disk.capacityBytes = model.disk.usedBytes
      if (seed % 2 === 0) await model.reopen(model.disk.cut())
      model.disk.capacityBytes = model.disk.usedBytes
      const all = lanes.flatMap((lane) => model.sequencesOf(lane, 'pending').map((sequence) => ({ lane, sequence })))
      assert.ok(all.length > 100)
      while (all.length > 0) {
        const at = seed % 3 === 0 ? Math.floor(random() * all.length) : 0
        const [one] = all.splice(at, 1)
        const changes = [model.settle(one?.lane ?? '', 'pending', 'delivered', [one?.sequence ?? 0])]
        assert.ok(await model.commit(changes), `seed ${seed}: ${all.length} left`)
      }
      await model.log.idle()
      await model.check()
      assert.ok(model.log.diskBytes() < 3 * 2048, `${model.log.diskBytes()} bytes are left`)
      model.disk.capacityBytes += 5_000
      for (let tried = 0; tried < 5; tried++) await model.commit([model.put(lanes[0] ?? '')])
      assert.ok(await model.commit([model.put(lanes[0] ?? '')]))
    }
  })

  it('gives its room back as records are settled, in whatever order', async function () {
    this.timeout(120_000 * effort)
    const model = await Model.open(9)
    const random = randomOf(9)
    for (let number = 0; number < 600; number++)
      await model.commit([model.put(lanes[0] ?? '', 'pending', { body: Buffer.alloc(150, number), count: 1 })])
    const fullBytes = model.log.diskBytes()
    const order = model.sequencesOf(lanes[0] ?? '', 'pending').sort(() => random() - 0.5)
    for (const [at, sequence] of order.entries()) {
      await model.commit([model.settle(lanes[0] ?? '', 'pending', 'delivered', [sequence])])
      if (at % 50 !== 49) continue
      await model.log.idle()
      const liveBytes = model.log.ledger(lanes[0] ?? '')?.pendingBytes ?? 0
      assert.ok(model.log.diskBytes() <= Math.max(4 * liveBytes, 6 * 2048), `${model.log.diskBytes()} for ${liveBytes}`)
    }
    await model.check()
    assert.ok(model.log.diskBytes() < fullBytes / 30)
  })

  it('keeps the name of a checkpoint on the disk that could be written at the second attempt only', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const model = await Model.open(seed)
      let [failed, synced] = [0, false]
      model.disk.fateOf = (_, what) => {
        if (what === 'sync checkpoint-b' && failed > 0) synced = true
        return what === 'write checkpoint-b' && failed++ === 0 ? 'full' : 'works'
      }
      while (!synced) await model.step()
      await model.log.idle()
      assert.ok(model.disk.cut().names.has('checkpoint-b'), `seed ${seed}`)
    }
  })

  it('gives up what a bad sector holds after a minute, counts it, and reads on behind it', async () => {
    const disk = new TestDisk(randomOf(5))
    let isBad = false
    const open = disk.open.bind(disk)
    disk.open = async (name, options) => {
      const file = await open(name, options)
      const read: LogFile['read'] = async (buffer, position) => {
        if (isBad && position <= 3000 && position + buffer.length > 3000)
          throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' })
        return file.read(buffer, position)
      }
      return name.startsWith('segment-') ? { ...file, read } : file
    }
    let nowMs = 0
    const options = { segmentBytes: 1 << 16, random: randomOf(6), turn: async () => undefined }
    const log = await openSegmentLog(disk, { ...options, monotonicMs: () => nowMs })
    const body = Buffer.alloc(300, 'x')
    const put = (sequence: number) =>
      ({ type: 'put', lane: 'l', area: 'pending', sequence, count: 2, isAccepted: true, body }) as const
    await log.commit(Array.from({ length: 20 }, (_, at) => put(1 + 2 * at)))
    isBad = true
    let failures = 0
    let damaged = 0
    for (let isRead = false; !isRead; nowMs += 1_000) {
      const slice = await log.read('l', 'pending', 0, 1000).catch((fault: unknown) => {
        assert.ok(fault instanceof LogFault && fault.kind === 'io')
        failures++
        return undefined
      })
      if (!slice) continue
      damaged = slice.damaged
      assert.equal(slice.entries.length, 19)
      isRead = true
    }
    assert.ok(failures >= 60 && failures < 70, `${failures} failures`)
    assert.equal(damaged, 2)
    assert.deepEqual([log.ledger('l')?.pending, log.ledger('l')?.damaged], [38, 2])
    await log.close()
  })

  it('writes once more what a failed sync may have left in memory only, before it counts it', async () => {
    const model = await Model.open(5)
    await model.commit([model.put('enos')])
    model.disk.fateOf = (_, what) => (what.startsWith('append segment') ? 'fails' : 'works')
    assert.equal(await model.commit([model.put('enos')]), false)
    const left = model.disk.killed()
    const done: string[] = []
    left.fateOf = (_, what) => {
      done.push(what)
      return 'works'
    }
    await model.reopen(left)
    assert.equal(model.kept.size, 2)
    const written = done.indexOf('write segment-000000000001')
    assert.ok(written >= 0 && written < done.indexOf('sync segment-000000000001'), done.join())
  })
})
