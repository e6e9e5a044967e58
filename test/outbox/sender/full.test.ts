import should from 'should'
import type { RetryClass } from '../../../lib/outbox'
import { patienceMs } from '../../patience'
import { hour, minute, type Scene, scene } from '../scene'

const isBad = (body: string) => body.includes('bad')

const trials = (['validation', 'configuration', 'server', 'network', 'throttled', 'delivered'] as const).flatMap(
  (answer) => [true, false].map((isEvicted) => [answer, isEvicted] as const),
)

/** A value of `a`, a quarter of the outbox, is at the cloud, which answers when it is told to. */
async function oneUnderWay({ cloud, lane, clock, outbox }: Scene, answer: RetryClass['kind'], listable: boolean) {
  let say = () => {}
  const answers = new Promise<RetryClass['kind']>((resolve) => {
    say = () => resolve(answer)
  })
  cloud.answer = () => answers
  await lane.attach(cloud)
  const accept = (count: number, stream: string) => {
    const record = { stream, payload: `"${stream.repeat(5_000)}"`, eventTimeMs: clock.wallMs(), listable }
    return outbox.acceptAll('lane', new Array(count).fill(record))
  }
  await accept(1, 'a')
  await clock.pass(100)
  return { accept, say }
}

for (const listable of [true, false]) {
  describe(`An outbox that evicts the oldest, of ${listable ? 'bundles' : 'single records'}`, function () {
    this.timeout(patienceMs)
    for (const [what, fits] of [
      ['waits in a sender that has no line', 'network'],
      ['is under way', 'nothing'],
      ['waits for a device that the cloud does not know', 'configuration'],
      ['is refused and tried again', 'validation'],
    ] as const)
      it(
        `refuses nothing while all that it holds ${what}, and sends only what is left`,
        scene(
          async ({ cloud, lane, clock, accept, figures }) => {
            cloud.answer = (_, signal) =>
              fits === 'nothing'
                ? new Promise((resolve) => signal.addEventListener('abort', () => resolve('network')))
                : fits
            await lane.attach(cloud)
            const bodies: string[] = []
            for (let round = 0; round < 30; round++) {
              bodies.push(...(await accept(20, 'a', 'b')))
              await clock.pass(1000)
            }
            const { pending, evicted, accepted } = await figures()
            accepted.should.equal(600)
            evicted.should.be.above(0)
            pending.should.equal(600 - evicted)
            cloud.answer = () => 'delivered'
            if (fits === 'nothing') void lane.attach(cloud)
            await clock.pass(hour)
            ;(await figures()).should.containEql({ pending: 0, pendingBytes: 0, evicted, delivered: 600 - evicted })
            // The newest are there.
            should(cloud.received).containDeep(bodies.slice(-20))
          },
          { listable, maxBytes: listable ? 8_000 : 20_000, whenFull: 'evict-oldest' },
        ),
      )

    it(
      'sends nothing newer than what it evicts before that is on the disk',
      scene(
        async ({ cloud, lane, disk, clock, accept, outbox, figures }) => {
          cloud.answer = () => 'network'
          await lane.attach(cloud, { liveLimitMs: 0 })
          while ((await outbox.figures()).heldBytes < (listable ? 7_500 : 19_000)) {
            await accept(10, 'a')
            await clock.pass(1000)
          }
          let goOn = () => {}
          disk.beforeWrite = new Promise<void>((resolve) => {
            goOn = resolve
          })
          cloud.answer = () => 'delivered'
          const accepted = accept(100, 'a')
          await clock.pass(10 * minute)
          cloud.received.should.eql([])
          goOn()
          await accepted
          await clock.pass(minute)
          const { evicted, delivered } = await figures()
          evicted.should.be.above(0)
          cloud.received.length.should.equal(delivered)
        },
        { listable, maxBytes: listable ? 8_000 : 20_000, whenFull: 'evict-oldest' },
      ),
    )

    for (const fault of ['full', 'fails'] as const)
      it(`sends all that is left where evicting failed, too: the disk ${fault === 'full' ? 'is full' : 'fails'}`, async () => {
        for (let faults = 1; faults <= 8; faults++)
          await scene(
            async ({ cloud, lane, disk, clock, accept, figures }) => {
              cloud.answer = () => 'network'
              await lane.attach(cloud)
              for (let at = 0; at < 5; at++) await accept(10, 'a')
              disk.groupFaults = ['full', ...new Array(faults).fill(fault)]
              await accept(10, 'a').catch(() => undefined)
              await clock.pass(minute)
              disk.groupFaults = []
              cloud.answer = () => 'delivered'
              await clock.pass(hour)
              const { accepted, delivered, evicted, pending } = await figures()
              should({ pending, delivered }).eql({ pending: 0, delivered: accepted - evicted })
              should(new Set(cloud.received).size).equal(delivered)
            },
            { listable, maxBytes: 40_000, whenFull: 'evict-oldest' },
          )()
      })

    for (const answer of ['validation', 'configuration', 'server', 'network', 'throttled', 'too-large'] as const)
      it(
        `does not send again what it evicted on its way, and the disk knows of late: ${answer}`,
        scene(
          async (scene) => {
            const { cloud, disk, clock, figures } = scene
            const { accept, say } = await oneUnderWay(scene, answer, listable)
            let write = () => {}
            disk.beforeWrite = new Promise<void>((resolve) => {
              write = resolve
            })
            const accepted = accept(3, 'b')
            await clock.pass(100)
            say()
            cloud.answer = () => 'delivered'
            await clock.pass(minute)
            write()
            await accepted
            await clock.pass(hour)
            ;(await figures()).should.containEql({ evicted: 1, delivered: 3, pending: 0, pendingBytes: 0 })
            cloud.requests.filter(({ streams }) => streams.includes('a')).length.should.equal(1)
          },
          { maxBytes: 20_000, whenFull: 'evict-oldest' },
        ),
      )

    for (const answer of ['validation', 'configuration', 'server', 'network', 'throttled', 'too-large', 'bug'] as const)
      it(
        `has done with what was evicted on its way, whatever the cloud says of it then: ${answer}`,
        scene(
          async (scene) => {
            const { cloud, clock, figures } = scene
            const { accept, say } = await oneUnderWay(scene, answer, listable)
            await accept(3, 'b')
            should((await figures()).evicted).equal(1)
            say()
            await clock.pass(100)
            for (let round = 0; round < 10; round++) {
              await accept(3, 'c')
              await clock.pass(1000)
            }
            cloud.answer = () => 'delivered'
            await clock.pass(hour)
            ;(await figures()).should.containEql({ pending: 0, pendingBytes: 0, suspects: 0 })
          },
          { maxBytes: 20_000, whenFull: 'evict-oldest' },
        ),
      )

    for (const [answer, isEvicted] of trials)
      it(
        `lets a device go on whose refused value was tried again${isEvicted ? ', and evicted meanwhile' : ''}: ${answer}`,
        scene(
          async ({ cloud, lane, clock, outbox, figures }) => {
            const accept = (count: number, stream: string, length: number) => {
              const record = { stream, payload: `"${'x'.repeat(length)}"`, eventTimeMs: clock.wallMs(), listable }
              return outbox.acceptAll('lane', new Array(count).fill(record))
            }
            let say: (() => void) | undefined
            const answers = new Promise<typeof answer>((resolve) => {
              say = () => resolve(answer)
            })
            cloud.answer = ({ streams }) => (streams.includes('ill') ? 'validation' : 'delivered')
            await lane.attach(cloud)
            await accept(1, 'ill', 5_000)
            await accept(1, 'well', 10)
            await clock.pass(minute)
            ;(await figures()).should.containEql({ deadLettersFull: true, pending: 1 })
            const before = cloud.requests.length
            cloud.answer = () => answers
            await clock.until(() => cloud.requests.length > before, hour)
            if (isEvicted) await accept(3, 'well', 5_000)
            should((await figures()).evicted).equal(isEvicted ? 1 : 0)
            say?.()
            await clock.pass(100)
            cloud.answer = () => 'delivered'
            await accept(1, 'ill', 10)
            await clock.pass(20 * minute)
            ;(await figures()).should.containEql({ pending: 0, deadLettersFull: false, parkedStreams: 0 })
          },
          { maxBytes: 20_000, deadShare: 0.001, whenFull: 'evict-oldest' },
        ),
      )

    it(
      'leaves what is left of a stream that waits in its order',
      scene(
        async ({ cloud, lane, clock, accept, figures }) => {
          const bodies = await accept(1, 'a')
          const [refused = ''] = bodies
          cloud.answer = (request) => (request.bodies.includes(refused) ? 'validation' : 'delivered')
          await lane.attach(cloud)
          await accept(1, 'b')
          await clock.pass(minute)
          ;(await figures()).should.containEql({ deadLettersFull: true })
          bodies.push(...(await accept(400, 'a')))
          await clock.pass(minute)
          bodies.push(...(await accept(100, 'a')))
          await clock.pass(2 * minute)
          const { evicted, pending } = await figures()
          evicted.should.be.within(1, 400)
          pending.should.equal(0)
          should(cloud.receivedBy.get('a')).eql(bodies.slice(evicted))
        },
        { listable, maxBytes: listable ? 9_000 : 40_000, deadShare: 0.001, whenFull: 'evict-oldest' },
      ),
    )

    it(
      'takes several messages that fit one after the other only',
      scene(
        async ({ accept, figures }) => {
          await Promise.all([accept(60, 'a'), accept(60, 'b'), accept(60, 'c'), accept(60, 'd')])
          const { accepted, pending, evicted } = await figures()
          accepted.should.equal(240)
          pending.should.equal(240 - evicted)
        },
        { listable, maxBytes: 8_000, whenFull: 'evict-oldest' },
      ),
    )
  })

  describe(`Dead letters for which there is no room, of ${listable ? 'bundles' : 'single records'}`, () => {
    it(
      'evict the oldest where that is chosen, counted and written down, and nothing waits',
      scene(
        async ({ cloud, lane, clock, accept, figures, outbox }) => {
          cloud.answer = ({ bodies }) => (bodies.some(isBad) ? 'validation' : 'delivered')
          await lane.attach(cloud)
          for (let round = 0; round < 40; round++) {
            await accept(2, 'bad', 'good')
            await clock.pass(10_000)
          }
          const { dead, evicted, ...rest } = await figures()
          rest.should.containEql({
            state: 'online',
            pending: 0,
            delivered: 40,
            deadLettersFull: false,
            parkedStreams: 0,
          })
          dead.should.be.within(1, 16)
          evicted.should.equal(40 - dead)
          const letters = await lane.deadLetters.list()
          letters.length.should.equal(dead)
          letters.at(-1)?.record.payload.toString().should.containEql('bad-78')
          const entries = await outbox.evictions()
          entries.reduce((sum, { count }) => sum + count, 0).should.equal(evicted)
          new Set(entries.map(({ cause }) => cause)).should.eql(new Set(['dead-full']))
        },
        { listable, maxBytes: 60_000, whenDeadFull: 'evict-oldest' },
      ),
    )

    it(
      'are counted once, whoever drops, tries again or evicts them at the same time',
      scene(
        async ({ cloud, lane, clock, accept, figures }) => {
          cloud.answer = ({ bodies }) => (bodies.some(isBad) ? 'validation' : 'delivered')
          await lane.attach(cloud)
          await accept(40, 'bad', 'good')
          await clock.pass(minute)
          await accept(40, 'bad', 'good')
          const handled = [lane.deadLetters.drop(), lane.deadLetters.retry(), lane.deadLetters.drop()]
          await clock.pass(minute)
          await Promise.all(handled)
          const { accepted, delivered, dead, dropped, evicted, pending, deadBytes } = await figures()
          accepted.should.equal(delivered + dead + dropped + evicted + pending)
          const letters = await lane.deadLetters.list()
          letters.length.should.equal(dead)
          should(deadBytes).be.aboveOrEqual(0)
        },
        { listable, maxBytes: 60_000, whenDeadFull: 'evict-oldest' },
      ),
    )
  })
}
