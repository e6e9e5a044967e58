import fc from 'fast-check'
import should from 'should'
import { type Arrival, Bundler } from '../../../lib/outbox/record/bundle'
import { partitionOf } from '../../../lib/outbox/record/partition'
import { eventTimesOf, isMixed, partitionIn, streamsOf, takeApart } from '../../../lib/outbox/record/parts'
import { tailStart } from '../../../lib/outbox/record/record'
import { patienceMs } from '../../patience'
import { storedAt } from '../places'
import { hour, minute, type Scene, scene } from '../scene'

/** Of one partition, so that they become bundles together. */
const together = ['s', 's49', 's52', 's62', 's92']
const elsewhere = 'a'
const nowMs = Date.UTC(2026, 0)

function bundled(records: readonly { stream: string; text: string; eventTimeMs: number }[]): Arrival[] {
  const passed: Arrival[] = []
  const bundler = new Bundler(nowMs, (arrival) => passed.push(arrival))
  for (const { stream, text, eventTimeMs } of records) bundler.put(stream, text, eventTimeMs, false)
  bundler.end()
  return passed
}

const stored = (arrival: Arrival, sequence: number) => storedAt(arrival, sequence, nowMs)

describe('A bundle of several streams', function () {
  this.timeout(patienceMs)
  it('gives back each record with its stream, text and time, those of a stream in their order', () => {
    const anyRecord = fc.record({
      stream: fc.constantFrom(...together, elsewhere, 'ä/ö'),
      text: fc.oneof(fc.string({ unit: 'grapheme' }), fc.json()),
      eventTimeMs: fc.integer({ min: nowMs - 900, max: nowMs }),
    })
    fc.assert(
      fc.property(fc.array(anyRecord, { minLength: 1, maxLength: 250 }), (records) => {
        let sequence = 1
        const singles = bundled(records).flatMap((arrival) => {
          const bundle = stored(arrival, sequence)
          sequence += bundle.count
          streamsOf(bundle).length.should.equal(bundle.count)
          new Set(takeApart(bundle).map(partitionIn)).should.eql(new Set([partitionIn(bundle)]))
          isMixed(bundle).should.equal(new Set(streamsOf(bundle)).size > 1)
          Math.min(...eventTimesOf(bundle)).should.equal(bundle.eventTimeMs)
          return takeApart(bundle)
        })
        singles.map((record) => record.sequence).should.eql(records.map((_, at) => at + 1))
        for (const stream of new Set(records.map((record) => record.stream)))
          singles
            .filter((record) => record.stream === stream)
            .map(({ payload, eventTimeMs, count }) => ({ stream, text: payload.toString(), eventTimeMs, count }))
            .should.eql(records.filter((record) => record.stream === stream).map((record) => ({ ...record, count: 1 })))
      }),
    )
  })

  it('holds streams of one partition only', () => {
    const records = [...together, elsewhere, ...together].map((stream) => ({ stream, text: '1', eventTimeMs: nowMs }))
    bundled(records)
      .map((arrival) => new Set(streamsOf(arrival)))
      .should.eql([new Set(together), new Set([elsewhere])])
  })

  it('belongs to the partition of its streams also once their names have been stored', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom('', '\ud800', '\udc00', '😀'), (name, more) => {
        const stream = name + more
        partitionOf(stream).should.equal(partitionOf(Buffer.from(stream).toString()))
      }),
    )
  })

  it('holds 4 KB of text and names at most', () => {
    const names = Array.from({ length: 40 }, (_, at) => `${'x'.repeat(500)}${at}`)
    const counts = bundled(names.map((stream) => ({ stream, text: '1', eventTimeMs: nowMs })))
      .filter((arrival) => arrival.count > 1)
      .map((arrival) => streamsOf(arrival).join('').length)
    should(counts).not.be.empty()
    Math.max(...counts).should.be.belowOrEqual(5 * 1024)
  })

  it('stays in order with its streams where it was stored when there were 32 partitions', () => {
    const [bundle] = bundled(
      [together[0], together[1]].map((stream = '') => ({ stream, text: '1', eventTimeMs: nowMs })),
    )
    if (!bundle?.parts) throw new Error('no bundle')
    const parts = Buffer.from(bundle.parts)
    const at = tailStart(bundle.count) + 4
    parts[at] = (parts[at] ?? 0) + 16
    partitionIn(stored({ ...bundle, parts }, 1)).should.equal(partitionOf(together[0] ?? ''))
  })
})

