import fc from 'fast-check'
import should from 'should'
import { arrivalMs } from '../../../lib/core'
import { type Outbox, openOutbox } from '../../../lib/outbox'
import { Arrivals } from '../../../lib/outbox/queue/arrivals'
import { patienceMs } from '../../patience'
import { FakeCloud } from '../fake-cloud'
import { ManualClock } from '../manual-clock'
import { MemoryDisk } from '../memory-disk'
import { inFolder } from '../places'
import { hour, minute } from '../scene'

const lane = 'lane'
const second = 1000

/** A PC's clock that somebody sets, or that loses its time. */
class SettableClock extends ManualClock {
  /** What it is ahead of the right time, ms. */
  wrongMs = 0
  slept = 0
  sleptMs = () => this.slept
  rightMs = () => this.wallMs() - this.wrongMs

  set(wrongMs: number): void {
    this.stepWall(wrongMs - this.wrongMs)
    this.wrongMs = wrongMs
  }

  /** As after a start without a battery. */
  lose(): void {
    this.set(-this.rightMs() + 5_000)
  }

  /** The PC sleeps: only the wall clock goes on. */
  sleep(ms: number): void {
    this.stepWall(ms)
    this.slept += ms
  }
}

interface Sent {
  id: number
  time: number
}

/** An outbox whose cloud takes dated values, with restarts. */
class Site {
  readonly clock = new SettableClock()
  readonly disk = new MemoryDisk()
  readonly cloud = Object.assign(new FakeCloud(this.clock.monotonicMs), { isDated: true })
  boot = 0
  deadShare = 0.05
  isOnline = true
  next = 0
  outbox!: Outbox

  constructor(readonly folder: string) {
    this.cloud.answer = () => (this.isOnline ? 'delivered' : 'network')
  }

  async start(liveLimitMs = minute): Promise<void> {
    this.outbox = await openOutbox({
      folder: this.folder,
      scheduler: this.clock,
      openDisk: () => this.disk,
      bootId: `${this.boot}`.padStart(32, '0'),
      random: () => 0.999,
      deadShare: this.deadShare,
      diskSpace: async () => ({ freeBytes: 1e12, totalBytes: 1e12 }),
    })
    await this.outbox.lane(lane).attach(this.cloud, { liveLimitMs })
  }

