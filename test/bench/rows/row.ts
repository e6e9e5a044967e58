import type { LoadId } from '../flows'
import type { Load, LoadedNodeRed } from '../loaded-node-red'
import type { SimulatorProcess } from '../processes'
import { runScript } from '../processes'
import type { Sizes } from '../sizes'

/** What the rows share: the cloud, and a Node-RED with the package and all flows. */
export interface Scene {
  sizes: Sizes
  simulator: SimulatorProcess
  nodeRed: LoadedNodeRed
  /** A Node-RED without the package. */
  plain: LoadedNodeRed
  /** Their user directories. */
  userDir: string
  plainDir: string
}

/** What the nodes of the flow call their lane. */
export const laneAt = (url: string): string => `enos-device pK11111/dK987654 at ${new URL(url).host}, measurepoint`

/** One side of one round. */
export interface Side {
  pointsPerSecond: number
  /** Until the nodes had ended the last message: for the outbox, until it was on disk. */
  messagesPerSecond: number
  cpuUsPerPoint: number
  p99Ms: number
  maxMs: number
  /** The most physical memory of Node-RED meanwhile. */
  mostMb: number
  /** Share of one core that the simulator took meanwhile. */
  simulatorBusy: number
}

/** Lets every side have its turn, to warm up and then in every round; gives each side's rounds. */
export async function interleaved<Sides extends Readonly<Record<string, () => Promise<unknown>>>>(
  { rounds, warmUps }: Pick<Sizes, 'rounds' | 'warmUps'>,
  sides: Sides,
): Promise<Rounds<Sides>> {
  for (let round = 0; round < warmUps; round++) for (const measure of Object.values(sides)) await measure()
  const results = Object.fromEntries(Object.keys(sides).map((name): [string, unknown[]] => [name, []]))
  for (let round = 0; round < rounds; round++)
    for (const [name, measure] of Object.entries(sides)) results[name]?.push(await measure())
  return results as Rounds<Sides>
}

type Rounds<Sides extends Readonly<Record<string, () => Promise<unknown>>>> = {
  [Name in keyof Sides]: Awaited<ReturnType<Sides[Name]>>[]
}

/** Sends through the flow and waits until the cloud has every point. */
export async function endToEnd({ nodeRed, simulator }: Scene, id: LoadId, load: Load): Promise<Side> {
  const before = await simulator.accepted()
  await simulator.cpuMs()
  const { result, cpuMs, p99Ms, maxMs, mostMb } = await nodeRed.watch(async () => {
    const sent = await nodeRed.load(id, load)
    return { ...sent, arrivedMs: await simulator.until(before + sent.points) }
  })
  const { points, messages, startMs, endMs, arrivedMs } = result
  const tookMs = Math.max(arrivedMs, endMs) - startMs
  return {
    pointsPerSecond: (points * 1000) / tookMs,
    messagesPerSecond: (messages * 1000) / (endMs - startMs),
    cpuUsPerPoint: (cpuMs * 1000) / points,
    p99Ms,
    maxMs,
    mostMb,
    simulatorBusy: (await simulator.cpuMs()) / tookMs,
  }
}

export interface BarePosts {
  pointsPerSecond: number
  cpuUsPerPoint: number
  /** What the simulator would take with a whole core to itself. */
  ceilingPerSecond: number
}

/**
 * Bare posts from a process of their own, of ready-made bodies; undici builds each from the values of a message.
 * @param devices that the entries of a body name in turn; 0: none, which is the one that is logged in
 */
export async function barePosts(
  { simulator, sizes }: Pick<Scene, 'simulator' | 'sizes'>,
  client: 'http' | 'got' | 'undici',
  pointsPerBody: number,
  inFlight: number,
  devices = 0,
): Promise<BarePosts> {
  const before = await simulator.accepted()
  await simulator.cpuMs()
  const input = { client, url: simulator.url, pointsPerBody, inFlight, devices, durationMs: sizes.durationMs }
  const sent = await runScript<{ points: number; tookMs: number; cpuMs: number }>('bare.cjs', input)
  return {
    pointsPerSecond: (sent.points * 1000) / sent.tookMs,
    cpuUsPerPoint: (sent.cpuMs * 1000) / sent.points,
    ceilingPerSecond: (((await simulator.accepted()) - before) * 1000) / (await simulator.cpuMs()),
  }
}

export const column = <Row, Name extends keyof Row>(rows: readonly Row[], name: Name): Row[Name][] =>
  rows.map((row) => row[name])