describe('A lane of bundles of several streams', function () {
  this.timeout(patienceMs)
  const bodiesOfStream = (bodies: readonly string[], stream: string) =>
    bodies.filter((body) => body.startsWith(`"${stream}-`))

  function inOrder(cloud: Scene['cloud'], bodies: readonly string[]): void {
    for (const stream of together) should(cloud.receivedBy.get(stream) ?? []).eql(bodiesOfStream(bodies, stream))
  }

  it(
    'delivers each stream in order, several to a request',
    scene(
      async ({ cloud, lane, clock, accept, figures }) => {
        const bodies = await accept(500, ...together)
        await lane.attach(cloud)
        await clock.until(() => cloud.received.length === 500)
        await clock.pass(0)
        cloud.requests.length.should.equal(1)
        inOrder(cloud, bodies)
        ;(await figures()).should.containEql({ accepted: 500, delivered: 500, pending: 0, pendingBytes: 0 })
      },
      { listable: true },
    ),
  )

  for (const isNamed of [false, true])
    it(
      `parks only the stream that the cloud does not know${isNamed ? ', and names' : ''}; it goes on in order once it does`,
      scene(
        async ({ cloud, lane, clock, accept, figures }) => {
          let isKnown = false
          cloud.answer = ({ streams }) => {
            if (isKnown || !streams.includes('s52')) return 'delivered'
            return isNamed ? { kind: 'configuration', streams: ['s52'] } : 'configuration'
          }
          const bodies = await accept(200, ...together)
          await lane.attach(cloud)
          await clock.until(() => cloud.received.length === 160)
          // What comes in now is bundled with it again.
          bodies.push(...(await accept(200, ...together)))
          await clock.until(() => cloud.received.length === 320)
          await clock.pass(0)
          ;(await figures()).should.containEql({ state: 'online', parkedStreams: 1, pending: 80, dead: 0 })
          const before = cloud.requests.length
          await clock.pass(4 * minute)
          cloud.requests.length.should.equal(before)
          isKnown = true
          should(await clock.until(() => cloud.received.length === 400, hour)).be.belowOrEqual(15 * minute)
          await clock.pass(0)
          inOrder(cloud, bodies)
          ;(await figures()).should.containEql({ parkedStreams: 0, delivered: 400, pending: 0, pendingBytes: 0 })
        },
        { listable: true },
      ),
    )

  it(
    'keeps a stream in order, in bundles and beside them, while the cloud does not know it',
    scene(
      async ({ cloud, lane, clock, accept }) => {
        cloud.answer = ({ streams }) => (streams.includes(elsewhere) ? 'configuration' : 'delivered')
        const bodies: string[] = []
        for (const streams of [['s'], ['s', 's49'], ['s'], [elsewhere]])
          bodies.push(...(await accept(streams.length, ...streams)))
        await lane.attach(cloud, { liveLimitMs: 0 })
        await clock.until(() => cloud.received.length === 4)
        inOrder(cloud, bodies)
      },
      { listable: true },
    ),
  )

  it(
    'goes on beside a parked stream whose name is empty',
    scene(
      async ({ cloud, lane, clock, accept, figures }) => {
        cloud.answer = ({ streams }) => (streams.includes('') ? 'configuration' : 'delivered')
        await lane.attach(cloud)
        await accept(3, '')
        await clock.until(() => cloud.requests.length > 0)
        const bodies = await accept(10, ...together)
        await clock.pass(minute)
        inOrder(cloud, bodies)
        ;(await figures()).should.containEql({ parkedStreams: 1, delivered: 10, pending: 3 })
      },
      { listable: true },
    ),
  )

  it(
    'parks only the stream that the cloud does not know where it answers record by record',
    scene(
      async ({ cloud, lane, clock, accept, figures }) => {
        cloud.answer = ({ streams }) =>
          streams.includes('s52') ? { kind: 'partial', results: [{ kind: 'configuration' }] } : 'delivered'
        await lane.attach(cloud)
        const bodies = [...(await accept(10, ...together)), ...(await accept(10, ...together))]
        await clock.until(() => cloud.received.length === 16)
        await clock.pass(0)
        ;(await figures()).should.containEql({ parkedStreams: 1, delivered: 16, pending: 4 })
        cloud.answer = () => 'delivered'
        await clock.until(() => cloud.received.length === 20, hour)
        inOrder(cloud, bodies)
      },
      { listable: true },
    ),
  )

  it(
    'gives up the bad record alone, as one of its stream',
    scene(
      async ({ cloud, lane, clock, accept, figures }) => {
        const bodies = await accept(100, ...together)
        const bad = bodiesOfStream(bodies, 's62')[7] ?? ''
        cloud.answer = (request) => (request.bodies.includes(bad) ? 'validation' : 'delivered')
        await lane.attach(cloud)
        await clock.until(() => cloud.received.length === 99)
        await clock.pass(minute)
        inOrder(
          cloud,
          bodies.filter((body) => body !== bad),
        )
        ;(await figures()).should.containEql({ dead: 1, delivered: 99, pending: 0 })
        const [letter] = await lane.deadLetters.list({ limit: 10 })
        letter?.record.stream.should.equal('s62')
        letter?.record.payload.toString().should.equal(bad)
      },
      { listable: true },
    ),
  )

  it(
    'puts aside only the stream at which the cloud stumbles',
    scene(
      async ({ cloud, lane, clock, accept, figures }) => {
        const bodies = await accept(50, ...together)
        cloud.answer = ({ streams }) => (streams.includes('s92') ? 'server' : 'delivered')
        await lane.attach(cloud, { liveLimitMs: 0 })
        await clock.until(() => cloud.received.length === 40, 24 * hour)
        // Others that are taken prove that there is no outage.
        while ((await figures()).parkedStreams === 0) {
          bodies.push(...(await accept(1, 's')))
          await clock.pass(minute)
        }
        ;(await figures()).should.containEql({ parkedStreams: 1, pending: 10, dead: 0 })
        cloud.answer = () => 'delivered'
        await clock.until(() => cloud.received.length === bodies.length, hour)
        inOrder(cloud, bodies)
      },
      { listable: true },
    ),
  )

  it(
    'delivers everything after live and late batches of the same streams were suspected',
    scene(
      async ({ cloud, lane, clock, outbox }) => {
        const acceptAged = async (ageMs: number, ...streams: string[]) => {
          const eventTimeMs = clock.wallMs() - ageMs
          const records = streams.map((stream) => ({ stream, payload: `"${stream}"`, eventTimeMs, listable: true }))
          await outbox.acceptAll('lane', records)
          await clock.pass(0)
        }
        cloud.answer = ({ streams }) => (streams.includes('b') ? 'configuration' : 'server')
        await lane.attach(cloud)
        await clock.pass(4_100)
        await acceptAged(2 * minute, 's49', 's62', 'a')
        await acceptAged(0, 's', 's49', 's52', 's62', 'a', 's34', 'b')
        const attached = lane.attach(cloud)
        await clock.pass(4_100)
        await attached
        await acceptAged(2 * minute, 's', 's49', 's62', 's34')
        await clock.pass(35 * minute)
        cloud.answer = () => 'delivered'
        await clock.until(() => cloud.received.length === 14, hour)
      },
      { listable: true },
    ),
  )

  for (const listable of [true, false])
    it(
      `delivers the parts of a refused batch around the stream at which the cloud stumbles (${listable ? 'bundles' : 'single records'})`,
      scene(
        async ({ cloud, lane, clock, accept, figures }) => {
          cloud.answer = ({ streams }) => {
            if (cloud.requests.length <= 3) return 'validation'
            return streams.includes('s49') ? 'server' : 'delivered'
          }
          const bodies = await accept(120, 's', 's49', 's62')
          await lane.attach(cloud, { liveLimitMs: 0 })
          await clock.until(() => cloud.received.length === 80)
          await clock.pass(hour)
          ;(await figures()).should.containEql({ pending: 40, dead: 0 })
          cloud.answer = () => 'delivered'
          await clock.until(() => cloud.received.length === 120, hour)
          inOrder(cloud, bodies)
        },
        { listable },
      ),
    )

  for (const liveLimitMs of [minute, 0])
    it(
      `delivers the backlog around a stream that fails, though nothing new comes (${liveLimitMs} ms)`,
      scene(
        async ({ cloud, lane, clock, accept, figures }) => {
          const bodies: string[] = []
          for (let round = 0; round < 30; round++) bodies.push(...(await accept(100, ...together)))
          await clock.pass(hour)
          cloud.answer = ({ streams }) => (streams.includes('s92') ? 'server' : 'delivered')
          await lane.attach(cloud, { liveLimitMs })
          await clock.until(() => cloud.received.length === 2400, 24 * hour)
          await clock.pass(hour)
          ;(await figures()).should.containEql({ pending: 600, dead: 0 })
          cloud.answer = () => 'delivered'
          await clock.until(() => cloud.received.length === 3000, hour)
          inOrder(cloud, bodies)
        },
        { listable: true },
      ),
    )

  it(
    'leaves all records to the next destination when it was let go while they were taken apart',
    scene(
      async ({ cloud, lane, clock, disk, accept, figures }) => {
        cloud.answer = ({ streams }) => (streams.includes('s') ? 'configuration' : 'delivered')
        const bodies = await accept(50, ...together)
        await lane.attach(cloud)
        await clock.until(() => cloud.received.length === 40)
        let write = () => {}
        const isHeld = () => disk.beforeWrite !== undefined
        bodies.push(...(await accept(50, ...together)))
        disk.beforeWrite = new Promise<void>((resolve) => {
          write = () => {
            disk.beforeWrite = undefined
            resolve()
          }
        })
        await clock.pass(0)
        isHeld().should.be.true()
        cloud.answer = () => 'delivered'
        const attached = lane.attach(cloud)
        await clock.pass(5_000)
        await attached
        await clock.pass(5_000)
        write()
        await clock.pass(hour)
        inOrder(cloud, bodies)
        ;(await figures()).should.containEql({ delivered: 100, pending: 0, pendingBytes: 0 })
      },
      { listable: true },
    ),
  )

  it(
    'says of each stream how much was evicted',
    scene(
      async ({ outbox, accept, figures }) => {
        for (let round = 0; round < 3; round++) await accept(1000, ...together)
        const { evicted } = await figures()
        should(evicted).be.above(0)
        const streams = (await outbox.evictions()).flatMap((entry) => entry.streams)
        new Set(streams.map(({ stream }) => stream)).should.eql(new Set(together))
        streams.reduce((sum, { count }) => sum + count, 0).should.equal(evicted)
      },
      { listable: true, maxBytes: 60_000, whenFull: 'evict-oldest' },
    ),
  )
})
