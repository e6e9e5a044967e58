import { execFile, execFileSync } from 'node:child_process'
import { cp } from 'node:fs/promises'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { inFolder } from '../outbox/places'

interface Delay {
  readonly p99: number
  readonly max: number
}
interface Delays {
  readonly idle: Delay
  readonly draining: Delay
}
interface Memory {
  readonly all: number
  readonly own: number
  readonly files: number
}
interface Opening {
  readonly openMs: number
  readonly idle: Memory
  readonly most: Memory
}

/** The gates of the issue: what the package may add. */
const gates = { p99Ms: 5, maxMs: 25, memoryMb: 64, openMs: 1000 }
const records = Number(process.env['RECORDS'] ?? 1_000_000)
const repetitions = 3
const pendingMb = Number(process.env['PENDING_MB'] ?? 1024)
const largePayloadBytes = 930

async function run<Result>(environment: NodeJS.ProcessEnv, ...parameters: readonly (string | number)[]) {
  const script = [join(__dirname, 'load.cjs'), ...parameters.map(String)]
  const { stdout } = await promisify(execFile)(process.execPath, script, { env: { ...process.env, ...environment } })
  return JSON.parse(stdout) as Result
}

async function repeated<Result>(measure: () => Promise<Result>): Promise<Result[]> {
  const results: Result[] = []
  for (let at = 0; at < repetitions; at++) results.push(await measure())
  return results
}

async function draining(): Promise<Delays[]> {
  return inFolder(async (place) => {
    const full = join(place, 'full')
    await run({}, 'fill', full, records, 120)
    return repeated(() =>
      inFolder(async (copy) => {
        await cp(full, copy, { recursive: true })
        return run<Delays>({}, 'drain', copy, records)
      }),
    )
  })
}

/** Needs a C compiler. */
async function slowSync(): Promise<Delays[]> {
  return inFolder(async (place) => {
    const library = join(place, 'slow-fsync.so')
    try {
      execFileSync('cc', ['-shared', '-fPIC', '-o', library, join(__dirname, 'slow-fsync.c'), '-ldl'])
    } catch {
      console.warn('SKIPPED: the slow sync needs a C compiler.')
      return []
    }
    let folder = 0
    return repeated(() => run<Delays>({ LD_PRELOAD: library }, 'trickle', join(place, String(folder++)), 10_000))
  })
}

async function opening(): Promise<Opening[]> {
  return inFolder(async (place) => {
    const folder = join(place, 'full')
    // Key and header take some 70 bytes of each.
    await run({}, 'fill', folder, Math.ceil((pendingMb * 2 ** 20) / (largePayloadBytes + 70)), largePayloadBytes)
    return repeated(() => run<Opening>({}, 'open', folder, 0))
  })
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

type Line = readonly [what: string, idle: number | undefined, loaded: number, added: number, gate: number | undefined]

function delayLines(what: string, delays: readonly Delays[]): Line[] {
  if (delays.length === 0) return []
  return (['p99', 'max'] as const).map((name): Line => {
    const idle = median(delays.map((delay) => delay.idle[name]))
    const loaded = median(delays.map((delay) => delay.draining[name]))
    return [`event loop ${name}, ${what}, ms`, idle, loaded, loaded - idle, name === 'p99' ? gates.p99Ms : gates.maxMs]
  })
}

function memoryLines(openings: readonly Opening[]): Line[] {
  const parts = { all: 'all', own: 'of that its own', files: 'of that files in the page cache, mapped' } as const
  return (['all', 'own', 'files'] as const).map((part): Line => {
    const idle = median(openings.map((one) => one.idle[part]))
    const loaded = median(openings.map((one) => one.most[part]))
    const gate = part === 'all' ? gates.memoryMb : undefined
    return [
      `resident memory at its most with ${pendingMb} MiB pending, ${parts[part]}, MB`,
      idle,
      loaded,
      loaded - idle,
      gate,
    ]
  })
}

/**
 * Measures the compiled package and prints a table; answers whether every gate is kept. What is held against a gate is
 * the difference to the same process when idle, the median of three runs: other work on the machine is in both.
 */
export async function measure(): Promise<boolean> {
  const openings = await opening()
  const openMs = median(openings.map((one) => one.openMs))
  const lines: Line[] = [
    ...delayLines(`${records} records drain`, await draining()),
    ...delayLines('1,000 records/s, fsync + 200 ms', await slowSync()),
    ...memoryLines(openings),
    [`open with ${pendingMb} MiB pending, ms`, undefined, openMs, openMs, gates.openMs],
  ]
  console.log(`${cpus().length} x ${cpus()[0]?.model}, ${process.platform} ${process.arch}, Node.js ${process.version}`)
  console.log('| figure | idle | loaded | added | gate | kept |\n|---|---:|---:|---:|---:|---|')
  const text = (value: number | undefined) => value?.toFixed(1) ?? ''
  for (const [what, idle, loaded, added, gate] of lines) {
    const isKept = gate === undefined ? '' : added <= gate ? 'yes' : 'NO'
    console.log(`| ${what} | ${text(idle)} | ${text(loaded)} | ${text(added)} | ${text(gate)} | ${isKept} |`)
  }
  return lines.every(([, , , added, gate]) => gate === undefined || added <= gate)
}

if (require.main === module)
  void measure().then((isKept) => {
    process.exitCode = isKept ? 0 : 1
  })
