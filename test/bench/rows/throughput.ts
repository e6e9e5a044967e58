import type { Figure } from '../figure'
import type { Load } from '../loaded-node-red'
import { type InfluxPeer, startInfluxPeer } from './influx'
import { barePosts, column, endToEnd, interleaved, type Scene, type Side } from './row'

const inFlight = 64
/** As many requests as the outbox has out at most. */
const arraysInFlight = 8
/** As many as one group of the outbox takes; more only wait in memory. */
const durableInFlight = 1000
/** As many arrays as keep the outbox busy, while memory stays bounded. */
const durableArraysInFlight = 16

const single = (inFlight: number, durationMs: number): Load => ({ inFlight, durationMs, pointsPerMessage: 1 })
const arrays = (inFlight: number, durationMs: number): Load => ({ inFlight, durationMs, pointsPerMessage: 1000 })

export async function throughput(scene: Scene): Promise<Figure[]> {
  const influx = await startInfluxPeer()
  try {
    return await throughputBeside(influx, scene)
  } finally {
    await influx.stop()
  }
}

async function throughputBeside(influx: InfluxPeer, scene: Scene): Promise<Figure[]> {
  const { durationMs, crowd } = scene.sizes
  const send = (id: Parameters<typeof endToEnd>[1], load: Load) => () => endToEnd(scene, id, load)

  const bare = (client: 'got' | 'undici', pointsPerBody: number, inFlight: number) => () =>
    barePosts(scene, client, pointsPerBody, inFlight)

  const { bareSingle, bareArrays, undiciSingle, undiciArrays, influx1, influx2, nothing, ...posts } = await interleaved(
    scene.sizes,
    {
      direct: send('post-direct', single(inFlight, durationMs)),
      byHand: send('post-by-hand', single(inFlight, durationMs)),
      durable: send('post-outbox', single(durableInFlight, durationMs)),
      batchByHand: send('batch-by-hand', single(crowd, durationMs)),
      bareSingle: bare('got', 1, inFlight),
      undiciSingle: bare('undici', 1, inFlight),
      nothing: () => nothingBesides(scene, single(inFlight, durationMs)),
      arrays: send('post-direct', arrays(arraysInFlight, durationMs)),
      bareArrays: bare('got', 1000, arraysInFlight),
      undiciArrays: bare('undici', 1000, arraysInFlight),
      influx1: () => influx.cpuUsPerPoint(1, arrays(arraysInFlight, durationMs)),
      influx2: () => influx.cpuUsPerPoint(2, arrays(arraysInFlight, durationMs)),
      durableArrays: send('post-outbox', arrays(durableArraysInFlight, durationMs)),
    },
  )
  const calls = await interleaved(scene.sizes, {
    direct: () => callsPerSecond(scene, 'call-direct'),
    byHand: () => callsPerSecond(scene, 'call-by-hand'),
  })
  const rate = (rows: readonly { pointsPerSecond: number }[]) => column(rows, 'pointsPerSecond')
  const cpu = (rows: readonly { cpuUsPerPoint: number }[]) => column(rows, 'cpuUsPerPoint')
  const perSecond = { unit: 'points/s', compare: 'ratio' } as const
  return [
    {
      ...perSecond,
      what: 'direct, one point a message, 64 in flight / by hand',
      ours: rate(posts.direct),
      baseline: rate(posts.byHand),
      goal: { least: 2 },
    },
    {
      what: 'direct, a signed API call a message, 64 in flight / signed by hand',
      unit: 'calls/s',
      compare: 'ratio',
      ours: calls.direct,
      baseline: calls.byHand,
      goal: { least: 2 },
    },
    {
      ...perSecond,
      what: 'outbox, one point a message / by hand at its best',
      ours: rate(posts.durable),
      baseline: rate(posts.byHand),
      goal: { least: 8 },
    },
    {
      what: 'outbox, messages durably accepted',
      unit: 'msg/s',
      compare: 'absolute',
      ours: column(posts.durable, 'messagesPerSecond'),
      goal: { least: 20_000 },
    },
    {
      ...perSecond,
      what: 'direct, arrays of 1,000 / bare got',
      ours: rate(posts.arrays),
      baseline: rate(bareArrays),
      goal: { least: 0.7 },
    },
    {
      what: 'direct, arrays of 1,000',
      unit: 'points/s',
      compare: 'absolute',
      ours: rate(posts.arrays),
      goal: { least: 60_000 },
    },
    {
      ...perSecond,
      what: 'outbox, one point a message / core batch node (100) by hand',
      ours: rate(posts.durable),
      baseline: rate(posts.batchByHand),
      goal: { least: 0.5 },
    },
    {
      ...perSecond,
      what: 'outbox, arrays of 1,000 / core batch node (100) by hand',
      ours: rate(posts.durableArrays),
      baseline: rate(posts.batchByHand),
      goal: { least: 1.2 },
    },
    {
      what: 'event loop p99, outbox, one point a message / core batch node',
      unit: 'ms',
      compare: 'ratio',
      ours: column(posts.durable, 'p99Ms'),
      baseline: column(posts.batchByHand, 'p99Ms'),
      goal: { most: 0.5 },
    },
    {
      what: 'CPU, direct, arrays of 1,000 / bare got',
      unit: 'µs/point',
      compare: 'ratio',
      ours: cpu(posts.arrays),
      baseline: cpu(bareArrays),
      goal: { most: 3 },
    },
    {
      what: 'CPU, outbox, arrays of 1,000 / bare got',
      unit: 'µs/point',
      compare: 'ratio',
      ours: cpu(posts.durableArrays),
      baseline: cpu(bareArrays),
      goal: { most: 3 },
    },
    {
      what: 'CPU, direct, one point a message / bare got',
      unit: 'µs/point',
      compare: 'ratio',
      ours: cpu(posts.direct),
      baseline: cpu(bareSingle),
      goal: { most: 3 },
    },
    {
      what: 'CPU, outbox, one point a message / bare got, one point each',
      unit: 'µs/point',
      compare: 'ratio',
      ours: cpu(posts.durable),
      baseline: cpu(bareSingle),
      goal: { most: 3 },
    },
    {
      what: 'CPU, direct, one point a message / bare undici that builds its body + an empty function node',
      unit: 'µs/point',
      compare: 'ratio',
      ours: cpu(posts.direct),
      baseline: cpu(undiciSingle).map((own, round) => own + (nothing[round] ?? Number.NaN)),
      goal: { most: 1.25 },
    },
    {
      what: 'CPU, direct, arrays of 1,000 / bare undici that builds its body',
      unit: 'µs/point',
      compare: 'ratio',
      ours: cpu(posts.arrays),
      baseline: cpu(undiciArrays),
      goal: { most: 1.15 },
    },
    ...([influx1, influx2] as const).map((baseline, at) => ({
      what: `CPU, direct, arrays of 1,000 / influxdb batch node, InfluxDB ${at === 0 ? '1.x' : '2.0'}`,
      unit: 'µs/point',
      compare: 'ratio' as const,
      ours: cpu(posts.arrays),
      baseline,
      goal: { most: 0.7 },
    })),
    {
      what: 'CPU, outbox, arrays of 1,000 / bare undici that builds its body',
      unit: 'µs/point',
      compare: 'ratio',
      ours: cpu(posts.durableArrays),
      baseline: cpu(undiciArrays),
      goal: { most: 3 },
    },
    {
      ...perSecond,
      what: 'bare got alone, one point each, 64 in flight / by hand (bounds the direct rows)',
      ours: rate(bareSingle),
      baseline: rate(posts.byHand),
    },
    simulatorLine(Object.values(posts).flat()),
  ]
}

/** CPU that a message takes through an empty function node, µs. */
async function nothingBesides({ plain }: Scene, load: Load): Promise<number> {
  const { cpuMs, result } = await plain.watch(() => plain.load('nothing', load))
  return (cpuMs * 1000) / result.messages
}

async function callsPerSecond({ nodeRed, sizes }: Scene, id: 'call-direct' | 'call-by-hand'): Promise<number> {
  const { messages, startMs, endMs } = await nodeRed.load(id, single(inFlight, sizes.durationMs))
  return (messages * 1000) / (endMs - startMs)
}

function simulatorLine(sides: readonly Side[]): Figure {
  return {
    what: 'simulator: share of a core it took at most meanwhile',
    unit: '',
    compare: 'absolute',
    ours: [Math.max(...column(sides, 'simulatorBusy'))],
  }
}
