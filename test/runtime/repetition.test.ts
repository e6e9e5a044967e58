import { mock } from 'node:test'
import should from 'should'
import { Repetition } from '../../lib/runtime/repetition'

describe('A repetition', () => {
  let failures: unknown[]
  let successes: number
  let repetition: Repetition
  beforeEach(() => {
    mock.timers.enable({ apis: ['setInterval'] })
    failures = []
    successes = 0
    repetition = new Repetition(
      (failure) => failures.push(failure),
      () => successes++,
    )
  })
  afterEach(() => mock.timers.reset())

  /** A task that counts how often it was started, and ends when it is told to. */
  const countedTask = () => {
    const task = { started: 0, finish: () => {}, run: () => Promise.resolve() }
    task.run = () => {
      task.started++
      return new Promise<void>((resolve) => {
        task.finish = resolve
      })
    }
    return task
  }
  const settled = () => new Promise((resolve) => setImmediate(resolve))

  it('does its task at each interval and not before, and not again while it is still under way', async () => {
    const task = countedTask()
    repetition.start('key', 1000, task.run)
    mock.timers.tick(999)
    task.started.should.equal(0)
    mock.timers.tick(2001)
    task.started.should.equal(1)
    task.finish()
    await settled()
    successes.should.equal(1)
    mock.timers.tick(1000)
    task.started.should.equal(2)
  })

  it('goes on after a failure, which it tells', async () => {
    const failure = new Error('the line is down')
    repetition.start('key', 1000, () => Promise.reject(failure))
    for (let time = 0; time < 2; time++) {
      mock.timers.tick(1000)
      await settled()
    }
    should(failures).deepEqual([failure, failure])
    successes.should.equal(0)
  })

  it('keeps one task for each key: another start takes the place of the first, an end leaves the others', () => {
    const [first, second, other] = [countedTask(), countedTask(), countedTask()]
    repetition.start('key', 1000, first.run)
    repetition.start('key', 1000, second.run)
    repetition.start('other key', 1000, other.run)
    mock.timers.tick(1000)
    repetition.end('key')
    other.finish()
    mock.timers.tick(1000)
    should([first.started, second.started]).deepEqual([0, 1])
    other.started.should.be.above(0)
  })

  it('does nothing more once it is closed, and takes nothing new', () => {
    const [task, late] = [countedTask(), countedTask()]
    repetition.start('key', 1000, task.run)
    repetition.close()
    repetition.start('late key', 1000, late.run)
    mock.timers.tick(5000)
    should([task.started, late.started]).deepEqual([0, 0])
  })
})
