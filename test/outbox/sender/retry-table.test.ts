import should from 'should'
import { patienceMs } from '../../patience'
import type { FakeCloud } from '../fake-cloud'
import { hour, minute, scene as sceneOf } from '../scene'

const gaps = (cloud: FakeCloud) => cloud.requests.slice(1).map(({ atMs }, at) => atMs - (cloud.requests[at]?.atMs ?? 0))

for (const listable of [false, true])
  describe(`the retry table, ${listable ? 'of bundles' : 'of single records'}`, function () {
    this.timeout(patienceMs)
    const scene = (play: Parameters<typeof sceneOf>[0], settings: Parameters<typeof sceneOf>[1] = {}) =>
      sceneOf(play, { ...settings, listable })

    it(
      'delivered: the records leave the outbox, in order and once',
      scene(async ({ cloud, lane, clock, accept, figures }) => {
        const bodies = await accept(2500)
        await lane.attach(cloud)
        await clock.until(() => cloud.received.length === 2500)
        await clock.pass(0)
        cloud.received.should.eql(bodies)
        ;(await figures()).should.containEql({ state: 'online', delivered: 2500, pending: 0, pendingBytes: 0 })
      }),
    )

    for (const kind of ['network', 'server'] as const)
      it(
        `${kind}: one probe at a time, ever slower up to a minute, without end, and nothing is given up`,
        scene(async ({ cloud, lane, clock, accept, figures }) => {
          cloud.answer = () => kind
          const bodies = await accept(3000)
          await lane.attach(cloud)
          await clock.pass(6 * hour)
          cloud.mostInFlight.should.equal(1)
          Math.round(gaps(cloud)[0] ?? 0).should.equal(999)
          Math.round(gaps(cloud).at(-1) ?? 0).should.equal(59_940)
          ;(await figures()).should.containEql({ state: 'offline', pending: 3000, dead: 0, parkedStreams: 0 })
          cloud.answer = () => 'delivered'
          should(await clock.until(() => cloud.received.length === 3000)).be.belowOrEqual(minute)
          // After so many faults of the cloud, newer records may go first and prove that it is there.
          if (kind === 'server') new Set(cloud.received).should.eql(new Set(bodies))
          else cloud.received.should.eql(bodies)
        }),
      )

    for (const liveLimitMs of [minute, 0])
      it(
        `server, at one record (live limit ${liveLimitMs} ms): only its stream waits, and goes on in order`,
        scene(async ({ cloud, lane, clock, accept, figures }) => {
          if (liveLimitMs === 0) cloud.batching = 'stream'
          const sent = new Map<string, string[]>()
          for (const stream of ['a', 'b', 'c']) sent.set(stream, await accept(100, stream))
          const stumblingBlock = sent.get('b')?.[41] ?? ''
          let isMended = false
          cloud.answer = ({ bodies }) => (bodies.includes(stumblingBlock) && !isMended ? 'server' : 'delivered')
          await lane.attach(cloud, { liveLimitMs })
          await clock.until(() => cloud.received.length === 241, hour)
          for (let at = 0; at < 10; at++) {
            for (const stream of ['a', 'b', 'c']) sent.get(stream)?.push(...(await accept(1, stream)))
            await clock.pass(minute)
          }
          const early = cloud.receivedBy.get('b') ?? []
          early.slice(0, 41).should.eql(sent.get('b')?.slice(0, 41))
          // Live values go before the backlog until the stream is put aside; strictly in order, none does.
          if (liveLimitMs === 0) early.length.should.equal(41)
          const pending = 110 - early.length
          ;(await figures()).should.containEql({ state: 'online', parkedStreams: 1, pending, dead: 0 })
          const requests = cloud.requests.length
          await clock.pass(2 * hour)
          // One record every five minutes.
          should(cloud.requests.length - requests).be.within(8, 34)
          ;(await figures()).should.containEql({ state: 'online', parkedStreams: 1, pending, dead: 0 })
          isMended = true
          await clock.until(() => cloud.received.length === 330, 15 * minute)
          const inOrder = (bodies: readonly string[]) => (liveLimitMs === 0 ? bodies : bodies.toSorted())
          for (const [stream, bodies] of sent) inOrder(cloud.receivedBy.get(stream) ?? []).should.eql(inOrder(bodies))
          await clock.pass(0)
          ;(await figures()).should.containEql({ parkedStreams: 0, pending: 0, dead: 0, lastError: undefined })
        }),
      )

    it(
      'server, at one record of the only stream: what is before it is delivered, what is after it waits',
      scene(async ({ cloud, lane, clock, accept, figures }) => {
        cloud.batching = 'stream'
        const bodies = await accept(100)
        cloud.answer = (request) => (request.bodies.includes(bodies[41] ?? '') ? 'server' : 'delivered')
        await lane.attach(cloud, { liveLimitMs: 0 })
        await clock.pass(6 * hour)
        cloud.received.should.eql(bodies.slice(0, 41))
        ;(await figures()).should.containEql({ pending: 59, dead: 0 })
        cloud.answer = () => 'delivered'
        await clock.until(() => cloud.received.length === 100, 15 * minute)
        cloud.received.should.eql(bodies)
      }),
    )

    it(
      'server, at a device that failed together with one that has nothing left: it is tried again',
      scene(async ({ cloud, lane, clock, accept, figures }) => {
        let isMended = false
        cloud.answer = async ({ streams }) => {
          await new Promise<void>((resolve) => clock.setTimeout(resolve, streams.includes('a') ? 5 : 20))
          if (streams.includes('b') && !isMended) return 'server'
          return streams.includes('c') ? 'validation' : 'delivered'
        }
        await accept(3, 'a', 'b', 'c')
        await lane.attach(cloud)
        await clock.pass(5 * minute)
        isMended = true
        await clock.pass(15 * minute)
        cloud.received.toSorted().should.eql(['"a-0"', '"b-1"'])
        ;(await figures()).should.containEql({ pending: 0, dead: 1 })
      }),
    )

    it(
      'server, everywhere, after one stream was put aside: an outage, in which nothing else is put aside',
      scene(async ({ cloud, lane, clock, accept, figures }) => {
        let isDown = false
        cloud.answer = ({ streams }) => (isDown || streams.includes('bad') ? 'server' : 'delivered')
        await accept(1, 'bad')
        for (let at = 0; at < 120; at++) {
          await accept(1, `s${at % 4}`)
          if (at === 0) await lane.attach(cloud)
          await clock.pass(minute)
        }
        ;(await figures()).should.containEql({ state: 'online', parkedStreams: 1, pending: 1 })
        isDown = true
        for (let at = 0; at < 120; at++) {
          await accept(1, `s${at % 4}`)
          await clock.pass(minute)
        }
        ;(await figures()).should.containEql({ state: 'offline', parkedStreams: 1, pending: 121, dead: 0 })
        isDown = false
        await clock.until(() => cloud.received.length === 240, 2 * minute)
      }),
    )

    it(
      'validation, strictly in order: nothing newer of the stream overtakes the parts of a refused batch',
      scene(async ({ cloud, lane, clock, accept, figures }) => {
        cloud.batching = 'stream'
        const bodies = await accept(2000)
        cloud.answer = (request) => (request.bodies.includes(bodies[300] ?? '') ? 'validation' : 'delivered')
        await lane.attach(cloud, { liveLimitMs: 0 })
        await clock.until(() => cloud.received.length === 1999, minute)
        await clock.pass(5000)
        cloud.received.should.eql(bodies.filter((_, at) => at !== 300))
        ;(await figures()).should.containEql({ dead: 1, pending: 0 })
      }),
    )

    it(
      'network, timed out: the next batch is half as large',
      scene(async ({ cloud, lane, clock, accept }) => {
        cloud.answer = ({ bodies }) => (bodies.length > 200 ? { kind: 'network', timedOut: true } : 'delivered')
        await accept(1000)
        await lane.attach(cloud)
        await clock.until(() => cloud.received.length === 1000)
        cloud.requests
          .slice(0, 4)
          .map(({ bodies }) => bodies.length)
          .should.eql(listable ? [1000, 500, 200, 200] : [1000, 500, 250, 125])
      }),
    )

    it(
      'throttled: waits as long as it is told, ten minutes at most, and halves what it sends',
      scene(async ({ cloud, lane, clock, accept, figures }) => {
        const waits = [7000, 3 * hour]
        cloud.answer = () => (waits.length > 0 ? { kind: 'throttled', retryAfterMs: waits.shift() } : 'delivered')
        await accept(1000)
        await lane.attach(cloud)
        await clock.pass(5000)
        ;(await figures()).state.should.equal('throttled')
        await clock.until(() => cloud.received.length === 1000)
        gaps(cloud)
          .slice(0, 2)
          .should.eql([7000, 10 * minute])
        cloud.requests
          .slice(0, 3)
          .map(({ bodies }) => bodies.length)
          .should.eql(listable ? [1000, 500, 200] : [1000, 500, 250])
      }),
    )

    it(
      'session: the same batch again at once, and only once; then the lane is blocked, its data kept',
      scene(async ({ cloud, lane, clock, accept, figures }) => {
        cloud.answer = () => 'session'
        await accept(10)
        await lane.attach(cloud)
        await clock.pass(30_000)
        cloud.requests.map(({ bodies }) => bodies.length).should.eql([10, 10])
        gaps(cloud).should.eql([0])
        ;(await figures()).should.containEql({ state: 'auth-blocked', pending: 10 })
      }),
    )

    it(
      'session: a fresh login is all it takes',
      scene(async ({ cloud, lane, clock, accept, figures }) => {
        cloud.answer = () => (cloud.requests.length === 1 ? 'session' : 'delivered')
        await accept(10)
        await lane.attach(cloud)
        should(await clock.until(() => cloud.received.length === 10)).equal(0)
        await clock.pass(0)
        ;(await figures()).should.containEql({ state: 'online', lastError: undefined })
      }),
    )

    it(
      'credentials: blocked for a day with a probe every one to five minutes, nothing is lost',
      scene(async ({ cloud, lane, clock, accept, figures }) => {
        cloud.answer = () => 'credentials'
        await accept(100)
        await lane.attach(cloud)
        await clock.pass(24 * hour)
        ;(await figures()).should.containEql({ state: 'auth-blocked', pending: 100, dead: 0 })
        Math.min(...gaps(cloud)).should.be.within(45_000, minute)
        Math.max(...gaps(cloud)).should.be.within(4 * minute, 5 * minute)
        cloud.answer = () => 'delivered'
        should(await clock.until(() => cloud.received.length === 100)).be.belowOrEqual(5 * minute)
      }),
    )

    it(
      'too large: halved until it fits; what alone is too large becomes a dead letter',
      scene(async ({ cloud, lane, clock, accept, figures }) => {
        const [giant] = await accept(1, 'giant')
        await accept(999)
        cloud.answer = ({ bodies }) => (bodies.length > 60 || bodies.includes(giant ?? '') ? 'too-large' : 'delivered')
        await lane.attach(cloud)
        await clock.until(() => cloud.received.length === 999)
        await clock.pass(10 * minute)
        ;(await figures()).should.containEql({ dead: 1, pending: 0, delivered: 999 })
      }),
    )

    it(
      'configuration: only that stream waits, is probed every 5 to 15 minutes, and goes on in order',
      scene(async ({ cloud, lane, clock, accept, figures }) => {
        let isKnown = false
        cloud.answer = ({ streams }) => (streams.includes('unknown') && !isKnown ? 'configuration' : 'delivered')
        const good = await accept(50, 'good')
        const held = await accept(50, 'unknown')
        const alsoGood = await accept(50, 'other')
        await lane.attach(cloud)
        should(await clock.until(() => cloud.received.length === 100)).be.below(1000)
        held.push(...(await accept(5, 'unknown')))
        await clock.pass(2 * hour)
        ;(await figures()).should.containEql({ state: 'online', parkedStreams: 1, pending: 55, dead: 0 })
        const probes = cloud.requests.filter(({ streams, atMs }) => streams.includes('unknown') && atMs > minute)
        probes.length.should.be.within(8, 24)
        // One record, or one bundle.
        probes.every(({ bodies }) => bodies.length === (listable ? 50 : 1)).should.be.true()
        isKnown = true
        should(await clock.until(() => cloud.received.length === 155)).be.belowOrEqual(15 * minute)
        cloud.receivedBy.get('unknown')?.should.eql(held)
        cloud.receivedBy.get('good')?.should.eql(good)
        cloud.receivedBy.get('other')?.should.eql(alsoGood)
      }),
    )

    it(
      'configuration: the streams that the cloud names are parked without a search',
      scene(async ({ cloud, lane, clock, accept, figures }) => {
        cloud.answer = ({ streams }) =>
          streams.includes('b') ? { kind: 'configuration', streams: ['b'] } : 'delivered'
        for (const stream of ['a', 'b', 'c', 'd']) await accept(10, stream)
        await lane.attach(cloud)
        await clock.until(() => cloud.received.length === 30)
        await clock.pass(0)
        cloud.requests.length.should.equal(2)
        ;(await figures()).should.containEql({ parkedStreams: 1, pending: 10 })
      }),
    )

    it(
      'billing: the lane waits, with a probe every hour',
      scene(async ({ cloud, lane, clock, accept, figures }) => {
        cloud.answer = () => 'billing'
        await accept(10)
        await lane.attach(cloud)
        await clock.pass(10 * hour)
        cloud.requests.length.should.be.within(10, 14)
        ;(await figures()).should.containEql({ state: 'billing', pending: 10 })
      }),
    )

    for (const position of [0, 1, 499, 500, 998, 999])
      it(
        `validation: one bad point of 1,000, at ${position}, is found, refused twice, and buried alone`,
        scene(async ({ cloud, lane, clock, accept, figures }) => {
          const bodies = await accept(1000)
          const bad = bodies[position] ?? ''
          cloud.answer = (request) => (request.bodies.includes(bad) ? 'validation' : 'delivered')
          await lane.attach(cloud)
          await clock.until(() => cloud.received.length === 999)
          await clock.pass(2000)
          ;(await figures()).should.containEql({ state: 'online', delivered: 999, dead: 1, pending: 0 })
          // Ten bundles and the hundred records of one take one halving more than a thousand records.
          cloud.requests.length.should.be.belowOrEqual(listable ? 24 : 22)
          const alone = cloud.requests.filter((request) => request.bodies.length === 1 && request.bodies[0] === bad)
          alone.length.should.equal(2)
          should((alone[1]?.atMs ?? 0) - (alone[0]?.atMs ?? 0)).be.aboveOrEqual(1000)
          const [letter] = await lane.deadLetters.list()
          letter?.reason.should.match({ code: 'CLOUD_ERROR', cloudCode: '1204' })
          String(letter?.reason.text).should.equal('the cloud says validation')
          letter?.record.payload.toString().should.equal(bad)
        }),
      )

    it(
      'validation: a lane that is refused everything parks, probes every 30 s, and gives nothing up',
      scene(async ({ cloud, lane, clock, accept, figures }) => {
        cloud.answer = () => 'validation'
        const bodies = await accept(300, 'a', 'b', 'c', 'd')
        await lane.attach(cloud)
        await clock.pass(minute)
        ;(await figures()).state.should.equal('online')
        await clock.pass(2 * minute)
        ;(await figures()).state.should.equal('parked')
        // One after the other, with a pause, until it is sure.
        cloud.requests.length.should.be.below(300)
        cloud.requests.length = 0
        await clock.pass(24 * hour)
        ;(await figures()).should.containEql({ state: 'parked', pending: 300, dead: 0 })
        cloud.requests.length.should.be.within(24 * 120, 24 * 120 + 10)
        cloud.requests.every((request) => request.bodies.length === 1).should.be.true()
        new Set(cloud.requests.flatMap(({ streams }) => streams)).size.should.equal(4)
        cloud.answer = () => 'delivered'
        await clock.until(() => cloud.received.length === 300, minute)
        new Set(cloud.received).should.eql(new Set(bodies))
      }),
    )

    it(
      'validation: a bad point that is alone is given up after an hour, once the cloud takes another',
      scene(async ({ cloud, lane, clock, accept, figures }) => {
        const [bad] = await accept(1)
        cloud.answer = ({ bodies }) => (bodies.includes(bad ?? '') ? 'validation' : 'delivered')
        await lane.attach(cloud)
        await clock.pass(hour - minute)
        ;(await figures()).should.containEql({ state: 'online', pending: 1, dead: 0 })
        await clock.pass(10 * minute)
        ;(await figures()).should.containEql({ state: 'online', pending: 0, dead: 1 })
      }),
    )

    it(
      'validation: a bad point that was all there was is given up once the cloud has taken another',
      scene(async ({ cloud, lane, clock, accept, figures }) => {
        const [bad] = await accept(1)
        cloud.answer = ({ bodies }) => (bodies.includes(bad ?? '') ? 'validation' : 'delivered')
        await lane.attach(cloud)
        await clock.pass(20 * minute)
        ;(await figures()).should.containEql({ pending: 1, dead: 0 })
        await accept(1)
        await clock.pass(2_000)
        ;(await figures()).should.containEql({ state: 'online', pending: 0, dead: 1, delivered: 1 })
      }),
    )

    it(
      'partial: what is confirmed goes, what is refused is judged alone, the rest comes again',
      scene(async ({ cloud, lane, clock, accept, figures }) => {
        const bodies: string[] = []
        for (let at = 0; at < 4; at++) bodies.push(...(await accept(1)))
        cloud.answer = (request) => {
          if (cloud.requests.length === 1)
            return {
              kind: 'partial',
              results: [{ kind: 'delivered' }, { kind: 'validation' }, { kind: 'server' }, { kind: 'delivered' }],
            }
          return request.bodies.includes(bodies[1] ?? '') ? 'validation' : 'delivered'
        }
        await lane.attach(cloud)
        await clock.pass(10_000)
        cloud.received.should.eql([bodies[0], bodies[3], bodies[2]])
        ;(await figures()).should.containEql({ delivered: 3, dead: 1, pending: 0 })
      }),
    )

    it(
      'our own mistake at one record: that one becomes a dead letter, the others are delivered',
      scene(async ({ cloud, lane, clock, accept, figures }) => {
        const bodies = await accept(100, 'a', 'b')
        cloud.answer = (request) => {
          if (request.bodies.includes(bodies[37] ?? '')) throw new TypeError('undefined is not a function')
          return 'delivered'
        }
        await lane.attach(cloud)
        await clock.until(() => cloud.received.length === 99)
        await clock.pass(5_000)
        ;(await figures()).should.containEql({ state: 'online', pending: 0, dead: 1, delivered: 99 })
        const [letter] = await lane.deadLetters.list()
        letter?.record.payload.toString().should.equal(bodies[37])
        letter?.reason.code.should.equal('INTERNAL')
      }),
    )

    it(
      'our own mistake at every record: the lane never parks, and dead letters come after an hour',
      scene(async ({ cloud, lane, clock, accept, figures }) => {
        cloud.answer = () => {
          throw new TypeError('undefined is not a function')
        }
        await accept(10)
        await lane.attach(cloud)
        await clock.pass(50 * minute)
        ;(await figures()).should.containEql({ state: 'online', pending: 10, dead: 0 })
        await clock.pass(hour)
        ;(await figures()).should.containEql({ state: 'online', pending: 0, dead: 10 })
      }),
    )

    it(
      'with no room for dead letters only the streams that cause them wait, until a person makes room',
      scene(
        async ({ cloud, lane, clock, accept, figures }) => {
          cloud.answer = ({ bodies }) => (bodies.some((body) => body.includes('bad')) ? 'validation' : 'delivered')
          for (let round = 0; round < 12; round++) {
            await accept(1, 'bad')
            await accept(3, 'good')
          }
          await lane.attach(cloud)
          await clock.pass(hour)
          const full = await figures()
          full.should.containEql({ state: 'online', delivered: 36, parkedStreams: 1, deadLettersFull: true })
          full.dead.should.be.within(1, 11)
          full.lastError?.code.should.equal('OUTBOX_FULL')
          cloud.requests.length = 0
          await accept(3, 'good')
          await clock.pass(hour)
          // Of the others one is tried again from time to time.
          const again = cloud.requests.filter(({ streams }) => streams.join() !== 'good')
          should(again.length).be.within(5, 8)
          for (const { bodies } of again) bodies.length.should.equal(1)
          ;(await lane.deadLetters.drop()).should.equal(full.dead)
          await clock.pass(hour)
          const after = await figures()
          after.dropped.should.equal(full.dead)
          should(after.dead).be.above(0)
          after.should.containEql({ evicted: 0, delivered: 39 })
        },
        { maxBytes: 30_000 },
      ),
    )

    it(
      'with no room for dead letters streams that were refused wrongly resume within ten minutes',
      scene(
        async ({ cloud, lane, clock, accept, figures }) => {
          let isWell = false
          cloud.answer = ({ bodies }) =>
            !isWell && bodies.some((body) => body.includes('sick')) ? 'validation' : 'delivered'
          const sent = new Map<string, string[]>([
            ['sick-1', []],
            ['sick-2', []],
          ])
          const send = async () => {
            for (const [stream, bodies] of sent) bodies.push(...(await accept(1, stream)))
            await accept(3, 'good')
          }
          for (let round = 0; round < 12; round++) await send()
          await lane.attach(cloud)
          await clock.pass(3 * hour)
          const full = await figures()
          full.should.containEql({ state: 'online', parkedStreams: 2, deadLettersFull: true })
          isWell = true
          await clock.pass(12 * minute)
          await send()
          await clock.pass(minute)
          const { dead, pending, delivered, ...rest } = await figures()
          rest.should.containEql({ deadLettersFull: false, parkedStreams: 0, suspects: 0 })
          should({ pending, all: delivered + dead }).eql({ pending: 0, all: 13 * 5 })
          dead.should.equal(full.dead)
          for (const [stream, bodies] of sent) {
            const received = cloud.receivedBy.get(stream) ?? []
            received.should.eql(bodies.slice(-received.length))
          }
        },
        { maxBytes: 30_000 },
      ),
    )

    it(
      'dead letters that are tried again and refused again die again, and never park their lane',
      scene(async ({ cloud, lane, clock, accept, figures }) => {
        const bodies = await accept(20, 'a', 'b', 'c', 'd')
        const bad = new Set(bodies.slice(0, 8))
        cloud.answer = (request) => (request.bodies.some((body) => bad.has(body)) ? 'validation' : 'delivered')
        await lane.attach(cloud)
        await clock.pass(20_000)
        ;(await figures()).should.containEql({ dead: 8, delivered: 12 })
        await clock.pass(2 * hour)
        await lane.deadLetters.retry()
        for (let passed = 0; passed < 10; passed++) {
          await clock.pass(minute)
          ;(await figures()).state.should.not.equal('parked')
        }
        ;(await figures()).should.containEql({ dead: 8, delivered: 12, pending: 0 })
        const [fresh] = await accept(1, 'a')
        await clock.pass(1000)
        cloud.received.at(-1)?.should.equal(fresh)
      }),
    )

    it(
      'dead letters that were to be tried again before a restart keep those behind them no longer after it',
      scene(async ({ cloud, lane, clock, accept, figures, restart }) => {
        const bad = new Set((await accept(300, 'a', 'b')).filter((_, at) => at % 2 === 0))
        cloud.answer = (request) => (request.bodies.some((body) => bad.has(body)) ? 'validation' : 'delivered')
        await lane.attach(cloud)
        await clock.pass(10 * minute)
        ;(await figures()).should.containEql({ dead: 150, delivered: 150 })
        await lane.detach()
        await lane.deadLetters.retry()
        const restarted = await restart()
        const good = await accept(60, 'a')
        await restarted.attach(cloud)
        await clock.until(() => cloud.received.length === 210, 10 * minute)
        cloud.received.slice(-60).should.eql(good)
        await clock.pass(minute)
        ;(await figures()).should.containEql({ dead: 150, pending: 0, state: 'online' })
      }),
    )

    it(
      'dead letters go back into the queue on request, and are delivered when the cloud takes them',
      scene(async ({ cloud, lane, clock, accept, figures }) => {
        const bodies = await accept(20)
        cloud.answer = (request) => (request.bodies.includes(bodies[7] ?? '') ? 'validation' : 'delivered')
        await lane.attach(cloud)
        await clock.pass(5000)
        ;(await figures()).dead.should.equal(1)
        cloud.answer = () => 'delivered'
        ;(await lane.deadLetters.retry()).should.equal(1)
        await clock.pass(1000)
        cloud.received.at(-1)?.should.equal(bodies[7])
        ;(await figures()).should.containEql({
          accepted: 20,
          delivered: 20,
          dead: 0,
          pending: 0,
          deadBytes: 0,
          pendingBytes: 0,
        })
      }),
    )
  })
