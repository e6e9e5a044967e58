import should from 'should'
import { patienceMs } from '../patience'
import type { FakeCloud } from './fake-cloud'
import { hour, minute, scene as sceneOf } from './scene'

for (const listable of [false, true])
  describe(`what others go past, ${listable ? 'in bundles' : 'in single records'}`, function () {
    this.timeout(patienceMs)
    const scene = (play: Parameters<typeof sceneOf>[0]) => sceneOf(play, { listable })

    it(
      'is sent once its stream is known, even where a live request of it was refused before the late one',
      scene(async ({ cloud, lane, clock, outbox, accept, figures }) => {
        await accept(9000, 'w')
        await lane.attach(cloud)
        // So much that several requests go side by side.
        await clock.until(() => cloud.received.length === 9000)
        let refuseLate = () => {}
        cloud.answer = ({ kind, streams }): ReturnType<FakeCloud['answer']> => {
          if (!streams.includes('a')) return 'delivered'
          if (kind === 'live') return 'configuration'
          return new Promise((resolve) => {
            refuseLate = () => resolve('configuration')
          })
        }
        const eventTimeMs = clock.wallMs() - 2 * minute
        const late = ['"late-1"', '"late-2"']
        await outbox.acceptAll(
          'lane',
          late.map((payload) => ({ stream: 'a', payload, eventTimeMs, listable })),
        )
        await clock.until(() => cloud.inFlight === 1)
        await accept(10, 'a')
        await clock.pass(1000)
        refuseLate()
        await clock.pass(1000)
        await accept(10, 'b')
        await clock.pass(1000)
        cloud.answer = () => 'delivered'
        await clock.pass(hour)
        should(cloud.received).containEql(late[0]).and.containEql(late[1])
        ;(await figures()).should.containEql({ pending: 0, parkedStreams: 0 })
      }),
    )

    it(
      'goes in smaller parts where it was refused with others, and the line is too slow for it now',
      scene(async ({ cloud, lane, clock, accept, figures }) => {
        const bodies = await accept(400)
        cloud.answer = () => 'validation'
        await lane.attach(cloud)
        await clock.until(() => cloud.requests.length === 1)
        cloud.answer = ({ bodies: { length } }) => (length > 10 ? { kind: 'network', timedOut: true } : 'delivered')
        await clock.until(() => cloud.received.length === 400, 24 * hour)
        cloud.received.should.eql(bodies)
        await clock.pass(0)
        ;(await figures()).should.containEql({ pending: 0 })
      }),
    )
  })
