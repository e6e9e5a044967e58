import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { inFolder } from '../../outbox/places'
import type { Figure } from '../figure'
import { type LoadedNodeRed, startLoadedNodeRed, type Watched } from '../loaded-node-red'
import { runScript } from '../processes'
import { endToEnd, interleaved, laneAt, type Scene } from './row'

/** What the package adds to the delay of Node-RED's event loop, against a Node-RED without it under the same load. */
export async function eventLoop(scene: Scene): Promise<Figure[]> {
  const { sizes, nodeRed, plain } = scene
  const { durationMs } = sizes
  const idle = (one: LoadedNodeRed) => () => one.watch(() => wait(durationMs))
  const full = { inFlight: 1000, durationMs, pointsPerMessage: 1 }
  const atIdle = await interleaved(sizes, { ours: idle(nodeRed), plain: idle(plain) })
  const atLoad = await interleaved(sizes, {
    ours: () => endToEnd(scene, 'post-outbox', full),
    plain: () => plain.watch(() => plain.load('nothing', full)),
  })
  const figures = [
    ...added('idle', atIdle.ours, atIdle.plain),
    ...added('full load through the outbox, 1,000 in flight', atLoad.ours, atLoad.plain),
  ]
  const draining = [await drain(scene)]
  figures.push(
    ...added(`${sizes.drainRecords.toLocaleString('en-US')} records drain`, draining, atIdle.plain.slice(0, 1)),
  )
  const slow = await slowSync(scene)
  if (slow) figures.push(...added('1,000 messages/s, fsync + 200 ms', slow.ours, slow.plain))
  return figures
}

type Delays = Pick<Watched, 'p99Ms' | 'maxMs'>

function added(what: string, ours: readonly Delays[], plain: readonly Delays[]): Figure[] {
  const figure = (name: string, field: 'p99Ms' | 'maxMs', most: number): Figure => ({
    what: `event loop ${name}, ${what}`,
    unit: 'ms',
    compare: 'difference',
    ours: ours.map((one) => one[field]),
    baseline: plain.map((one) => one[field]),
    goal: { most },
  })
  return [figure('p99', 'p99Ms', 5), figure('max', 'maxMs', 25)]
}

/** Node-RED with a full outbox, from the moment on when the cloud is back. */
async function drain({ simulator, sizes, userDir }: Scene): Promise<Delays> {
  return inFolder(async (folder) => {
    const records = sizes.drainRecords
    await runScript('store.cjs', { task: 'fill', folder, lane: laneAt(simulator.url), records })
    const before = await simulator.accepted()
    await simulator.latency(200)
    const nodeRed = await startLoadedNodeRed(userDir, { OUTBOX_FOLDER: folder })
    try {
      await nodeRed.load('post-outbox', { inFlight: 1, messages: 1, pointsPerMessage: 1 })
      await wait(sizes.durationMs)
      await simulator.latency(0)
      return await nodeRed.watch(() => simulator.until(before + records * drainedShare))
    } finally {
      await simulator.latency(0)
      await nodeRed.stop()
    }
  })
}

/** The first ones go while the cloud is still slow. */
const drainedShare = 0.9

/** Needs a C compiler. */
async function slowSync({ sizes, userDir, plain }: Scene) {
  return inFolder(async (place) => {
    const library = join(place, 'slow-fsync.so')
    const source = join(__dirname, '..', '..', 'faults', 'slow-fsync.c')
    try {
      execFileSync('cc', ['-shared', '-fPIC', '-o', library, source, '-ldl'], { stdio: 'ignore' })
    } catch {
      console.warn('SKIPPED: the slow sync needs a C compiler.')
      return undefined
    }
    const load = { perSecond: 1000, durationMs: sizes.durationMs, pointsPerMessage: 1 }
    const nodeRed = await startLoadedNodeRed(userDir, { OUTBOX_FOLDER: join(place, 'outbox'), LD_PRELOAD: library })
    try {
      return await interleaved(sizes, {
        ours: () => nodeRed.watch(() => nodeRed.load('post-outbox', load)),
        plain: () => plain.watch(() => plain.load('nothing', load)),
      })
    } finally {
      await nodeRed.stop()
    }
  })
}