  async stop(): Promise<void> {
    let isClosed = false
    const closed = this.outbox.close().then(() => {
      isClosed = true
    })
    while (!isClosed) {
      await this.clock.pass(100)
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    await closed
  }

  /** Values of a stream: each at its own time, or at their arrival where that is `undefined`. */
  async accept(stream: string, ...ownMs: (number | undefined)[]): Promise<number[]> {
    const arrivals = this.gather(stream, ownMs)
    await this.outbox.acceptAll(lane, arrivals.arrivals)
    return arrivals.ids
  }

  gather(stream: string, ownMs: readonly (number | undefined)[]) {
    const arrivedMs = arrivalMs(this.clock)
    const arrivals = new Arrivals(arrivedMs, this.clock.monotonicMs())
    const ids = ownMs.map((own) => {
      const [id, time] = [this.next++, own ?? arrivedMs]
      arrivals.add(stream, `{"id":${id},"v":{"time":${time}},"time":${time}}`, time, true)
      return id
    })
    return { arrivals, ids }
  }

  sent(): Sent[] {
    return this.cloud.received.map((body) => JSON.parse(body) as Sent)
  }

  timeOf(id: number): number | undefined {
    return this.sent().find((sent) => sent.id === id)?.time
  }

  async settle(): Promise<void> {
    this.outbox.lane(lane).flush()
    for (let round = 0; round < 400; round++) {
      const { pending } = await this.outbox.lane(lane).figures()
      if (pending === 0) return
      await this.clock.pass(second)
    }
    throw new Error(`Still waiting: ${JSON.stringify(await this.outbox.lane(lane).figures())}`)
  }
}

const site = (play: (site: Site) => Promise<void>, liveLimitMs?: number) => () =>
  inFolder(async (folder) => {
    const world = new Site(folder)
    await world.start(liveLimitMs)
    try {
      await play(world)
    } finally {
      await world.stop()
    }
  })

describe('Values that have only the time of their arrival', () => {
  it(
    'wait while the clock is not set, say so, and get the time at which they came',
    site(async (world) => {
      world.clock.lose()
      const cameMs = world.clock.rightMs()
      const [id = -1] = await world.accept('s', undefined)
      await world.clock.pass(10 * minute)
      should(world.sent()).be.empty()
      should(await world.outbox.lane(lane).figures()).match({ pending: 1, waitsForClock: true, state: 'online' })
      world.clock.set(0)
      await world.settle()
      should(world.timeOf(id)).be.approximately(cameMs, 2)
      should((await world.outbox.lane(lane).figures()).waitsForClock).be.undefined()
    }),
  )

  it(
    'hold back what follows in their stream, and no other stream',
    site(async (world) => {
      world.clock.lose()
      const own = world.clock.rightMs()
      const [first = -1] = await world.accept('s', undefined)
      const [follower = -1] = await world.accept('s', own)
      const [other = -1] = await world.accept('t', own + 1)
      await world.clock.pass(minute)
      should(world.sent().map(({ id }) => id)).deepEqual([other])
      world.clock.set(0)
      await world.settle()
      should(world.sent().map(({ id }) => id)).deepEqual([other, first, follower])
      should(world.timeOf(follower)).equal(own)
    }),
  )

  it(
    'get the right time where the clock is set while they are on their way into the outbox',
    site(async (world) => {
      for (const lose of [() => world.clock.lose(), () => world.clock.set(-5 * hour)]) {
        lose()
        const cameMs = world.clock.rightMs()
        const { arrivals, ids } = world.gather('s', [undefined])
        await world.clock.pass(3 * second)
        world.clock.set(0)
        await world.outbox.acceptAll(lane, arrivals)
        await world.settle()
        should(world.timeOf(ids[0] ?? -1)).be.approximately(cameMs, 2)
      }
    }),
  )

  it(
    'keep it where the PC has slept, though its monotonic clock stood still meanwhile',
    site(async (world) => {
      world.isOnline = false
      const cameMs = world.clock.rightMs()
      const [id = -1] = await world.accept('s', undefined)
      await world.clock.pass(minute)
      world.clock.sleep(8 * hour)
      world.isOnline = true
      await world.settle()
      should(world.timeOf(id)).equal(cameMs)
    }),
  )

  it(
    'wait again where the clock is lost again before they are sent',
    site(async (world) => {
      world.clock.lose()
      const cameMs = world.clock.rightMs()
      const [id = -1] = await world.accept('s', undefined)
      world.isOnline = false
      world.clock.set(0)
      await world.clock.pass(5 * second)
      world.clock.lose()
      world.isOnline = true
      await world.clock.pass(20 * minute)
      should(world.sent()).be.empty()
      world.clock.set(0)
      await world.settle()
      should(world.timeOf(id)).be.approximately(cameMs, 2)
    }),
  )

  it(
    'become dead letters with a reason after another boot; the others of their requests are sent',
    site(async (world) => {
      world.clock.lose()
      const own = world.clock.rightMs()
      await world.accept('s', undefined, undefined)
      const [id = -1] = await world.accept('s', own)
      await world.stop()
      world.boot += 1
      world.clock.set(0)
      await world.start()
      await world.settle()
      should(world.sent().map((sent) => sent.id)).deepEqual([id])
      const letters = await world.outbox.lane(lane).deadLetters.list()
      should(letters.map(({ reason }) => reason.code)).deepEqual(['CLOCK_NOT_SET', 'CLOCK_NOT_SET'])
      // Nobody knows it the next time either.
      await world.outbox.lane(lane).deadLetters.retry()
      await world.settle()
      should((await world.outbox.lane(lane).figures()).dead).equal(2)
    }),
  )

  it(
    'wait for room among the dead letters where there is none, and hold back nothing',
    site(async (world) => {
      world.clock.lose()
      const own = world.clock.rightMs()
      await world.accept('s', undefined, undefined)
      await world.stop()
      world.boot += 1
      world.deadShare = 0
      world.clock.set(0)
      await world.start()
      const [id = -1] = await world.accept('s', own)
      await world.clock.pass(minute)
      should(world.sent().map((sent) => sent.id)).deepEqual([id])
      should(await world.outbox.lane(lane).figures()).match({ pending: 2, dead: 0, delivered: 1 })
      await world.stop()
      world.deadShare = 0.05
      await world.start()
      await world.settle()
      should(await world.outbox.lane(lane).figures()).match({ pending: 0, dead: 2, delivered: 1 })
    }),
  )

  const action = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('accept' as const),
        stream: fc.constantFrom('s', 's49', 't'),
        own: fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 20 * minute }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constantFrom('lose' as const, 'wrong' as const, 'right' as const, 'restart' as const),
      }),
    },
  )

  it('arrive right whatever happens to the clock and to Node-RED meanwhile, in the order of their streams', () =>
    fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 3, maxLength: 14 }), (actions) =>
        site(async (world) => {
          world.isOnline = false
          const expected = new Map<number, { stream: string; timeMs: number }>()
          for (const step of actions) {
            if (step.do === 'accept') {
              const cameMs = world.clock.rightMs()
              const ownMs = step.own.map((isOwn) => (isOwn ? cameMs - 7 * second : undefined))
              const ids = await world.accept(step.stream, ...ownMs)
              ids.forEach((id, at) => void expected.set(id, { stream: step.stream, timeMs: ownMs[at] ?? cameMs }))
            } else if (step.do === 'pass') await world.clock.pass(step.ms)
            else if (step.do === 'lose') world.clock.lose()
            else if (step.do === 'wrong') world.clock.set(-3 * hour)
            else if (step.do === 'right') world.clock.set(0)
            else {
              await world.stop()
              await world.start(0)
            }
          }
          world.clock.set(0)
          world.isOnline = true
          await world.settle()
          const sent = world.sent()
          should(sent.map(({ id }) => id).sort((a, b) => a - b)).deepEqual([...expected.keys()])
          for (const { id, time } of sent) should(time).be.approximately(expected.get(id)?.timeMs ?? 0, 1001)
          for (const stream of ['s', 's49', 't']) {
            const ofStream = sent.map(({ id }) => id).filter((id) => expected.get(id)?.stream === stream)
            should(ofStream).deepEqual([...ofStream].sort((a, b) => a - b))
          }
        }, 0)(),
      ),
      { numRuns: 60 },
    )).timeout(patienceMs)
})
