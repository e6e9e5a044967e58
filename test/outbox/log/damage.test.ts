import { strict as assert } from 'node:assert'
import { LogFault } from '../../../lib/outbox/log/fault'
import type { SegmentLog } from '../../../lib/outbox/log/segment-log'
import { type Kept, keyOf, lanes, Model, openOn, surplus, type TestLogOptions } from './model'
import { pageBytes, randomOf, TestDisk } from './test-disk'

/** More of everything: the long run has 20. */
const effort = Number(process.env['LOG_EFFORT'] ?? 1)

/** A disk with a log on it, what is alive there, and what ever was. */
interface Specimen {
  readonly files: ReadonlyMap<string, Buffer>
  readonly kept: ReadonlyMap<string, Kept>
  readonly ever: ReadonlySet<string>
}

interface Outcome {
  readonly log: SegmentLog
  readonly disk: TestDisk
  /** Records that are not there any more. */
  readonly lost: number
  /** Records that the figures count as damaged. */
  readonly damaged: number
}

/** @param isClosed a checkpoint tells of all of it */
async function specimen(
  seed: number,
  steps: number,
  isClosed: boolean,
  options: TestLogOptions = {},
): Promise<Specimen> {
  const model = await Model.open(seed, options)
  for (let step = 0; step < steps; step++) await model.step()
  await model.log.idle()
  if (isClosed) await model.log.close()
  const files = new Map([...model.disk.names].map(([name, { bytes }]) => [name, Buffer.from(bytes)]))
  return { files, kept: new Map(model.kept), ever: new Set(model.ever) }
}

/** Opens what is left of a log and reads all of it. Whatever is handed out was once handed in, and the figures agree. */
async function examine(
  { kept, ever }: Specimen,
  files: ReadonlyMap<string, Buffer>,
  isBad: TestDisk['isBad'] = () => false,
): Promise<Outcome> {
  const disk = new TestDisk(randomOf(1))
  for (const [name, bytes] of files) disk.put(name, bytes)
  disk.isBad = isBad
  let nowMs = 0
  const log = await openOn(disk, randomOf(2), () => nowMs)
  const found = new Set<string>()
  for (const lane of log.ledgers().map((ledger) => ledger.lane)) {
    for (const area of ['pending', 'dead', 'note'] as const) {
      for (let from = 0; ; ) {
        let slice = await log.read(lane, area, from, 2 ** 40, { most: 9 }).catch(failsOnDisk)
        // A sector is bad when it could not be read for a minute.
        for (; !slice; nowMs += 1000) {
          assert.ok(nowMs < 1e7, 'never read')
          slice = await log.read(lane, area, from, 2 ** 40, { most: 9 }).catch(failsOnDisk)
        }
        for (const { sequence, count, body } of slice.entries) {
          const key = keyOf(lane, area, sequence)
          assert.ok(ever.has(`${key} ${count} ${body}`) || lane.startsWith('recovered'), `${key}: never handed in`)
          // A bundle whose parting is lost holds what its parts were.
          for (let at = 0; at < count; at++) found.add(keyOf(lane, area, sequence + at))
        }
        if (slice.atEnd) break
        from = slice.nextSequence
      }
    }
  }
  let lost = 0
  for (const [key, { count }] of kept) {
    // It may be what it was before, where the settlement of that is lost.
    const isFound = found.has(key) || found.has(key.replace('\ndead\n', '\npending\n'))
    if (!isFound && !key.includes('\nnote\n')) lost += count
  }
  let damaged = 0
  for (const ledger of log.ledgers()) {
    assert.equal(surplus(ledger), 0, JSON.stringify(ledger))
    damaged += ledger.damaged
  }
  return { log, disk, lost, damaged }
}

