import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installPackedPackage } from '../runtime/packed-package'
import { type Figure, type Result, resultOf, table } from './figure'
import { fullFlow, plainFlow } from './flows'
import { startLoadedNodeRed } from './loaded-node-red'
import { SimulatorProcess } from './processes'
import { burst } from './rows/burst'
import { ceiling } from './rows/ceiling'
import { disk } from './rows/disk'
import { eventLoop } from './rows/event-loop'
import { growth } from './rows/growth'
import { latency } from './rows/latency'
import { memoryAndStart } from './rows/memory-and-start'
import type { Scene } from './rows/row'
import { signing } from './rows/signing'
import { throughput } from './rows/throughput'
import type { Sizes } from './sizes'

/** Measures every row, the simulator's ceiling first. @param tell is told each row's table as soon as it is there */
export async function measureAll(sizes: Sizes, tell: (text: string) => void): Promise<Result[]> {
  const results: Result[] = []
  const rows = async (name: string, measure: () => Promise<Figure[]>) => {
    const startMs = Date.now()
    const measured = (await measure()).map(resultOf)
    tell(`${name}, ${Math.round((Date.now() - startMs) / 1000)} s\n${table(measured)}\n`)
    results.push(...measured)
  }
  const place = mkdtempSync(join(tmpdir(), 'bench-'))
  const simulator = await SimulatorProcess.start(sizes.devices)
  const installed = await installPackedPackage()
  try {
    await rows('The simulator', () => ceiling({ simulator, sizes }))
    const plainDir = join(place, 'plain')
    mkdirSync(plainDir)
    const plain = await startLoadedNodeRed(plainDir)
    const nodeRed = await startLoadedNodeRed(installed.userDir, { OUTBOX_FOLDER: join(place, 'outbox') })
    try {
      await plain.deploy(plainFlow())
      await nodeRed.deploy(fullFlow(simulator.url))
      const scene: Scene = { sizes, simulator, nodeRed, plain, userDir: installed.userDir, plainDir }
      await rows('Throughput', () => throughput(scene))
      await rows('A cloud far away', () => latency(scene))
      await rows('Event loop', () => eventLoop(scene))
      await rows('Bursts', () => burst(scene))
      await rows('Memory and start', () => memoryAndStart(scene))
      await rows('Growth', () => growth(scene))
    } finally {
      await nodeRed.stop()
      await plain.stop()
    }
    await rows('The disk', () => disk(sizes))
    await rows('Signing', () => signing(sizes))
  } finally {
    installed.remove()
    await simulator.close()
    rmSync(place, { recursive: true, force: true, maxRetries: 5 })
  }
  return results
}
