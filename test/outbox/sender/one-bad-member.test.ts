import should from 'should'
import type { RetryClass } from '../../../lib/outbox'
import { patienceMs } from '../../patience'
import type { CloudRequest } from '../fake-cloud'
import { minute, type Scene, scene } from '../scene'

const roundTripMs = 25
const everyMs = 100

type Answer = (
  request: CloudRequest,
  signal: AbortSignal,
  after: (ms: number) => Promise<void>,
) => Promise<RetryClass['kind']>

interface Fault {
  readonly name: string
  /** Whether its values are held, instead of becoming dead letters or arriving late. */
  readonly isHeld: boolean
  readonly answer: Answer
}

/** What happens to each request that contains the bad one. */
const faults: readonly Fault[] = [
  { name: 'HTTP 500', isHeld: true, answer: async () => 'server' },
  { name: 'a point that its model lacks', isHeld: false, answer: async () => 'validation' },
  {
    name: 'answers after 25 s',
    isHeld: false,
    answer: async (_, signal, after) => {
      await Promise.race([after(25_000), new Promise((resolve) => signal.addEventListener('abort', resolve))])
      return signal.aborted ? 'network' : 'delivered'
    },
  },
  { name: 'HTTP 429', isHeld: true, answer: async () => 'throttled' },
]

/** Values of each member every 100 ms, and how long each is on its way. */
async function play(
  { cloud, clock, lane, outbox }: Scene,
  { members, listable, bad }: { members: number; listable: boolean; bad: ReadonlyMap<string, Fault> },
) {
  const after = (ms: number) => new Promise<void>((resolve) => clock.setTimeout(resolve, ms))
  const sentMs = new Map<string, number>()
  const delays = new Map<string, number>()
  let isFaulty = false
  cloud.answer = async (request, signal) => {
    await after(roundTripMs)
    const fault = isFaulty ? request.streams.flatMap((stream) => bad.get(stream) ?? [])[0] : undefined
    const kind = fault ? await fault.answer(request, signal, after) : 'delivered'
    if (kind === 'delivered')
      for (const body of request.bodies) delays.set(body, clock.monotonicMs() - (sentMs.get(body) ?? 0))
    return kind
  }
  await lane.attach(cloud)
  const run = async (ms: number) => {
    for (let spentMs = 0; spentMs < ms; spentMs += everyMs) {
      const eventTimeMs = clock.wallMs()
      const records = Array.from({ length: members }, (_, at) => {
        const payload = `"d${at}-${sentMs.size + at}"`
        return { stream: `d${at}`, payload, eventTimeMs, listable }
      })
      for (const { payload } of records) sentMs.set(payload, clock.monotonicMs())
      await outbox.acceptAll('lane', records)
      await clock.pass(everyMs)
    }
  }
  await run(3_000)
  isFaulty = true
  await run(10_000)
  const fromMs = clock.monotonicMs()
  await run(15_000)
  const isBad = (body: string) => bad.has(body.slice(1, body.indexOf('-')))
  const later = [...sentMs].filter(([body, ms]) => ms >= fromMs && !isBad(body))
  const arrived = later.flatMap(([body]) => delays.get(body) ?? []).sort((a, b) => a - b)
  return { sent: later.length, arrived, end: () => (isFaulty = false) }
}

describe('From ten seconds after one of many begins to fail, no other is held up for more than 2 s:', function () {
  this.timeout(patienceMs)
  const check = (
    title: string,
    members: number,
    batching: 'lane' | 'stream',
    listable: boolean,
    bad: Map<string, Fault>,
  ) =>
    it(
      title,
      scene(
        async (stage) => {
          const { cloud, clock, lane, figures } = stage
          cloud.batching = batching
          const { sent, arrived, end } = await play(stage, { members, listable, bad })
          should(arrived.length).be.aboveOrEqual(0.8 * sent)
          should(arrived[Math.floor(arrived.length * 0.99)]).be.belowOrEqual(2000)
          const held = [...bad.values()].filter(({ isHeld }) => isHeld).length
          ;(await figures()).should.containEql({ state: 'online', parkedStreams: held })
          end()
          await clock.pass(20 * minute)
          const { accepted, dead, delivered } = await figures()
          accepted.should.equal(dead + delivered)
          lane.state.should.equal('online')
        },
        { listable },
      ),
    )

  for (const fault of faults) {
    const bad = new Map([['d2', fault]])
    check(`${fault.name}, of 20 in bundles`, 20, 'lane', true, bad)
    check(`${fault.name}, of 20 in single records`, 20, 'lane', false, bad)
    check(`${fault.name}, of 3 in bundles`, 3, 'lane', true, bad)
    check(`${fault.name}, of 20 with requests of their own`, 20, 'stream', false, bad)
  }
  const all = new Map(faults.map((fault, at) => [`d${at * 3}`, fault]))
  check('all faults together, in bundles', 20, 'lane', true, all)
  check('all faults together, with requests of their own', 20, 'stream', false, all)
})