/** The outcome of damage is the same at the next start. */
async function examineTwice(
  one: Specimen,
  files: ReadonlyMap<string, Buffer>,
  isBad?: TestDisk['isBad'],
): Promise<Outcome> {
  const first = await examine(one, files, isBad)
  await first.log.close()
  const left = new Map([...first.disk.names].map(([name, { bytes }]) => [name, bytes]))
  const second = await examine(one, left, isBad)
  assert.equal(second.lost, first.lost, 'lost at the second start')
  assert.equal(second.damaged, first.damaged, 'damaged at the second start')
  await second.log.close()
  return first
}

function failsOnDisk(fault: unknown): undefined {
  assert.ok(fault instanceof LogFault && fault.kind === 'io', String(fault))
}

function changed({ files }: Specimen, name: string, change: (bytes: Buffer) => Uint8Array): Map<string, Buffer> {
  const copies = new Map([...files].map(([one, bytes]) => [one, Buffer.from(bytes)]))
  copies.set(name, Buffer.from(change(copies.get(name) ?? Buffer.alloc(0))))
  return copies
}

const segmentsOf = ({ files }: Specimen): string[] =>
  [...files.keys()].filter((name) => name.startsWith('segment-')).sort()

const flip =
  (bit: number) =>
  (bytes: Buffer): Buffer => {
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    return bytes
  }

const zeroed =
  (from: number, length: number) =>
  (bytes: Buffer): Buffer =>
    bytes.fill(0, from, Math.min(bytes.length, from + length))

