import fc from 'fast-check'
import should from 'should'
import type { RetryClass } from '../../../lib/outbox'
import { DurableQueue } from '../../../lib/outbox/queue/queue'
import { patienceMs } from '../../patience'
import type { CloudRequest } from '../fake-cloud'
import { inFolder, instantScheduler, noEvents } from '../places'
import { hour, minute, type Scene, scene } from '../scene'

const histories = Number(process.env['OUTBOX_HISTORIES'] ?? 25)

/** What the cloud does, until told otherwise. */
interface Weather {
  mood: 'well' | RetryClass['kind'] | 'slow-line' | 'narrow'
  delayMs: number
  bad: (body: string) => boolean
  unknown: string | undefined
  stumblesAt: string | undefined
}

interface History extends Scene {
  readonly weather: Weather
  readonly accepted: Map<string, string[]>
  readonly listable: boolean
  readonly liveLimitMs: number
  write: () => void
  next: number
}

type Step = (history: History) => Promise<void>

function answerOf({ weather, clock }: History, { streams, bodies }: CloudRequest) {
  const answer = (): RetryClass => {
    const { mood, bad, unknown, stumblesAt } = weather
    if (unknown !== undefined && streams.includes(unknown)) return { kind: 'configuration' }
    if (stumblesAt !== undefined && streams.includes(stumblesAt)) return { kind: 'server' }
    if (mood === 'slow-line') return bodies.length > 3 ? { kind: 'network', timedOut: true } : { kind: 'delivered' }
    if (mood === 'narrow') return bodies.length > 5 ? { kind: 'too-large' } : { kind: 'delivered' }
    if (mood !== 'well') return { kind: mood } as RetryClass
    return bodies.some(bad) ? { kind: 'validation' } : { kind: 'delivered' }
  }
  const { delayMs } = weather
  if (delayMs === 0) return answer()
  return new Promise<RetryClass>((resolve) => clock.setTimeout(() => resolve(answer()), delayMs))
}

const accept =
  (count: number, streams: readonly string[], ageMs: number): Step =>
  async (history) => {
    const { outbox, clock, accepted, listable } = history
    const eventTimeMs = clock.wallMs() - ageMs
    const records = Array.from({ length: count }, (_, at) => {
      const stream = streams[at % streams.length] ?? ''
      return { stream, payload: `"${stream}-${history.next++}"`, eventTimeMs, listable }
    })
    // Refused while the disk fails; on a slow disk it is known later.
    void outbox.acceptAll('lane', records).then(
      () => {
        for (const { stream, payload } of records) accepted.set(stream, [...(accepted.get(stream) ?? []), payload])
      },
      () => undefined,
    )
    await clock.pass(0)
  }

const pass =
  (ms: number): Step =>
  ({ clock }) =>
    clock.pass(ms)
const attach: Step = async ({ lane, cloud, clock, liveLimitMs }) => {
  void lane.attach(cloud, { liveLimitMs })
  await clock.pass(4_100)
}
const change =
  (weather: Partial<Weather>): Step =>
  async (history) => {
    Object.assign(history.weather, weather)
  }
const holdDisk: Step = async (history) => {
  history.write()
  history.disk.beforeWrite = new Promise<void>((resolve) => {
    history.write = () => {
      history.disk.beforeWrite = undefined
      resolve()
    }
  })
}
const releaseDisk: Step = async ({ write }) => write()
const failDisk: Step = async ({ disk }) => {
  disk.groupFaults.push('fails')
}

