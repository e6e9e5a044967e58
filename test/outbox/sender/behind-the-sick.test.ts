import should from 'should'
import { patienceMs } from '../../patience'
import { minute, scene } from '../scene'

/** Of each that is sick: more than is read for the requests that may run; or than is read to find out who is to blame. */
const backlogs = [
  { sick: 1, values: 5000, length: 10 },
  { sick: 2, values: 1200, length: 8000 },
]

describe('What lies behind the backlog of devices that fail for ever', function () {
  this.timeout(patienceMs)
  for (const { sick, values, length } of backlogs)
    for (const batching of ['lane', 'stream'] as const)
      for (const listable of [true, false])
        it(
          `is delivered after a start: of ${sick}, each with ${values} values of ${length} characters, in requests per ${batching}, ${listable ? 'in bundles' : 'in single records'}`,
          scene(
            async ({ cloud, lane, clock, outbox, accept, figures }) => {
              cloud.batching = batching
              cloud.answer = ({ streams }) =>
                streams.some((stream) => stream.startsWith('sick')) ? 'server' : 'delivered'
              const streams = Array.from({ length: sick }, (_, at) => `sick${at}`)
              const eventTimeMs = clock.wallMs()
              const payload = (number: number) => `"sick-${String(number).padStart(length, '0')}"`
              for (let number = 0; number < values; number += 100) {
                const numbers = Array.from({ length: 100 }, (_, at) => number + at)
                const recordsOf = (at: number) =>
                  streams.map((stream) => ({ stream, payload: payload(at), eventTimeMs, listable }))
                await outbox.acceptAll('lane', numbers.flatMap(recordsOf))
              }
              const good = await accept(20, 'a', 'b')
              await lane.attach(cloud)
              await clock.pass(20 * minute)
              cloud.received.toSorted().should.eql(good.toSorted())
              const late = await accept(20, 'a', 'b')
              await clock.pass(minute)
              cloud.received.toSorted().should.eql([...good, ...late].toSorted())
              cloud.answer = () => 'delivered'
              await clock.pass(20 * minute)
              ;(await figures()).should.containEql({ pending: 0, delivered: sick * values + 40 })
              const numberOf = (body: string) => Number(body.slice(body.indexOf('-') + 1, -1))
              for (const bodies of cloud.receivedBy.values())
                should(bodies).eql(bodies.toSorted((a, b) => numberOf(a) - numberOf(b)))
            },
            { listable },
          ),
        )
})

describe('A device that fails, of which little is read since answers did not come', function () {
  this.timeout(patienceMs)
  for (const batching of ['lane', 'stream'] as const)
    it(
      `does not hide others that come later, in requests per ${batching}`,
      scene(async ({ cloud, lane, clock, accept }) => {
        cloud.batching = batching
        let isGarbled = true
        cloud.answer = ({ streams }) => {
          if (isGarbled) return { kind: 'network', mayHaveArrived: true }
          return streams.includes('sick') ? 'server' : 'delivered'
        }
        await accept(4, 'sick')
        await lane.attach(cloud)
        await clock.pass(5 * minute)
        lane.state.should.equal('unclear')
        isGarbled = false
        await clock.pass(minute)
        const good = await accept(3, 'a', 'b')
        await clock.pass(5 * minute)
        cloud.received.toSorted().should.eql(good.toSorted())
      }),
    )
})

describe('A device whose every request takes 25 s', function () {
  this.timeout(patienceMs)
  for (const batching of ['lane', 'stream'] as const)
    it(
      `does not let those wait for it that lie behind its backlog, in requests per ${batching}`,
      scene(async ({ cloud, lane, clock, accept, figures }) => {
        cloud.batching = batching
        cloud.answer = async ({ streams }, signal) => {
          if (!streams.includes('slow')) return 'delivered'
          await new Promise((resolve) => {
            clock.setTimeout(() => resolve(undefined), 25_000)
            signal.addEventListener('abort', resolve)
          })
          return signal.aborted ? 'network' : 'delivered'
        }
        for (let count = 0; count < 5; count++) await accept(1000, 'slow')
        const good = await accept(20, 'a', 'b')
        await lane.attach(cloud)
        await clock.pass(20_000)
        cloud.received.toSorted().should.eql(good.toSorted())
        await clock.pass(10 * minute)
        ;(await figures()).should.containEql({ pending: 0, delivered: 5020 })
      }),
    )
})
