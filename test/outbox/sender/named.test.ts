import fc from 'fast-check'
import should from 'should'
import { ConnectorError, say } from '../../../lib/core'
import type { OutboxRecord } from '../../../lib/outbox/record/record'
import { namedBy } from '../../../lib/outbox/sender/named'
import { patienceMs } from '../../patience'
import type { FakeCloud } from '../fake-cloud'
import { minute, scene } from '../scene'

/** Refuses a request with a typo in it, and says so with these words. */
function refuseTypos(cloud: FakeCloud, words: string): void {
  cloud.answer = ({ bodies }) => {
    if (!bodies.some((body) => body.includes('"typo"'))) return 'delivered'
    throw new ConnectorError('VALIDATION_REFUSED', say`The cloud answered "${words}".`)
  }
  const { classify } = cloud
  cloud.classify = (error) =>
    error instanceof ConnectorError && error.code === 'VALIDATION_REFUSED' ? { kind: 'validation' } : classify(error)
}

const numberOf = (body: string) => Number(body.slice(body.indexOf(':') + 1, -1))

const devices = Array.from({ length: 20 }, (_, at) => `d${at}`)
const values = 10_000
const poisonEvery = 500

describe('Poison that a backlog of twenty devices holds, and that the cloud names', function () {
  this.timeout(patienceMs)
  for (const listable of [true, false])
    for (const isNamed of [true, false])
      it(
        `costs ${isNamed ? 'six' : 'twenty'} requests for each value at most, ${listable ? 'in bundles' : 'in single records'}, ${isNamed ? 'where the cloud names the point' : 'where the cloud names nothing'}`,
        scene(
          async ({ cloud, lane, clock, outbox, figures }) => {
            const records = Array.from({ length: values }, (_, at) => {
              const point = at % poisonEvery === 250 ? 'typo' : 'temp'
              const stream = devices[(at + Math.floor(at / poisonEvery)) % devices.length] as string
              return { stream, payload: `{"${point}":${at}}`, eventTimeMs: clock.wallMs() - 5 * minute, listable }
            })
            await outbox.acceptAll('lane', records)
            refuseTypos(cloud, isNamed ? 'measurepoint typo is not in the model' : 'invalid')
            await lane.attach(cloud)
            await clock.pass(10 * minute)
            const bad = values / poisonEvery
            ;(await figures()).should.containEql({ pending: 0, dead: bad, delivered: values - bad })
            should(cloud.requests.length).be.belowOrEqual(values / 1000 + bad * (isNamed ? 6 : 20))
            for (const bodies of cloud.receivedBy.values())
              bodies.should.eql(bodies.toSorted((a, b) => numberOf(a) - numberOf(b)))
          },
          { listable },
        ),
      )
})

describe('What a cloud names as refused', function () {
  this.timeout(patienceMs)
  const points = ['temp', 'typo', 'rare', 'flow']
  const value = fc.record({ stream: fc.constantFrom('a', 'b', 'c', ''), point: fc.constantFrom(...points) })
  const words = fc.array(fc.constantFrom(...points, 'point', 'refused'), { maxLength: 4 }).map((list) => list.join(' '))

  it('costs no good value and no order, whether it is meant or not', async () => {
    const arrivals = fc.array(fc.array(value, { minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 4 })
    const settings = { words, arrivals, listable: fc.boolean(), batching: fc.constantFrom('lane', 'stream') }
    await fc.assert(
      fc.asyncProperty(fc.record(settings), ({ words, arrivals, listable, batching }) =>
        scene(
          async ({ cloud, lane, clock, outbox, figures }) => {
            cloud.batching = batching
            refuseTypos(cloud, words)
            let next = 0
            const eventTimeMs = clock.wallMs() - 5 * minute
            const recordOf = ({ stream, point }: { stream: string; point: string }) => ({
              ...{ stream, eventTimeMs, listable },
              payload: `{"${point}":${next++}}`,
            })
            const all = arrivals.map((values) => [...values, { stream: 'well', point: 'temp' }].map(recordOf))
            await outbox.acceptAll('lane', all[0] ?? [])
            await lane.attach(cloud)
            for (const records of all.slice(1)) {
              await clock.pass(200)
              await outbox.acceptAll('lane', records)
            }
            await clock.pass(90 * minute)
            const good = all.flat().filter(({ payload }) => !payload.includes('typo'))
            ;(await figures()).should.containEql({ pending: 0, delivered: good.length, dead: next - good.length })
            for (const [stream, bodies] of cloud.receivedBy)
              should(bodies).eql(good.filter((record) => record.stream === stream).map(({ payload }) => payload))
          },
          { listable },
        )(),
      ),
      { numRuns: 40 },
    )
  })

  const payloadsNamed = (text: string, payloads: readonly string[]) =>
    namedBy(
      text,
      payloads.map((payload) => ({ payload: Buffer.from(payload) }) as OutboxRecord),
    ).map(({ payload }) => payload.toString())
  const good = Array.from({ length: 8 }, (_, at) => `{"temp":${at},"unit":"model"}`)

  it('is looked for as a whole name, without the punctuation around it', () => {
    const others = [...good, '{"typos":1}', '{"note":"a typo"}']
    for (const text of ['measurepoint typo.', '[typo]', 'unknown: "typo"', 'typo'])
      payloadsNamed(text, [...others, '{"typo":1}']).should.eql(['{"typo":1}'])
  })

  it('is what the fewest hold, and nothing that most of them hold', () => {
    payloadsNamed('temp of the model', good).should.eql([])
    payloadsNamed('typo of flow in the model', [...good, '{"typo":1,"flow":2}', '{"flow":3}']).should.eql([
      '{"typo":1,"flow":2}',
    ])
  })

  it('is not looked for in more than a request mostly holds', () => {
    payloadsNamed('typo', [`"${'x'.repeat(2 ** 20)}"`, '{"typo":1}', '{"temp":1}']).should.eql([])
  })
})
