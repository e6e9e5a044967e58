import fc from 'fast-check'
import should from 'should'
import { retryAfterMs } from '../../../lib/http'
import type { RetryClass } from '../../../lib/outbox'
import { Gate } from '../../../lib/outbox/sender/gate'
import { patienceMs } from '../../patience'
import { minute, scene } from '../scene'

/** Of requests to a cloud that takes nothing, whatever it says instead. */
const mostPerMinute = 40

const retryAfter = fc.oneof(
  fc.constantFrom('0', '-1', '-1e9', 'NaN', '', '0.001', 'Thu, 01 Jan 1970 00:00:00 GMT', '1'),
  fc.string(),
)
const throttled = retryAfter.map(
  (header): RetryClass => ({ kind: 'throttled', retryAfterMs: retryAfterMs(header, Date.now()) }),
)
const refusal: fc.Arbitrary<RetryClass> = fc.oneof(
  throttled,
  fc.constantFrom<RetryClass>(
    { kind: 'network' },
    { kind: 'network', mayHaveArrived: true },
    { kind: 'network', timedOut: true },
    { kind: 'server' },
    { kind: 'session' },
    { kind: 'credentials' },
    { kind: 'billing' },
  ),
)

describe('A cloud that takes nothing', function () {
  this.timeout(patienceMs)
  for (const chance of [0, 0.5, 0.999])
    it(`is asked at most ${mostPerMinute} times a minute, whatever it says, and loses nothing (chance ${chance})`, () =>
      fc.assert(
        fc.asyncProperty(fc.array(refusal, { minLength: 1, maxLength: 5 }), (refusals) =>
          scene(
            async ({ cloud, lane, clock, accept, figures }) => {
              cloud.answer = () => refusals[cloud.requests.length % refusals.length] as RetryClass
              await accept(50, 'a', 'b', 'c')
              await lane.attach(cloud)
              await clock.pass(10 * minute)
              const times = cloud.requests.map(({ atMs }) => atMs)
              const within = times.map((start) => times.filter((ms) => ms >= start && ms < start + minute).length)
              should(Math.max(...within)).be.belowOrEqual(mostPerMinute)
              ;(await figures()).should.containEql({ pending: 50, dead: 0 })
            },
            { random: () => chance },
          )(),
        ),
        { numRuns: 25 },
      ))

  it('is waited for as long as it asks, also where one of several requests at a time is told so', () => {
    const gate = new Gate(() => 0)
    for (const askedMs of [0, 5 * minute, 0, undefined]) gate.close('throttled', 1_000, askedMs)
    should(gate.openAtMs).equal(1_000 + 5 * minute)
    gate.close('throttled', gate.openAtMs, undefined)
    // Those four were one failure.
    should(gate.openAtMs).equal(1_000 + 5 * minute + 200)
  })
})
