import should from 'should'
import type { LaneFigures } from '../../lib/outbox'
import { LaneWatch } from '../../lib/runtime/lane-watch'
import { ManualClock } from '../outbox/manual-clock'
import { patienceMs } from '../patience'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute

describe('What a badge is told of its lane', function () {
  this.timeout(patienceMs)
  const scene = () => {
    const clock = new ManualClock()
    let oldestMs: number | undefined
    const told: number[] = []
    const asked: string[] = []
    const watch = new LaneWatch(async (lane) => {
      asked.push(lane)
      return { lane, oldestAgeMs: oldestMs && clock.monotonicMs() - oldestMs } as LaneFigures
    }, clock)
    const stop = watch.watch('lane', () => told.push(clock.monotonicMs()))
    return { clock, watch, told, asked, stop, waitSince: (atMs: number | undefined) => (oldestMs = atMs) }
  }

  it('comes at the beginning and then only when something changes: idle lanes are never looked at', async () => {
    const { clock, watch, asked, told } = scene()
    for (let lane = 0; lane < 100; lane++) watch.watch(`idle ${lane}`, () => undefined)
    await clock.pass(second)
    should(asked).have.length(101)
    await clock.pass(24 * hour)
    watch.changed('nobody watches this one')
    await clock.pass(hour)
    should(asked).have.length(101)
    watch.changed('lane')
    await clock.pass(second)
    should(asked).have.length(102)
    should(told).have.length(2)
  })

  it('comes at most four times a second, however much happens, and never too late to tell the last of it', async () => {
    const { clock, watch, told } = scene()
    for (let atMs = 0; atMs < 10 * second; atMs += 5) {
      watch.changed('lane')
      await clock.pass(5)
    }
    should(told.length).be.within(20, 40)
    for (const [at, atMs] of told.slice(1).entries()) should(atMs - (told[at] ?? 0)).be.aboveOrEqual(250)
    const before = told.length
    watch.changed('lane')
    await clock.pass(250)
    should(told).have.length(before + 1)
  })

  it('comes while something waits, as often as its age reads differently: each second, then each minute', async () => {
    const { clock, watch, told, waitSince } = scene()
    await clock.pass(second)
    waitSince(clock.monotonicMs())
    watch.changed('lane')
    const countIn = async (ms: number) => {
      const before = told.length
      await clock.pass(ms)
      return told.length - before
    }
    should(await countIn(minute)).be.within(59, 61)
    should(await countIn(10 * minute)).be.within(9, 11)
    waitSince(undefined)
    watch.changed('lane')
    should(await countIn(hour)).equal(1)
  })

  it('ends with the node', async () => {
    const { clock, watch, told, waitSince, stop } = scene()
    waitSince(clock.monotonicMs())
    await clock.pass(second)
    const before = told.length
    stop()
    watch.changed('lane')
    await clock.pass(hour)
    should(told).have.length(before)
  })
})