describe('the log, when bytes of it are damaged', () => {
  for (const isClosed of [true, false]) {
    const state = isClosed ? 'that was closed' : 'that was left open'

    it(`mends any single flipped bit of a log ${state}`, async function () {
      this.timeout(120_000 * effort)
      const one = await specimen(11, 120, isClosed)
      const random = randomOf(3)
      for (const [name, bytes] of one.files) {
        if (name === 'reserve') continue
        for (let at = 0; at < bytes.length; at += 1 + Math.floor((random() * (at < 120 ? 20 : 400)) / effort)) {
          const bit = 8 * at + Math.floor(random() * 8)
          const { log, lost, damaged } = await examine(one, changed(one, name, flip(bit)))
          assert.deepEqual(
            { lost, damaged },
            { lost: 0, damaged: 0 },
            `bit ${bit} of ${name} ${JSON.stringify(log.report)}`,
          )
        }
      }
    })

    it(`counts each record that a zeroed block has taken from a log ${state}, and loses no other`, async function () {
      this.timeout(120_000 * effort)
      for (let seed = 1; seed <= 2 * effort; seed++) {
        const one = await specimen(seed, 150, isClosed)
        for (const name of [...one.files.keys()]) {
          const { length } = one.files.get(name) ?? Buffer.alloc(0)
          for (const [from, size] of [
            [0, 512],
            [512, 512],
            [0, 4096],
            [Math.max(0, length - 300), 4096],
            [Math.floor(length / 2), 64],
          ] as const) {
            if (from >= length) continue
            const place = `seed ${seed}: ${size} bytes at ${from} of ${name}`
            const { log, lost, damaged } = await examineTwice(one, changed(one, name, zeroed(from, size)))
            const { tornBytes, missingSegments } = log.report
            if (isClosed) assert.equal(damaged, lost, place)
            else
              assert.ok(
                tornBytes + missingSegments > 0 || damaged >= lost,
                `${place}: ${lost} lost, ${damaged} damaged`,
              )
          }
        }
      }
    })

    it(`opens a log ${state} with a bad sector anywhere, counts what was on it, and loses no other`, async function () {
      this.timeout(120_000 * effort)
      for (let seed = 1; seed <= 2 * effort; seed++) {
        const one = await specimen(seed, 600, isClosed, { segmentBytes: 20_000 })
        let spared = 0
        for (const [name, { length }] of one.files) {
          for (let page = 0; page * pageBytes < length; page++) {
            const place = `seed ${seed}: page ${page} of ${name}`
            const isBad: TestDisk['isBad'] = (file, one) => file === name && one === page
            const { log, lost, damaged } = await examineTwice(one, one.files, isBad).catch((error) => {
              throw new Error(place, { cause: error })
            })
            const { tornBytes, missingSegments } = log.report
            if (isClosed) assert.equal(damaged, lost, place)
            else
              assert.ok(
                tornBytes + missingSegments > 0 || damaged >= lost,
                `${place}: ${lost} lost, ${damaged} damaged`,
              )
            if (lost === 0 && name.startsWith('segment-') && page > 0) spared++
          }
        }
        // Where everything is, is told by pages of the log, which are made anew.
        assert.ok(spared > 0)
      }
    })

    it(`counts what is gone with a missing segment of a log ${state}`, async function () {
      this.timeout(60_000 * effort)
      for (let seed = 1; seed <= 6 * effort; seed++) {
        const one = await specimen(seed, 150, isClosed)
        for (const name of segmentsOf(one)) {
          const files = new Map(one.files)
          files.delete(name)
          const { log, lost, damaged } = await examineTwice(one, files)
          if (isClosed) assert.equal(damaged, lost, `seed ${seed}, ${name}`)
          else assert.ok(log.report.missingSegments > 0 || damaged >= lost, `seed ${seed}, ${name}`)
        }
      }
    })
  }

  it('counts what is behind the end of a last segment that is cut off at any byte', async function () {
    this.timeout(120_000 * effort)
    const one = await specimen(5, 90, true)
    const name = segmentsOf(one).at(-1) ?? ''
    const random = randomOf(9)
    const { length } = one.files.get(name) ?? Buffer.alloc(0)
    for (let end = 0; end < length; end += 1 + Math.floor((random() * 30) / effort)) {
      const { lost, damaged } = await examine(
        one,
        changed(one, name, (bytes) => bytes.subarray(0, end)),
      )
      assert.equal(damaged, lost, `cut off at ${end} of ${length}`)
    }
  })

  it('keeps what lies before the end of a log that was left open and is cut off at any byte', async function () {
    this.timeout(120_000 * effort)
    const model = await Model.open(4)
    const written: { end: number; key: string }[] = []
    for (let number = 0; number < 10; number++) {
      const put = model.put(lanes[number % 2] ?? '', 'pending')
      await model.commit([put])
      const { length } = model.disk.bytesOf('segment-000000000001')
      if (!model.disk.names.has('segment-000000000002'))
        written.push({ end: length, key: keyOf(put.lane, put.area, put.sequence) })
    }
    const files = new Map([...model.disk.names].map(([name, { bytes }]) => [name, bytes]))
    for (const name of [...files.keys()])
      if (name.startsWith('checkpoint') || name > 'segment-000000000001') files.delete(name)
    const one = { files, kept: model.kept, ever: model.ever }
    const last = written.at(-1)?.end ?? 0
    for (let end = 40; end <= last; end++) {
      const kept = new Map(written.filter((put) => put.end <= end).map(({ key }) => [key, { count: 1, body: '' }]))
      const outcome = await examine(
        { ...one, kept },
        changed(one, 'segment-000000000001', (bytes) => bytes.subarray(0, end)),
      )
      assert.equal(outcome.lost, 0, `cut off at ${end}`)
    }
  })

  it('loses one of what was written together last, where the log was closed after that', async () => {
    const model = await Model.open(21)
    const lane = lanes[0] ?? ''
    const letters = Array.from({ length: 20 }, () => model.put(lane, 'dead', { count: 1 }))
    const accepted = letters.map((letter) => ({ ...letter, area: 'pending', isAccepted: true }) as const)
    await model.commit(accepted)
    const sequences = letters.map(({ sequence }) => sequence)
    await model.commit([model.settle(lane, 'pending', 'passed', sequences), ...letters], true)
    await model.log.close()
    const files = new Map([...model.disk.names].map(([name, { bytes }]) => [name, Buffer.from(bytes)]))
    const one = { files, kept: new Map(model.kept), ever: new Set(model.ever) }
    const name = segmentsOf(one).at(-1) ?? ''
    const at = files.get(name)?.indexOf(letters[10]?.body ?? '') ?? 0
    const { lost, damaged } = await examineTwice(
      one,
      changed(one, name, (bytes) => bytes.fill(0xa5, at, at + 3)),
    )
    assert.deepEqual({ lost, damaged }, { lost: 1, damaged: 1 })
  })

  it('goes by the other checkpoint when one is damaged, and by the log alone when both are', async function () {
    this.timeout(60_000 * effort)
    for (let seed = 1; seed <= 12 * effort; seed++) {
      const one = await specimen(seed, 200, seed % 2 === 0)
      for (const names of [['checkpoint-a'], ['checkpoint-b'], ['checkpoint-a', 'checkpoint-b']]) {
        let files = new Map(one.files)
        for (const name of names) if (files.has(name)) files = changed({ ...one, files }, name, zeroed(20, 8))
        const { log, lost, damaged } = await examineTwice(one, files)
        assert.equal(lost, 0, `seed ${seed}, ${names}`)
        if (names.length === 1) {
          assert.equal(damaged, 0, `seed ${seed}, ${names}`)
          assert.equal(log.report.reappeared, 0, `seed ${seed}, ${names}`)
        }
      }
    }
  })

  it('takes no copy of a segment for another, and puts one right that has a wrong name', async function () {
    this.timeout(60_000 * effort)
    for (let seed = 1; seed <= 2 * effort; seed++) {
      const one = await specimen(seed, 150, seed % 2 === 0)
      const names = segmentsOf(one)
      for (const name of names) {
        const bytes = one.files.get(name) ?? Buffer.alloc(0)
        for (const copy of ['segment-000000000900', `${name} (copy)`]) {
          const { lost, damaged, log } = await examineTwice(one, new Map(one.files).set(copy, bytes))
          assert.deepEqual({ lost, damaged }, { lost: 0, damaged: 0 })
          assert.equal(log.report.strangeFiles, 1)
          assert.equal(log.report.reappeared, 0)
        }
        const renamed = new Map(one.files).set('segment-000000000900', bytes)
        renamed.delete(name)
        const { lost, damaged } = await examineTwice(one, renamed)
        assert.deepEqual({ lost, damaged }, { lost: 0, damaged: 0 }, `renamed ${name}`)
      }
    }
  })

  it('keeps a copy of what it could not read', async () => {
    const one = await specimen(8, 150, true)
    let files = new Map(one.files)
    for (const name of segmentsOf(one))
      files = changed({ ...one, files }, name, (bytes) => bytes.fill(0xa5, 60, Math.min(bytes.length, 1000)))
    const { disk, lost } = await examine(one, files)
    assert.ok(lost > 0)
    const copies = [...disk.names.keys()].filter((copy) => copy.startsWith('damaged-'))
    assert.ok(copies.some((copy) => disk.bytesOf(copy).includes(Buffer.alloc(40, 0xa5))))
  })

  it('opens whatever the files hold', async function () {
    this.timeout(60_000 * effort)
    const random = randomOf(77)
    const one = await specimen(6, 120, false)
    for (let round = 0; round < 40 * effort; round++) {
      const files = new Map<string, Buffer>()
      for (const [name, bytes] of one.files) {
        const copy = Buffer.from(bytes)
        const chance = random()
        if (chance < 0.2) continue
        if (chance < 0.6) {
          const from = Math.floor(random() * copy.length)
          const end = Math.min(copy.length, from + Math.floor(random() * 600))
          for (let at = from; at < end; at++) copy[at] = Math.floor(random() * 256)
        }
        files.set(name, chance > 0.9 ? copy.subarray(0, Math.floor(random() * copy.length)) : copy)
      }
      const { log } = await examine(one, files)
      await log.close()
    }
  })
})
