import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { inFolder } from '../../outbox/places'
import type { Figure } from '../figure'
import { type LoadedNodeRed, startLoadedNodeRed } from '../loaded-node-red'
import { runScript } from '../processes'
import { column, endToEnd, interleaved, laneAt, type Scene } from './row'

const largeRecordBytes = 1000
const inFlight = 1000
/** V8 gives memory back only after some ten seconds of rest. */
const settleMs = ({ sizes }: Scene) => 10 * sizes.durationMs

/** Physical memory and starting times, against a Node-RED without the package. */
export async function memoryAndStart(scene: Scene): Promise<Figure[]> {
  const { residentMb: idle } = await scene.plain.memory(settleMs(scene))
  return [...(await starts(scene)), ...(await busy(scene, idle)), ...(await pending(scene))]
}

async function starts({ sizes, userDir, plainDir }: Scene): Promise<Figure[]> {
  return inFolder(async (place) => {
    const ready = (folder: string) => async () => {
      const startMs = performance.now()
      const nodeRed = await startLoadedNodeRed(folder, { OUTBOX_FOLDER: join(place, 'outbox') })
      const tookMs = performance.now() - startMs
      await nodeRed.stop()
      return tookMs
    }
    const { ours, plain } = await interleaved(
      { ...sizes, rounds: sizes.starts },
      { ours: ready(userDir), plain: ready(plainDir) },
    )
    const what = 'Node-RED ready, with the package and its flow'
    return [{ what, unit: 'ms', compare: 'difference', ours, baseline: plain, goal: { most: 150 } }]
  })
}

const above = (what: string, ours: number | number[], idle: number | number[], most?: number): Figure => ({
  what,
  unit: 'MB',
  compare: 'difference',
  ours: [ours].flat(),
  baseline: [idle].flat(),
  ...(most === undefined ? {} : { goal: { most } }),
})

/** A fresh Node-RED takes in a point of every device, then the long load. */
async function busy(scene: Scene, idle: number): Promise<Figure[]> {
  const { sizes, userDir } = scene
  return inFolder(async (folder) =>
    withNodeRed(userDir, folder, async (nodeRed) => {
      let mostMb = 0
      const send = async (messages: number, devices: number) => {
        const side = await endToEnd({ ...scene, nodeRed }, 'post-outbox', {
          inFlight,
          messages,
          pointsPerMessage: 1,
          devices,
        })
        mostMb = Math.max(mostMb, side.mostMb)
      }
      await send(sizes.devices, sizes.devices)
      const withDevices = await nodeRed.memory(settleMs(scene))
      await send(sizes.longMessages / 3, 0)
      const early = await nodeRed.memory(settleMs(scene))
      await send((sizes.longMessages * 2) / 3, 0)
      const late = await nodeRed.memory(settleMs(scene))
      const restSeconds = settleMs(scene) / 1000
      const count = (number: number) => Math.round(number).toLocaleString('en-US')
      return [
        above(
          `memory above idle, ${restSeconds} s after ${count(sizes.devices)} devices have sent`,
          withDevices.residentMb,
          idle,
          64,
        ),
        above(
          `memory above idle, ${restSeconds} s after ${count(sizes.longMessages)} messages at full load`,
          late.residentMb,
          idle,
          64,
        ),
        above('memory above idle, at most during that load', mostMb, idle),
        above(
          `JavaScript heap, growth over the last ${count((sizes.longMessages * 2) / 3)} of them`,
          late.heapMb,
          early.heapMb,
          1,
        ),
      ]
    }),
  )
}

/**
 * A Node-RED that starts with much waiting while the cloud is down: its first message, and its memory at most, beside a
 * Node-RED that has just started too.
 */
async function pending({ simulator, sizes, userDir, plainDir }: Scene): Promise<Figure[]> {
  return inFolder(async (folder) => {
    const watched = sizes.durationMs * 5
    const records = Math.ceil((sizes.pendingMb * 2 ** 20) / largeRecordBytes)
    // Key and header take some 150 bytes of each.
    const payloadBytes = largeRecordBytes - 150
    const filling = { task: 'fill', folder, lane: laneAt(simulator.url), records, payloadBytes }
    await runScript('store.cjs', filling)
    const started = (dir: string, begin: (nodeRed: LoadedNodeRed) => Promise<unknown>) => () =>
      withNodeRed(dir, folder, (nodeRed) =>
        nodeRed.watch(async () => {
          const startMs = performance.now()
          await begin(nodeRed)
          const tookMs = performance.now() - startMs
          await wait(watched)
          return tookMs
        }),
      )
    const message = { inFlight: 1, messages: 1, pointsPerMessage: 1 }
    await simulator.breakDown(true)
    try {
      const rounds = await interleaved(sizes, {
        plain: started(plainDir, async () => undefined),
        ours: started(userDir, (nodeRed) => nodeRed.load('post-outbox', message)),
      })
      return [
        {
          what: `first message accepted after a start with ${sizes.pendingMb} MiB waiting`,
          unit: 'ms',
          compare: 'absolute',
          ours: column(rounds.ours, 'result'),
          goal: { most: 1000 },
        },
        above(
          `memory after the start at most, ${sizes.pendingMb} MiB waiting`,
          column(rounds.ours, 'mostMb'),
          column(rounds.plain, 'mostMb'),
          64,
        ),
      ]
    } finally {
      await simulator.breakDown(false)
    }
  })
}

async function withNodeRed<Result>(userDir: string, folder: string, use: (nodeRed: LoadedNodeRed) => Promise<Result>) {
  const nodeRed = await startLoadedNodeRed(userDir, { OUTBOX_FOLDER: folder })
  try {
    return await use(nodeRed)
  } finally {
    await nodeRed.stop()
  }
}
