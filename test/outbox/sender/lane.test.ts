import should from 'should'
import { type OutboxEvent, prometheusText } from '../../../lib/outbox'
import { patienceMs } from '../../patience'
import type { FakeCloud } from '../fake-cloud'
import { hour, minute, scene as sceneOf } from '../scene'

/** Answers when the test says so. */
function slowly(cloud: FakeCloud, clock: { setTimeout(callback: () => void, ms: number): unknown }, ms: number): void {
  cloud.answer = () => new Promise((resolve) => clock.setTimeout(() => resolve('delivered'), ms))
}

for (const listable of [false, true])
  describe(`a lane, ${listable ? 'of bundles' : 'of single records'}`, function () {
    this.timeout(patienceMs)
    const scene = (play: Parameters<typeof sceneOf>[0], settings: Parameters<typeof sceneOf>[1] = {}) =>
      sceneOf(play, { ...settings, listable })

    it(
      'delivers all after 72 hours offline: live values first, then the backlog, each stream in order',
      scene(async ({ cloud, lane, clock, accept, figures }) => {
        cloud.answer = () => 'network'
        await lane.attach(cloud)
        const sent = new Map<string, string[]>()
        const acceptAll = async () => {
          for (const stream of ['a', 'b', 'c', 'd'])
            sent.set(stream, [...(sent.get(stream) ?? []), ...(await accept(1, stream))])
        }
        for (let at = 0; at < 72 * 60; at++) {
          await acceptAll()
          await clock.pass(minute)
        }
        ;(await figures()).should.containEql({ state: 'offline', pending: 72 * 60 * 4, dead: 0 })
        cloud.requests.length = 0
        slowly(cloud, clock, 200)
        await acceptAll()
        const fresh = [...sent.values()].map((bodies) => bodies.at(-1))
        await clock.until(() => cloud.received.length > 0, minute)
        cloud.requests[0]?.kind.should.equal('live')
        new Set(cloud.received).should.eql(new Set(fresh))
        await clock.until(() => cloud.received.length === 72 * 60 * 4 + 4, hour)
        for (const [stream, bodies] of sent) {
          const backlog = cloud.requests.filter(({ kind }) => kind === 'late').flatMap((request) => request.bodies)
          backlog.filter((body) => body.startsWith(`"${stream}-`)).should.eql(bodies.slice(0, -1))
        }
        cloud.requests
          .slice(1)
          .every(({ kind }) => kind === 'late')
          .should.be.true()
      }),
    )

    it(
      'sends the next full batch of a stream while the disk takes note of the one before',
      scene(async ({ cloud, disk, lane, clock, accept }) => {
        const bodies = await accept(2500)
        let goOn = () => {}
        disk.beforeWrite = new Promise<void>((resolve) => {
          goOn = resolve
        })
        slowly(cloud, clock, 100)
        await lane.attach(cloud)
        await clock.until(() => cloud.requests.length === 2)
        goOn()
        await clock.until(() => cloud.received.length === bodies.length)
        cloud.received.should.eql(bodies)
      }),
    )

    for (const liveLimitMs of [60_000, 0]) {
      it(
        `delivers a record that arrives while the reader finds that there is nothing more (live limit ${liveLimitMs} ms)`,
        scene(async ({ cloud, disk, lane, clock, accept }) => {
          await accept(1)
          disk.afterRead = async () => {
            disk.afterRead = undefined
            await accept(1)
          }
          await lane.attach(cloud, { liveLimitMs })
          await clock.until(() => cloud.received.length === 2)
        }),
      )
    }

    it(
      'delivers what was unanswered when its destination was let go, even where another request ended',
      scene(async ({ cloud, lane, clock, accept }) => {
        cloud.batching = 'stream'
        // So much that the lane learns to have several requests under way.
        for (const stream of ['u', 'v', 'w', 'x', 'y', 'z']) await accept(10, stream)
        await lane.attach(cloud, { liveLimitMs: 0 })
        await clock.until(() => cloud.received.length === 60)
        cloud.received.length = 0
        cloud.requests.length = 0
        let answerB = () => {}
        cloud.answer = ({ streams }, signal) =>
          new Promise((resolve) => {
            if (streams[0] === 'b') answerB = () => resolve('delivered')
            signal.addEventListener('abort', () => resolve('network'))
            if (streams[0] === 'a') clock.setTimeout(() => resolve('network'), 100)
          })
        const [unanswered] = await accept(1, 'a')
        const [delivered] = await accept(1, 'b')
        await clock.until(() => cloud.requests.length === 2)
        const letGo = lane.detach()
        await clock.pass(200)
        answerB()
        await clock.pass(5_000)
        await letGo
        cloud.answer = () => 'delivered'
        await lane.attach(cloud, { liveLimitMs: 0 })
        await clock.until(() => cloud.received.length === 2)
        cloud.received.should.eql([delivered, unanswered])
      }),
    )

    it(
      'gives live data at least half of the requests while a backlog drains',
      scene(async ({ cloud, lane, clock, accept }) => {
        await accept(20_000, 'old')
        await clock.pass(2 * minute)
        slowly(cloud, clock, 500)
        await lane.attach(cloud)
        for (let at = 0; at < 20; at++) {
          await accept(1, 'new')
          await clock.pass(250)
        }
        await clock.until(() => cloud.received.length === 20_020)
        const kinds = cloud.requests.map(({ kind }) => kind)
        const whileBoth = kinds.slice(0, kinds.lastIndexOf('live'))
        should(whileBoth.filter((kind) => kind === 'live').length).be.aboveOrEqual(Math.floor(whileBoth.length / 2) - 1)
        const newest = cloud.requests.flatMap(({ bodies }) => bodies).filter((body) => body.startsWith('"new'))
        newest.length.should.equal(20)
      }),
    )

    it(
      'takes a value for backlog when its own time is past the live limit and the clock is believable',
      scene(async ({ cloud, lane, clock, outbox }) => {
        await lane.attach(cloud)
        await outbox.accept('lane', 's', '"late"', clock.wallMs() - 2 * minute)
        await clock.pass(0)
        clock.stepWall(-clock.wallMs())
        await outbox.accept('lane', 's', '"unknown"', Date.UTC(2026, 0))
        await clock.pass(0)
        cloud.requests
          .map(({ kind, bodies }) => [kind, bodies[0]])
          .should.eql([
            ['late', '"late"'],
            ['live', '"unknown"'],
          ])
      }),
    )

    it(
      'sends strictly in order of acceptance when the live limit is 0',
      scene(async ({ cloud, lane, clock, accept }) => {
        const bodies = await accept(500)
        await clock.pass(hour)
        bodies.push(...(await accept(500)))
        await lane.attach(cloud, { liveLimitMs: 0 })
        await clock.until(() => cloud.received.length === 1000)
        cloud.received.should.eql(bodies)
        cloud.requests.every(({ kind }) => kind === 'late').should.be.true()
      }),
    )

    it(
      'sends one request at a time for each stream, several streams in parallel, eight at most',
      scene(async ({ cloud, lane, clock, accept }) => {
        cloud.batching = 'stream'
        const busy = new Set<string>()
        cloud.answer = async ({ streams }) => {
          streams.length.should.equal(1)
          const [stream = ''] = streams
          busy.has(stream).should.be.false()
          busy.add(stream)
          await new Promise<void>((resolve) => clock.setTimeout(resolve, 50))
          busy.delete(stream)
          return 'delivered' as const
        }
        const sent = new Map<string, string[]>()
        for (let round = 0; round < 10; round++)
          for (let at = 0; at < 20; at++)
            sent.set(`s${at}`, [...(sent.get(`s${at}`) ?? []), ...(await accept(40, `s${at}`))])
        cloud.requests.length = 0
        await lane.attach(cloud)
        await clock.until(() => cloud.received.length === 8000)
        cloud.mostInFlight.should.be.within(4, 8)
        for (const [stream, bodies] of sent) cloud.receivedBy.get(stream)?.should.eql(bodies)
      }),
    )

    it(
      'collects what arrives during a request into the next one',
      scene(async ({ cloud, lane, clock, accept }) => {
        slowly(cloud, clock, 1000)
        await lane.attach(cloud)
        await accept(1, 'first')
        await clock.pass(100)
        for (let at = 0; at < 50; at++) await accept(1, `s${at}`)
        await clock.until(() => cloud.received.length === 51)
        cloud.requests.length.should.equal(2)
      }),
    )

    it(
      'sends the rest of a burst beside the full batches of it, and what arrives then after that',
      scene(async ({ cloud, lane, clock, accept }) => {
        const streams = Array.from({ length: 64 }, (_, at) => `s${at}`)
        await lane.attach(cloud)
        // So much that the lane learns to have several requests under way.
        await accept(20_000, ...streams)
        await clock.until(() => cloud.received.length === 20_000)
        cloud.requests.length = 0
        slowly(cloud, clock, 1000)
        const sentMs = clock.monotonicMs()
        await accept(2300, ...streams)
        await clock.until(() => cloud.requests.length === 3)
        clock.monotonicMs().should.be.below(sentMs + 1000)
        await accept(10, ...streams)
        await clock.until(() => cloud.received.length === 22_310)
        cloud.requests.length.should.equal(4)
      }),
    )

    it(
      'loses nothing and sends nothing twice over 30 re-attachments under load',
      scene(async ({ cloud, lane, clock, accept, figures }) => {
        slowly(cloud, clock, 30)
        const bodies: string[] = []
        for (let at = 0; at < 30; at++) {
          const attached = lane.attach(cloud, { liveLimitMs: 0 })
          bodies.push(...(await accept(20, `s${at % 3}`)))
          await clock.pass(40)
          await attached
          bodies.push(...(await accept(20, `s${at % 3}`)))
          await clock.pass(10)
        }
        await clock.until(() => cloud.received.length >= bodies.length)
        await clock.pass(1000)
        cloud.received.length.should.equal(bodies.length)
        new Set(cloud.received).should.eql(new Set(bodies))
        ;(await figures()).should.containEql({ pending: 0, delivered: bodies.length })
      }),
    )

    for (const isAside of [false, true])
      it(
        `sends what was being read as it was attached anew, of a stream ${isAside ? 'on its own way' : 'with others'}`,
        scene(async ({ cloud, disk, lane, clock, accept, figures }) => {
          await lane.attach(cloud, { liveLimitMs: 0 })
          await accept(1, 'other')
          await clock.until(() => cloud.received.length === 1, minute)
          const bad = new Set(await accept(40, 'ill').then((bodies) => (isAside ? [bodies[30], bodies[38]] : [])))
          cloud.answer = ({ bodies }) => (bodies.some((body) => bad.has(body)) ? 'validation' : 'delivered')
          await clock.until(() => cloud.received.length === 41 - bad.size, minute)
          await clock.pass(10_000)
          ;(await figures()).should.containEql({ pending: 0, dead: bad.size })
          let readOn = () => {}
          const reading = new Promise<void>((resolve) => {
            readOn = resolve
          })
          disk.afterRead = () => reading
          lane.pause()
          const bodies = await accept(10, 'ill')
          await clock.pass(10_000)
          bodies.push(...(await accept(10, 'ill')))
          lane.resume()
          await clock.pass(0)
          const attached = lane.attach(cloud, { liveLimitMs: 0 })
          await clock.pass(10_000)
          disk.afterRead = undefined
          readOn()
          await attached
          await clock.until(() => cloud.received.length === 61 - bad.size, minute)
          cloud.received.slice(-20).should.eql(bodies)
        }),
      )

    it(
      'sends no live value after a newer one, where dead letters that are tried again lie between them',
      scene(async ({ cloud, lane, clock, accept }) => {
        const bad = new Set<string>()
        let isClosed = false
        cloud.answer = ({ bodies }) => {
          if (isClosed) return { kind: 'throttled', retryAfterMs: 2 * minute }
          return bodies.some((body) => bad.has(body)) ? 'validation' : 'delivered'
        }
        await lane.attach(cloud)
        const [, first = ''] = await accept(2, 'other', 's')
        bad.add(first)
        await clock.pass(10_000)
        isClosed = true
        await accept(1, 'other')
        await clock.pass(1000)
        const late = await accept(13, 's')
        for (const body of late.slice(0, 3)) bad.add(body)
        await clock.pass(70_000)
        const live = await accept(4, 's')
        await clock.pass(1000)
        ;(await lane.deadLetters.retry()).should.equal(1)
        live.push(...(await accept(16, 's')))
        isClosed = false
        await clock.until(() => cloud.received.length === 2 + 10 + 20, 10 * minute)
        const asLive = cloud.requests.flatMap(({ kind, bodies }) => (kind === 'live' ? bodies : []))
        const inOrder = live.filter((body) => asLive.includes(body))
        inOrder.length.should.be.above(0)
        asLive.filter((body) => live.includes(body)).should.eql(inOrder)
      }),
    )

    it(
      'is paused and resumed, and keeps accepting meanwhile',
      scene(async ({ cloud, lane, clock, accept, figures }) => {
        await lane.attach(cloud)
        lane.pause()
        await accept(10)
        await clock.pass(hour)
        cloud.requests.length.should.equal(0)
        ;(await figures()).should.containEql({ state: 'paused', pending: 10, oldestAgeMs: hour })
        lane.resume()
        await clock.until(() => cloud.received.length === 10, minute)
      }),
    )

    it(
      'tries at once on flush, instead of waiting for the back-off to end',
      scene(async ({ cloud, lane, clock, accept }) => {
        cloud.answer = () => 'network'
        await accept(10)
        await lane.attach(cloud)
        await clock.pass(hour)
        cloud.answer = () => 'delivered'
        lane.flush()
        should(await clock.until(() => cloud.received.length === 10)).equal(0)
      }),
    )

    it(
      'tells changes of state, and only those',
      scene(async ({ cloud, lane, clock, accept, outbox }) => {
        const events: OutboxEvent[] = []
        outbox.onEvent((event) => events.push(event))
        await lane.attach(cloud)
        await accept(10)
        await clock.pass(minute)
        cloud.answer = () => 'server'
        await accept(10)
        await clock.pass(hour)
        cloud.answer = () => 'delivered'
        await clock.pass(hour)
        events
          .flatMap((event) => (event.type === 'lane-state' ? [event.state] : []))
          .should.eql(['online', 'offline', 'online'])
      }),
    )

    it(
      'waits and retries by the monotonic clock alone, whatever happens to the wall clock',
      scene(async ({ cloud, lane, clock, accept, figures }) => {
        const tenYears = 10 * 365 * 24 * hour
        cloud.answer = () => 'network'
        await lane.attach(cloud)
        const bodies = await accept(10)
        for (const step of [tenYears, -2 * tenYears, -clock.wallMs(), tenYears * 5.6]) {
          clock.stepWall(step)
          await clock.pass(10 * minute)
          bodies.push(...(await accept(10)))
        }
        ;(await figures()).should.containEql({ pending: 50, evicted: 0, dead: 0 })
        cloud.requests.length.should.be.within(40, 60)
        cloud.answer = () => 'delivered'
        await clock.until(() => cloud.received.length === 50, minute)
        new Set(cloud.received).should.eql(new Set(bodies))
      }),
    )

    it(
      'renders its figures for Prometheus',
      scene(async ({ cloud, lane, clock, accept, outbox }) => {
        await accept(3)
        await lane.attach(cloud)
        await clock.pass(1000)
        const text = prometheusText({ ...(await outbox.figures()), folder: 'C:\\data "1"' })
        text.should.containEql('# TYPE outbox_delivered_total counter\n')
        text.should.containEql('outbox_delivered_total{outbox="C:\\\\data \\"1\\"",lane="lane"} 3\n')
        text.should.containEql('outbox_lane_state{outbox="C:\\\\data \\"1\\"",lane="lane",state="online"} 1\n')
        text.should.endWith('\n')
      }),
    )

    it(
      'closes within 5 s although the cloud neither answers nor minds the abort, and keeps what was sent',
      scene(async ({ cloud, lane, clock, accept, outbox, figures }) => {
        cloud.answer = () => new Promise(() => undefined)
        await lane.attach(cloud)
        await accept(10)
        await clock.until(() => cloud.inFlight === 1)
        let isClosed = false
        const closed = outbox.close().then(() => {
          isClosed = true
        })
        should(await clock.until(() => isClosed)).be.belowOrEqual(5000)
        await closed
        await accept(1).should.be.rejectedWith({ code: 'OUTBOX_UNAVAILABLE' })
        ;(await figures()).pending.should.equal(10)
      }),
    )
  })
