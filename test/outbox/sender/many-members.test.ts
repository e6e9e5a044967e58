import should from 'should'
import type { RetryClass } from '../../../lib/outbox'
import { patienceMs } from '../../patience'
import { Random } from '../../world/random'
import type { CloudRequest } from '../fake-cloud'
import { minute, type Scene, scene } from '../scene'

const roundTripMs = 15
const everyMs = 200
/** Of each member. */
const valueEveryMs = 2000

type Answer = (signal: AbortSignal, after: (ms: number) => Promise<void>) => Promise<RetryClass | RetryClass['kind']>

/** What happens to each request that holds one of the bad. */
const faults: Record<string, Answer> = {
  'HTTP 500': async () => 'server',
  'HTTP 429': async () => 'throttled',
  'HTTP 429 for ten seconds': async () => ({ kind: 'throttled', retryAfterMs: 10_000 }),
  'answers after 25 s': async (signal, after) => {
    await Promise.race([after(25_000), new Promise((resolve) => signal.addEventListener('abort', resolve))])
    return signal.aborted ? 'network' : 'delivered'
  },
  'unknown devices': async () => 'configuration',
  'points that their model lacks': async () => 'validation',
}

interface Fleet {
  readonly members: number
  readonly bad: number
  /** As when a cupboard of them fails: one after the other, the first that send, and before anything was taken. */
  readonly areSideBySide?: boolean
  readonly listable: boolean
  /** What becomes of the bad one with this number. */
  readonly faultOf: (bad: number) => Answer
}

/** Members that send one after the other; then some fail. Answers how much of the others' values arrives, against what they send. */
async function play({ cloud, clock, lane, outbox }: Scene, fleet: Fleet) {
  const { members, bad, areSideBySide = false, listable, faultOf } = fleet
  const after = (ms: number) => new Promise<void>((resolve) => clock.setTimeout(resolve, ms))
  const step = Math.floor(members / bad)
  const badOf = (stream: string) => {
    const member = Number(stream.slice(1))
    if (areSideBySide) return member < bad ? member : undefined
    return member % step === 1 ? Math.floor(member / step) : undefined
  }
  let isFaulty = areSideBySide
  let arrived = 0
  cloud.answer = async ({ streams, bodies }: CloudRequest, signal) => {
    await after(roundTripMs)
    const culprit = isFaulty ? streams.map(badOf).find((number) => number !== undefined) : undefined
    const answer = culprit === undefined ? 'delivered' : await faultOf(culprit)(signal, after)
    if (answer === 'delivered')
      for (const body of bodies) if (badOf(body.slice(1, body.indexOf('-'))) === undefined) arrived++
    return answer
  }
  await lane.attach(cloud)
  let next = 0
  let good = 0
  const accept = (count: number, from: number) => {
    const eventTimeMs = clock.wallMs()
    const records = Array.from({ length: count }, () => {
      const stream = `d${next++ % from}`
      if (badOf(stream) === undefined) good++
      return { stream, payload: `"${stream}-${next}"`, eventTimeMs, listable }
    })
    return outbox.acceptAll('lane', records)
  }
  const run = async (ms: number) => {
    const before = { arrived, good }
    for (let spentMs = 0; spentMs < ms; spentMs += everyMs) {
      await accept((members * everyMs) / valueEveryMs, members)
      await clock.pass(everyMs)
    }
    return (arrived - before.arrived) / (good - before.good)
  }
  if (areSideBySide) await accept(50, bad)
  else await run(3_000)
  isFaulty = true
  await run(10_000)
  const rate = await run(10_000)
  return { rate, end: () => (isFaulty = false) }
}

describe('Where one of a hundred devices that share a lane is bad', function () {
  this.timeout(patienceMs)
  const check = (title: string, fleet: Omit<Fleet, 'listable'>) => {
    for (const listable of [true, false])
      it(
        `the others keep their rate from ten seconds after the fault begins, and all arrives in order: ${title}, ${listable ? 'in bundles' : 'in single records'}`,
        scene(
          async (stage) => {
            const { cloud, clock, lane, figures } = stage
            const { rate, end } = await play(stage, { ...fleet, listable })
            should(rate).be.aboveOrEqual(0.8)
            end()
            await clock.pass(20 * minute)
            const { accepted, dead, delivered, suspects, parkedStreams } = await figures()
            accepted.should.equal(dead + delivered)
            should({ suspects, parkedStreams, state: lane.state }).eql({
              suspects: 0,
              parkedStreams: 0,
              state: 'online',
            })
            for (const bodies of cloud.receivedBy.values()) bodies.should.eql(bodies.toSorted(byNumber))
          },
          { listable, random: new Random(1, 'outbox').next },
        ),
      )
  }
  for (const [name, answer] of Object.entries(faults)) {
    const faultOf = () => answer
    check(name, { members: 1000, bad: 10, faultOf })
    check(`${name}, side by side`, { members: 10_000, bad: 100, areSideBySide: true, faultOf })
  }
  const all = Object.values(faults)
  const mixed = (bad: number) => all[bad % all.length] as Answer
  check('each in its way', { members: 1200, bad: 12, faultOf: mixed })
  check('each in its way, one of ten', { members: 120, bad: 12, faultOf: mixed })
})

const numberOf = (body: string) => Number(body.slice(body.indexOf('-') + 1, -1))
const byNumber = (a: string, b: string) => numberOf(a) - numberOf(b)
