import { strict as assert } from 'node:assert'
import { checkpointNames, decodeCheckpoint } from '../../../lib/outbox/log/checkpoint'
import { LogFault, type LogFaultKind } from '../../../lib/outbox/log/fault'
import { segmentName } from '../../../lib/outbox/log/segment-header'
import { openSegmentLog } from '../../../lib/outbox/log/segment-log'
import { Model, openOn } from './model'
import { randomOf, TestDisk } from './test-disk'

const put = (lane: string, sequence: number, body = `${lane} ${sequence}`) =>
  ({ type: 'put', lane, area: 'pending', sequence, count: 1, isAccepted: true, body: Buffer.from(body) }) as const

const isFault = (kind: LogFaultKind) => (failure: unknown) => failure instanceof LogFault && failure.kind === kind

describe('the log', () => {
  let disk: TestDisk

  beforeEach(() => {
    disk = new TestDisk(randomOf(1))
  })

  const open = () => openOn(disk, randomOf(2), () => 0)

  it('refuses a folder that another process has, that holds another store, or that is of a newer version', async () => {
    const log = await open()
    await assert.rejects(open(), isFault('locked'))
    await log.close()
    disk.put('CURRENT', Buffer.from('MANIFEST-000004'))
    await assert.rejects(open(), isFault('foreign'))
    assert.ok(disk.names.has('CURRENT'))
  })

  it('refuses what is handed in once it is closed', async () => {
    const log = await open()
    await log.close()
    await assert.rejects(log.commit([put('a', 1)]), isFault('closed'))
  })

  it('shares one sync among all that is handed in while another one is under way', async () => {
    const log = await open()
    await log.commit([put('a', 1)])
    let syncs = 0
    disk.fateOf = (_, what) => {
      if (what.startsWith('append segment')) syncs++
      return 'works'
    }
    const first = log.commit([put('a', 2)])
    await Promise.resolve().then(() => Promise.resolve())
    await Promise.all([first, ...Array.from({ length: 20 }, (_, at) => log.commit([put('a', 3 + at, 'x')]))])
    assert.ok(syncs <= 2, `${syncs} syncs`)
    await log.close()
  })

  it('writes what is long piece by piece, and syncs it once', async () => {
    const log = await openOn(disk, randomOf(2), () => 0, { pieceBytes: 1000 })
    const done: string[] = []
    disk.fateOf = (_, what) => {
      if (what.includes('segment')) done.push(what.split(' ')[0] ?? '')
      return 'works'
    }
    await log.commit(Array.from({ length: 30 }, (_, at) => put('a', 1 + at, 'x'.repeat(100))))
    assert.deepEqual(done, ['write', 'write', 'write', 'write', 'write', 'sync'])
    const { entries } = await log.read('a', 'pending', 1, 100)
    assert.equal(entries.length, 30)
    await log.close()
  })

  it('reads each of thousands of lanes in its order, and by itself', async function () {
    this.timeout(30_000)
    const log = await openSegmentLog(disk, {
      segmentBytes: 1 << 18,
      random: randomOf(2),
      monotonicMs: () => 0,
      turn: async () => undefined,
    })
    const lanes = Array.from({ length: 3000 }, (_, at) => `lane ${at}`)
    for (let round = 0; round < 4; round++)
      await log.commit(lanes.map((lane, at) => put(lane, 1 + round * lanes.length + at, `${lane}, ${round}`)))
    for (const at of [0, 1, 1499, 2999]) {
      const lane = lanes[at] ?? ''
      const { entries, atEnd } = await log.read(lane, 'pending', 0, 2 ** 40)
      const texts = entries.map(({ body }) => body.toString())
      assert.deepEqual(
        texts,
        [0, 1, 2, 3].map((round) => `${lane}, ${round}`),
      )
      assert.ok(atEnd)
    }
    await log.close()
  })

  it('keeps records longer than a segment, and reads slices of so many records or bytes', async () => {
    const log = await open()
    const long = 'x'.repeat(20_000)
    await log.commit([put('a', 1), put('a', 2, long), put('a', 3)])
    await log.commit([put('a', 4, long)])
    const first = await log.read('a', 'pending', 0, 2 ** 40, { mostBytes: 100 })
    assert.deepEqual([first.entries.length, first.nextSequence, first.atEnd], [1, 2, false])
    const second = await log.read('a', 'pending', 2, 4)
    assert.deepEqual(
      second.entries.map(({ body }) => body.toString()),
      [long, 'a 3'],
    )
    assert.equal((await log.read('a', 'pending', 4, 2 ** 40, { most: 1 })).entries[0]?.body.toString(), long)
    assert.deepEqual(await log.read('nobody', 'pending', 3, 9), {
      entries: [],
      nextSequence: 3,
      atEnd: true,
      damaged: 0,
      unbooked: [],
    })
    await log.close()
  })

  it('begins with what its checkpoint tells after a proper end, and reads no more than the last segment', async () => {
    const model = await Model.open(12)
    for (let step = 0; step < 300; step++) await model.step()
    await model.log.close()
    const left = model.disk.killed()
    const read = new Set<string>()
    const { open: openFile } = left
    left.open = async (name, options) => {
      const file = await openFile.call(left, name, options)
      const { read: readFile } = file
      file.read = (buffer, position) => {
        if (position >= 40 || buffer.length > 40) read.add(name)
        return readFile(buffer, position)
      }
      return file
    }
    const log = await openOn(left, randomOf(3), () => 0)
    assert.equal([...read].filter((name) => name.startsWith('segment-')).length, 1)
    await log.close()
  })

  it('names each new segment in a checkpoint without waiting for the next commit', async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const model = await Model.open(seed)
      for (let step = 0; step < 60; step++) await model.step()
      await model.log.idle()
      const last = [...model.disk.names.keys()]
        .filter((name) => name.startsWith('segment-'))
        .sort()
        .at(-1)
      const told = checkpointNames.map((name) => decodeCheckpoint(model.disk.bytesOf(name))?.segment ?? 0)
      assert.equal(segmentName(Math.max(...told)), last, `seed ${seed}`)
    }
  })
})
