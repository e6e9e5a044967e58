import should from 'should'
import type { RetryClass } from '../../../lib/outbox'
import { patienceMs } from '../../patience'
import { minute, scene } from '../scene'

describe('A stream that goes its own way', () => {
  it(
    'sends nothing more before all that it has under way is answered',
    scene(async ({ cloud, lane, clock, outbox, accept }) => {
      await lane.attach(cloud)
      // Several requests at a time from now on.
      await accept(4000, 'b')
      await clock.pass(1000)
      const open: { bodies: readonly string[]; end: (kind: RetryClass['kind']) => void }[] = []
      cloud.answer = ({ streams, bodies }) =>
        streams.includes('a') ? new Promise((end) => open.push({ bodies, end })) : 'delivered'
      const old = ['"old-1"', '"old-2"']
      const eventTimeMs = clock.wallMs() - 2 * minute
      await outbox.acceptAll(
        'lane',
        old.map((payload) => ({ stream: 'a', payload, eventTimeMs })),
      )
      await clock.until(() => open.length === 1)
      const young = await accept(2, 'a')
      await clock.until(() => open.length === 2)
      should(open.map(({ bodies }) => bodies)).eql([old, young])
      // Both take so long that others would wait.
      for (let second = 0; second < 10; second++) {
        await accept(1, 'b')
        await clock.pass(1000)
      }
      const youngest = await accept(2, 'a')
      open[0]?.end('delivered')
      await clock.pass(1000)
      open.length.should.equal(2)
      open[1]?.end('server')
      cloud.answer = () => 'delivered'
      await clock.pass(minute)
      should(cloud.receivedBy.get('a')).eql([...old, ...young, ...youngest])
    }),
  )
})

describe('A long backlog of a stream that goes its own way', () => {
  for (const others of [[], ['b', 'c']])
    it(
      `is read three times at most, ${others.length > 0 ? 'also between those of others' : 'alone'}, and sent in order`,
      scene(async ({ cloud, disk, lane, clock, accept }) => {
        const bodies = await accept(24_000, 'a', ...others)
        const own = bodies.filter((body) => body.startsWith('"a-'))
        const bad = new Set([own[10], own[20], own[30]])
        cloud.answer = (request) => (request.bodies.some((body) => bad.has(body)) ? 'validation' : 'delivered')
        let read = 0
        disk.afterRead = async () => {
          read++
        }
        await accept(1, 'well')
        await lane.attach(cloud, { liveLimitMs: 0 })
        await clock.until(() => cloud.received.length === bodies.length - 2, 10 * minute)
        // In slices of a hundred, and a few more at the ends.
        should(read).be.belowOrEqual((3 * bodies.length) / 100 + 500)
        should(cloud.receivedBy.get('a')).eql(own.filter((body) => !bad.has(body)))
      }),
    ).timeout(patienceMs)
})

describe('What was refused together with a stream that is slow then', () => {
  it(
    'is sent without it',
    scene(async ({ cloud, lane, clock, accept, figures }) => {
      let endSlow: (kind: RetryClass['kind']) => void = () => undefined
      cloud.answer = ({ streams }) => {
        if (streams.includes('a') && streams.includes('b')) return 'validation'
        return streams.includes('a') ? new Promise((end) => (endSlow = end)) : 'delivered'
      }
      await accept(20, 'a', 'b')
      await lane.attach(cloud)
      for (let second = 0; second < 20; second++) {
        await accept(1, 'c')
        await clock.pass(1000)
      }
      should(cloud.receivedBy.get('b')).length(10)
      cloud.answer = () => 'delivered'
      endSlow('server')
      await clock.pass(5 * minute)
      ;(await figures()).should.containEql({ delivered: 40, pending: 0 })
    }),
  )
})

describe('A device that fails for ever', () => {
  // Which of the first requests take their time decides who is suspected, and who goes on an own way.
  for (const late of Array.from({ length: 32 }, (_, number) => number))
    it(
      `does not keep the others waiting after an outage in which ${late.toString(2).padStart(5, '0')} of the answers were late`,
      scene(async ({ cloud, lane, clock, accept, figures }) => {
        const after = (ms: number) => new Promise<void>((resolve) => clock.setTimeout(resolve, ms))
        let isDown = true
        let asked = 0
        cloud.answer = async ({ streams }) => {
          await after((late >> asked++) & 1 ? 5_000 : 25)
          return isDown || streams.includes('sick') ? 'server' : 'delivered'
        }
        await lane.attach(cloud)
        await accept(1, 'good')
        await clock.pass(10)
        await accept(1, 'sick')
        await clock.pass(20_000)
        isDown = false
        await clock.pass(10 * minute)
        ;(await figures()).should.containEql({ delivered: 1, pending: 1 })
      }),
    )
})
