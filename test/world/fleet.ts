import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import type { Ask, Found, Told } from './orders'

export interface FleetOptions {
  readonly workers: number
  /** The name of a planted fault. */
  readonly mutant?: string | undefined
  readonly told?: (told: Told & { kind: 'ran' }) => void
  readonly trace?: (text: string) => void
  /** Enough is known. */
  readonly isEnough?: (found: readonly Found[]) => boolean
}

export interface FleetResult {
  readonly runs: number
  readonly found: readonly Found[]
  readonly accepted: number
  readonly delivered: number
  readonly requests: number
  readonly simulatedMs: number
  /** Of every run, by its seed. */
  readonly digests: ReadonlyMap<number, string>
}

/** No run takes so long, on whatever machine: it goes in circles. */
const stuckMs = 300_000

/** Has worlds run in several processes. */
export async function runFleet(asks: Iterable<Ask>, options: FleetOptions): Promise<FleetResult> {
  const { workers, isEnough = () => false } = options
  const orders = asks[Symbol.iterator]()
  const found: Found[] = []
  const sum = { runs: 0, accepted: 0, delivered: 0, requests: 0, simulatedMs: 0 }
  const digests = new Map<number, string>()
  const next = (): Ask | undefined => {
    if (isEnough(found)) return undefined
    const { done, value } = orders.next()
    return done ? undefined : value
  }
  const ran = (told: Told & { kind: 'ran' }) => {
    const { outcome } = told
    sum.runs++
    sum.accepted += outcome.accepted
    sum.delivered += outcome.delivered
    sum.requests += outcome.requests
    sum.simulatedMs += outcome.simulatedMs
    digests.set(told.seed, outcome.digest)
    if (told.found) found.push(told.found)
    options.told?.(told)
  }
  await Promise.all(Array.from({ length: workers }, () => new Promise<void>(worker(next, ran, options))))
  return { ...sum, found, digests }
}

function worker(next: () => Ask | undefined, ran: (told: Told & { kind: 'ran' }) => void, options: FleetOptions) {
  return (resolve: () => void, reject: (failure: Error) => void): void => {
    const child: ChildProcess = fork(join(__dirname, 'worker.ts'), [options.mutant ?? ''], {
      // Larger than usual: an eighth less time is spent on collecting garbage.
      execArgv: ['--max-semi-space-size=64', '-r', join(__dirname, 'loader.cjs')],
    })
    let present: Ask | undefined
    let watch: NodeJS.Timeout | undefined
    const ask = () => {
      clearTimeout(watch)
      present = next()
      if (!present) {
        child.disconnect()
        return
      }
      watch = setTimeout(() => child.kill('SIGKILL'), stuckMs)
      child.send(present)
    }
    child.on('message', (told: Told) => {
      if (told.kind === 'trace') options.trace?.(told.text)
      else {
        if (told.kind === 'ran') ran(told)
        ask()
      }
    })
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      clearTimeout(watch)
      if (present || code !== 0)
        reject(new Error(`a worker ended (${signal ?? code}) at seed ${present?.seed ?? 'none yet'}`))
      else resolve()
    })
  }
}
