import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type InstalledPackage, installPackedPackage } from '../runtime/packed-package'
import { type Figure, type Result, resultOf, table } from './figure'
import { fullFlow, plainFlow } from './flows'
import { startLoadedNodeRed } from './loaded-node-red'
import { SimulatorProcess } from './processes'
import { badDevice } from './rows/bad-device'
import { burst } from './rows/burst'
import { ceiling } from './rows/ceiling'
import { disk } from './rows/disk'
import { eventLoop } from './rows/event-loop'
import { devices, waitingRecords } from './rows/growth'
import { idleLanes } from './rows/idle-lanes'
import { latency } from './rows/latency'
import { longMessage } from './rows/long-message'
import { memoryAndStart } from './rows/memory-and-start'
import { poison } from './rows/poison'
import type { Scene } from './rows/row'
import { signing } from './rows/signing'
import { throughput } from './rows/throughput'
import type { Sizes } from './sizes'

/** Groups of rows that share a simulator and two Node-REDs, in their order. */
const sharing: Readonly<Record<string, (scene: Scene) => Promise<Figure[]>>> = {
  'The simulator': ceiling,
  Throughput: throughput,
  'A cloud far away': latency,
  'Event loop': eventLoop,
  Bursts: burst,
  'One long message': longMessage,
  'Idle lanes': idleLanes,
  'Memory and start': memoryAndStart,
  'More devices': devices,
}

/** Groups with processes of their own. */
const apart: Readonly<Record<string, (sizes: Sizes) => Promise<Figure[]>>> = {
  'More waiting records': waitingRecords,
  Poison: poison,
  'Bad devices': badDevice,
  'The disk': disk,
  Signing: signing,
}

export interface Measuring {
  sizes: Sizes
  /** Which groups: those whose names contain one of these texts; all where there is none. */
  only?: readonly string[]
  /** Groups that share nothing are measured at the same time: for those who look at no figure. */
  isHasty?: boolean
  /** Is told each group's table as soon as it is there. */
  tell: (text: string) => void
}

/** Measures every row, the simulator's ceiling first. */
export async function measureAll({ sizes, only = [], isHasty = false, tell }: Measuring): Promise<Result[]> {
  const results: Result[] = []
  const isWanted = (name: string) =>
    only.length === 0 || only.some((text) => name.toLowerCase().includes(text.toLowerCase()))
  const measure = async <Input>(
    groups: Readonly<Record<string, (input: Input) => Promise<Figure[]>>>,
    input: Input,
  ) => {
    for (const [name, rows] of Object.entries(groups)) {
      if (!isWanted(name)) continue
      const startMs = Date.now()
      const measured = (await rows(input)).map(resultOf)
      tell(`${name}, ${Math.round((Date.now() - startMs) / 1000)} s\n${table(measured)}\n`)
      results.push(...measured)
    }
  }
  // Packing builds anew what the other groups run.
  const installed = Object.keys(sharing).some(isWanted) ? await installPackedPackage() : undefined
  const onScene = async () => {
    if (installed) await onNewScene(sizes, installed, (scene) => measure(sharing, scene))
  }
  try {
    if (isHasty) await Promise.all([onScene(), measure(apart, sizes)])
    else {
      await onScene()
      await measure(apart, sizes)
    }
  } finally {
    installed?.remove()
  }
  return results
}

async function onNewScene(
  sizes: Sizes,
  { userDir }: InstalledPackage,
  use: (scene: Scene) => Promise<void>,
): Promise<void> {
  const place = mkdtempSync(join(tmpdir(), 'bench-'))
  const simulator = await SimulatorProcess.start({ devices: sizes.devices })
  try {
    const plainDir = join(place, 'plain')
    mkdirSync(plainDir)
    const [plain, nodeRed] = await Promise.all([
      startLoadedNodeRed(plainDir),
      startLoadedNodeRed(userDir, { OUTBOX_FOLDER: join(place, 'outbox') }),
    ])
    try {
      await plain.deploy(plainFlow())
      await nodeRed.deploy(fullFlow(simulator.url))
      await use({ sizes, simulator, nodeRed, plain, userDir, plainDir })
    } finally {
      await Promise.all([nodeRed.stop(), plain.stop()])
    }
  } finally {
    await simulator.close()
    rmSync(place, { recursive: true, force: true, maxRetries: 5 })
  }
}