describe('a lane, in random histories of weather, re-attachment and a slow disk', () => {
  for (const [listable, liveLimitMs] of [
    [true, 60_000],
    [false, 60_000],
    [true, 0],
  ] as const)
    it(`delivers everything once (${listable ? 'bundles' : 'single records'}, live limit ${liveLimitMs} ms)`, async function () {
      this.timeout(patienceMs + histories * 200)
      // The last three are of one partition, and become bundles together.
      const names = ['b', 'a', 's34', 's47']
      const streams = fc.subarray(names, { minLength: 1 })
      const delay = fc.constantFrom(0, 200, 3_000)
      const named = <Name extends string>(name: Name, step: Step) => ({ name, step, toString: () => name })
      const steps = fc.array(
        fc.oneof(
          fc
            .tuple(fc.integer({ min: 1, max: 250 }), streams, fc.constantFrom(0, 2 * minute))
            .map(([count, streams, ageMs]) =>
              named(`accept ${count} ${streams} ${ageMs}`, accept(count, streams, ageMs)),
            ),
          fc.constantFrom(0, 100, 1_000, minute, 20 * minute).map((ms) => named(`pass ${ms}`, pass(ms))),
          fc.constant(named('attach', attach)),
          delay.map((delayMs) => named(`delay ${delayMs}`, change({ delayMs }))),
          fc
            .constantFrom(
              'well',
              'network',
              'server',
              'throttled',
              'session',
              'slow-line',
              'narrow',
              'validation' as const,
            )
            .map((mood) => named(`mood ${mood}`, change({ mood: mood as Weather['mood'] }))),
          fc
            .option(fc.constantFrom(...names))
            .map((unknown) => named(`unknown ${unknown}`, change({ unknown: unknown ?? undefined }))),
          fc
            .option(fc.constantFrom(...names))
            .map((name) => named(`stumbles at ${name}`, change({ stumblesAt: name ?? undefined }))),
          fc
            .integer({ min: 2, max: 400 })
            .map((nth) =>
              named(`bad ${nth}`, change({ bad: (body) => Number(/\d+/.exec(body)?.[0]) % nth === nth - 1 })),
            ),
          fc.constant(named('hold', holdDisk)),
          fc.constant(named('release', releaseDisk)),
          fc.constant(named('disk fails', failDisk)),
        ),
        { minLength: 3, maxLength: 25 },
      )
      await fc.assert(
        fc.asyncProperty(steps, async (history) => {
          let folder: string | undefined
          let disk: Scene['disk'] | undefined
          const isOrderly = !history.some(({ name }) =>
            /^(hold|disk|bad|stumbles|mood validation|mood server)/.test(name),
          )
          await scene(
            async (stage) => {
              const weather: Weather = {
                mood: 'well',
                delayMs: 0,
                bad: () => false,
                unknown: undefined,
                stumblesAt: undefined,
              }
              const real: History = {
                ...stage,
                weather,
                accepted: new Map(),
                listable,
                liveLimitMs,
                write: () => undefined,
                next: 0,
              }
              disk = stage.disk
              folder = (await stage.outbox.figures()).folder
              const { cloud, clock, lane, accepted } = real
              cloud.answer = (request) => answerOf(real, request)
              await attach(real)
              for (const { step } of history) await step(real)
              real.write()
              stage.disk.groupFaults = []
              Object.assign(weather, {
                mood: 'well',
                delayMs: 0,
                bad: () => false,
                unknown: undefined,
                stumblesAt: undefined,
              })
              // What could not be written is tried again.
              await clock.pass(20_000)
              for (let round = 0; round < 4; round++) {
                await clock.pass(hour)
                lane.flush()
                let isRetried = false
                const retried = lane.deadLetters.retry().finally(() => {
                  isRetried = true
                })
                while (!isRetried) await clock.pass(10)
                await retried
              }
              await clock.pass(hour)
              const all = [...accepted.values()].flat()
              should([...cloud.received].sort()).eql(all.sort())
              should(await lane.figures()).containEql({ pending: 0, pendingBytes: 0, dead: 0, delivered: all.length })
              if (isOrderly && liveLimitMs === 0)
                for (const [stream, bodies] of accepted) should(cloud.receivedBy.get(stream) ?? []).eql(bodies)
            },
            { listable },
          )()
          if (!disk || !folder) return
          const left = disk
          left.groupFaults = []
          await inFolder(async (other) => {
            const queue = await DurableQueue.open(
              { folder: other, openDisk: () => left, scheduler: instantScheduler() },
              noEvents,
            )
            should(queue.found).containEql({ missing: 0, reappeared: 0 })
            for (const ledger of queue.all()) ledger.pending.should.equal(0)
            await queue.close()
          })
        }),
        { numRuns: histories },
      )
    })
})
