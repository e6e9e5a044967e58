import { mkdirSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { inFolder } from '../../outbox/places'
import type { Figure } from '../figure'
import { idleFlow } from '../flows'
import { type LoadedNodeRed, startLoadedNodeRed } from '../loaded-node-red'
import { interleaved, type Scene } from './row'

/** Lanes that have sent all they had: what they cost while nothing comes, above a Node-RED without the package. */
export async function idleLanes({ sizes, simulator, userDir, plain }: Scene): Promise<Figure[]> {
  const lanes = Math.min(sizes.lanes, sizes.devices)
  const watchedMs = 5 * sizes.durationMs
  return inFolder(async (place) => {
    const folder = join(place, 'user')
    mkdirSync(folder)
    await cp(userDir, folder, { recursive: true, verbatimSymlinks: true })
    const nodeRed = await startLoadedNodeRed(folder, { OUTBOX_FOLDER: join(place, 'outbox') })
    try {
      await nodeRed.deploy(idleFlow(simulator.url, lanes))
      const before = await simulator.accepted()
      await nodeRed.load('idle-lanes', { inFlight: 1, messages: 1, pointsPerMessage: 1 })
      await simulator.until(before + lanes)
      await wait(watchedMs)
      const share = (one: LoadedNodeRed) => async () => {
        const startMs = performance.now()
        const { cpuMs } = await one.watch(() => wait(watchedMs), 'cpu')
        return (100 * cpuMs) / (performance.now() - startMs)
      }
      const { ours, idle } = await interleaved(sizes, { ours: share(nodeRed), idle: share(plain) })
      const what = `CPU of ${lanes} lanes with nothing to do, above a Node-RED without the package`
      return [{ what, unit: '% of a core', compare: 'difference', ours, baseline: idle, goal: { most: 0.1 } }]
    } finally {
      await nodeRed.stop()
    }
  })
}
