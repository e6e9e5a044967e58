import { join } from 'node:path'
import { type NodeRed, startNodeRed } from '../runtime/node-red'
import type { LoadId } from './flows'

export interface Load {
  /** Messages on their way at the same time; or so many a second, whatever comes back. */
  inFlight?: number
  perSecond?: number
  durationMs?: number
  messages?: number
  pointsPerMessage: number
  /** Of an array; 1 when left out. */
  pointsPerRow?: number
  /** So many devices in turn; 0 for the one of the configuration. */
  devices?: number
  /** As the InfluxDB nodes take them. */
  areInfluxPoints?: boolean
}

export interface LoadResult {
  messages: number
  points: number
  startMs: number
  /** When the last message came back, Unix ms. */
  endMs: number
}

/** What the Node-RED process took meanwhile. */
export interface Watched {
  cpuMs: number
  p99Ms: number
  maxMs: number
  /** The most physical memory that it had, MB. */
  mostMb: number
}

export interface Memory {
  residentMb: number
  heapMb: number
}

export interface LoadedNodeRed extends NodeRed {
  load(id: LoadId, load: Load): Promise<LoadResult>
  /** Makes the payload of the next load's first message, so that the making is not measured with it. */
  prepare(id: LoadId, load: Load): Promise<void>
  /** Physical memory, and what lives on the JavaScript heap, after a collection of garbage and so long at rest. */
  memory(settleMs: number): Promise<Memory>
  /** @param what the delay is measured by a timer each millisecond, which costs more than a process at rest */
  watch<Result>(work: () => Promise<Result>, what?: 'all' | 'cpu'): Promise<Watched & { result: Result }>
}

/** A load that takes longer hangs. */
const answerWithinMs = 290_000

/**
 * A Node-RED that has the load nodes of the bench, in this user directory.
 * @param moreNodes folders with further nodes
 */
export async function startLoadedNodeRed(
  userDir: string,
  environment: NodeJS.ProcessEnv = {},
  moreNodes: readonly string[] = [],
): Promise<LoadedNodeRed> {
  const settings = { nodesDir: [join(__dirname, 'nodes'), ...moreNodes] }
  const nodeRed = await startNodeRed(userDir, settings, environment)
  const ask = async (method: string, path: string, body: object = {}): Promise<unknown> => {
    const request = {
      method,
      headers: { 'content-type': 'application/json' },
      signal: AbortSignal.timeout(answerWithinMs),
    }
    const answer = await fetch(`${nodeRed.url}/bench/${path}`, {
      ...request,
      ...(method === 'POST' ? { body: JSON.stringify(body) } : {}),
    })
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`)
    return answer.json()
  }
  const load = async (id: LoadId, shape: Load) => (await ask('POST', `load/${id}`, shape)) as LoadResult
  const watch = async <Result>(work: () => Promise<Result>, what = 'all') => {
    await ask('POST', 'watch', { what })
    const result = await work()
    return { ...((await ask('GET', 'watch')) as Watched), result }
  }
  return {
    ...nodeRed,
    load,
    prepare: async (id, shape) => void (await ask('POST', `prepare/${id}`, shape)),
    watch,
    memory: async (settleMs) => (await ask('GET', `memory?settleMs=${settleMs}`)) as Memory,
  }
}
