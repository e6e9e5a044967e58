import should from 'should'
import type { RetryClass } from '../../../lib/outbox'
import { patienceMs } from '../../patience'
import { hour, minute, scene } from '../scene'

const lost: RetryClass = { kind: 'network', mayHaveArrived: true }

describe('Values that the cloud may have taken, although its answers do not come', function () {
  this.timeout(patienceMs)
  for (const listable of [false, true])
    it(
      `are sent four times soon, then one ${listable ? 'bundle' : 'record'} every one to three minutes, and the lane says so`,
      scene(
        async ({ cloud, lane, clock, accept, figures }) => {
          cloud.answer = () => lost
          await accept(1000)
          await lane.attach(cloud)
          await clock.until(() => cloud.requests.length === 4, minute)
          await clock.pass(0)
          ;(await figures()).should.containEql({ state: 'unclear', pending: 1000, dead: 0 })
          const since = clock.monotonicMs()
          await clock.pass(hour)
          const later = cloud.requests.slice(4)
          should(later.length).be.within(18, 60)
          const whole = cloud.requests[0]?.bodies.length ?? 0
          for (const { bodies } of later) should(bodies.length).be.belowOrEqual(listable ? whole / 2 : 1)
          const gaps = later.map(({ atMs }, at) => atMs - (later[at - 1]?.atMs ?? since))
          should(Math.min(...gaps)).be.aboveOrEqual(45_000)
          cloud.answer = () => 'delivered'
          await clock.until(() => cloud.received.length === 1000, 5 * minute)
          await clock.pass(0)
          ;(await figures()).should.containEql({ state: 'online', pending: 0, delivered: 1000 })
        },
        { listable },
      ),
    )

  it(
    'are sent seldom where the cloud answers about others all the time, and keep none of those',
    scene(async ({ cloud, lane, clock, accept }) => {
      cloud.batching = 'stream'
      const sentMs: number[] = []
      cloud.answer = ({ bodies: [first = ''] }) => {
        if (!first.includes('bad')) return 'delivered'
        sentMs.push(clock.monotonicMs())
        return lost
      }
      await lane.attach(cloud, { liveLimitMs: 0 })
      await accept(1, 'bad')
      for (let at = 0; at < 600; at++) {
        await accept(1, 'good')
        await clock.pass(500)
      }
      should(cloud.received.length).equal(600)
      should(sentMs.length).be.within(4, 15)
    }),
  )

  it(
    'are sent seldom where the cloud does nothing but refuse others meanwhile',
    scene(async ({ cloud, lane, clock, accept }) => {
      cloud.batching = 'stream'
      const sentMs: number[] = []
      cloud.answer = ({ bodies: [first = ''] }) => {
        if (!first.includes('silent'))
          return new Promise((resolve) => clock.setTimeout(() => resolve('validation'), 20))
        sentMs.push(clock.monotonicMs())
        return lost
      }
      await accept(70, 'silent', 'a', 'b', 'c', 'd', 'e', 'f')
      await lane.attach(cloud, { liveLimitMs: 0 })
      await clock.pass(minute)
      should(sentMs.length).be.within(4, 15)
      const within = sentMs.map((start) => sentMs.filter((ms) => ms >= start && ms < start + 1000).length)
      should(Math.max(...within)).be.belowOrEqual(5)
    }),
  )

  it(
    'are sent ever more seldom where one of them was refused before, and keep none of the others',
    scene(async ({ cloud, lane, clock, accept }) => {
      const sentMs: number[] = []
      cloud.answer = ({ bodies }) => {
        if (!bodies.some((body) => body.includes('bad'))) return 'delivered'
        if (bodies.length > 1) return 'validation'
        sentMs.push(clock.monotonicMs())
        return sentMs.length === 1 ? 'validation' : lost
      }
      await lane.attach(cloud)
      await accept(2, 'good', 'bad')
      for (let at = 0; at < 600; at++) {
        await accept(1, 'good')
        await clock.pass(500)
      }
      should(cloud.received.length).equal(601)
      should(sentMs.length).be.within(4, 20)
      const gaps = sentMs.slice(1).map((atMs, at) => atMs - (sentMs[at] ?? 0))
      should(Math.min(...gaps)).be.aboveOrEqual(1000)
      should(gaps.at(-1)).be.aboveOrEqual(30_000)
    }),
  )

  it(
    'do not slow a lane whose answers are lost now and then',
    scene(async ({ cloud, lane, clock, accept }) => {
      const asked = new Map<string, number>()
      cloud.answer = ({ bodies: [first = ''] }) => {
        lane.state.should.not.equal('unclear')
        asked.set(first, (asked.get(first) ?? 0) + 1)
        return (asked.get(first) ?? 0) % 4 === 0 ? 'delivered' : lost
      }
      for (let at = 0; at < 20; at++) await accept(1, `s${at}`)
      cloud.batching = 'stream'
      await lane.attach(cloud, { liveLimitMs: 0 })
      await clock.until(() => cloud.received.length === 20, 2 * hour)
    }),
  )

  it(
    'are no matter of a line that is surely dead: that is tried at the usual pace',
    scene(async ({ cloud, lane, clock, accept, figures }) => {
      cloud.answer = () => ({ kind: 'network', mayHaveArrived: false })
      await accept(10)
      await lane.attach(cloud)
      await clock.pass(hour)
      ;(await figures()).state.should.equal('offline')
      should(cloud.requests.length).be.above(59)
    }),
  )
})
