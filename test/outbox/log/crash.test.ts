import { strict as assert } from 'node:assert'
import { Model } from './model'
import { randomOf, type TestDisk } from './test-disk'

/** More of everything: the long run has 20. */
const effort = Number(process.env['LOG_EFFORT'] ?? 1)

/** Opens it on a disk whose power goes at a change, while it is opened or closed again. */
async function openUntil(model: Model, disk: TestDisk, change: number): Promise<void> {
  disk.fateOf = (number) => (number >= change ? 'cut' : 'works')
  try {
    await model.reopen(disk)
    await model.log.close()
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error
  }
}

describe('the log, when the process or the power goes', () => {
  it('holds what was handed in, and nothing else, after any history of commits and starts', async function () {
    this.timeout(120_000 * effort)
    for (let seed = 1; seed <= 5 * effort; seed++) {
      const model = await Model.open(seed)
      for (let step = 0; step < 120; step++) {
        await model.step()
        if (step % 40 !== 39) continue
        await model.check()
        await model.log.close()
        await model.reopen(model.disk.killed())
        assert.deepEqual(Object.values(model.log.report), [0, 0, 0, 0, 0, 0, 0, 0])
      }
    }
  })

  it('loses nothing on the disk when the power goes at any operation, and tears nothing that is tied', async function () {
    this.timeout(120_000 * effort)
    for (let seed = 1; seed <= 40 * effort; seed++) {
      const random = randomOf(seed * 7919)
      const model = await Model.open(seed)
      for (let life = 0; life < 3; life++) {
        const last = model.disk.changes + Math.floor(random() * 250)
        model.disk.fateOf = (change) => (change >= last ? 'cut' : 'works')
        while (model.disk.changes <= last) {
          await (random() < 0.5 ? model.step() : model.steps())
        }
        let left = random() < 0.4 ? model.disk.killed() : model.disk.cut()
        try {
          while (random() < 0.4) {
            await openUntil(model, left, Math.floor(random() * 15))
            left = random() < 0.4 ? left.killed() : left.cut()
          }
          await model.reopen(left)
        } catch (error) {
          throw new Error(`seed ${seed}, life ${life}`, { cause: error })
        }
      }
    }
  })

  it('holds what is handed in after an end at any operation, when the power goes right after that', async function () {
    this.timeout(120_000 * effort)
    for (let last = 0; last < 120 * effort; last++) {
      const random = randomOf(last)
      const model = await Model.open(last)
      const first = model.disk.changes
      const until = first + (last % 120)
      model.disk.fateOf = (change) => (change >= until ? 'cut' : 'works')
      while (model.disk.changes <= until) await model.step()
      await model.reopen(random() < 0.5 ? model.disk.killed() : model.disk.cut())
      assert.ok(await model.commit([model.put('enos')]))
      await model.reopen(model.disk.cut())
    }
  })
})
