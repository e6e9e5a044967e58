import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { removeFolder } from '../folder'
import { inFolder } from '../outbox/places'
import { buildScene, type Expectation, survey } from '../outbox/queue/damaged-scene'

/** Of each kind. */
const damages = Number(process.env['DAMAGES'] ?? 400)
const blockBytes = 4096
/** Of the scene's records. */
const largestBundle = 6
/** The scene has so many. */
const deadLetters = 80

/** What is left of a file; `undefined` where it is gone, and another name for where a copy of it lies. */
interface Damaged {
  readonly bytes?: Buffer
  readonly copy?: string
}

interface Kind {
  readonly what: string
  /** How often, beside flipped bits. */
  readonly share: number
  /** A file, and a place in it. */
  damage(bytes: Buffer, at: number): Damaged
  /** More must not be lost with it. */
  readonly mostLost: number
}

const flipped = (bytes: Buffer, at: number, mask: number): Buffer => {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ mask
  return copy
}
const zeroed = (bytes: Buffer, start: number): Buffer =>
  Buffer.from(bytes).fill(0, start, Math.min(bytes.length, start + blockBytes))
const anyBit = () => 1 << Math.floor(Math.random() * 8)
/** More than one bit. */
const anyMask = () => [3, 5, 0x81, 0xff, 0x7e][Math.floor(Math.random() * 5)] ?? 0xff

const kinds: readonly Kind[] = [
  { what: 'one bit', share: 1, damage: (bytes, at) => ({ bytes: flipped(bytes, at, anyBit()) }), mostLost: 0 },
  {
    what: 'one byte',
    share: 1,
    damage: (bytes, at) => ({ bytes: flipped(bytes, at, anyMask()) }),
    mostLost: largestBundle,
  },
  {
    what: 'a block of 4 KiB in zeros',
    share: 0.25,
    damage: (bytes, at) => ({
      bytes: zeroed(bytes, at - (at % blockBytes)),
    }),
    mostLost: Number.POSITIVE_INFINITY,
  },
  {
    what: 'cut off',
    share: 0.25,
    damage: (bytes, at) => ({ bytes: bytes.subarray(0, at) }),
    mostLost: Number.POSITIVE_INFINITY,
  },
  { what: 'missing', share: 0.1, damage: () => ({}), mostLost: Number.POSITIVE_INFINITY },
  {
    what: 'a copy under another number',
    share: 0.1,
    damage: (bytes) => ({ bytes, copy: 'segment-000000000900' }),
    mostLost: 0,
  },
]

interface Cost {
  trials: number
  lost: number
  mostLost: number
  /** Settled, and there again. */
  returned: number
  uncounted: number
  isKept: boolean
}

/** Damages the files of a small outbox, evenly over all of them, and tells what each kind of damage costs. */
export async function damagedFiles(): Promise<{ table: string; isKept: boolean }> {
  return inFolder(async (place) => {
    const original = join(place, 'original')
    const expected = await buildScene(original)
    const names = (await readdir(original)).filter((name) => name !== 'reserve' && !name.startsWith('lock'))
    const files = await Promise.all(names.map(async (name) => ({ name, bytes: await readFile(join(original, name)) })))
    const totalBytes = files.reduce((sum, { bytes }) => sum + bytes.length, 0)
    const costs = new Map<string, Cost>()
    for (const kind of kinds) {
      const step = totalBytes / (damages * kind.share)
      let passed = Math.random() * step
      for (const { name, bytes } of files) {
        for (; passed < bytes.length; passed += step)
          await trial({ kind, name, bytes, at: Math.floor(passed), place, original, expected, costs })
        passed -= bytes.length
      }
    }
    return { table: costTable(costs), isKept: [...costs.values()].every(({ isKept }) => isKept) }
  })
}

interface Trial {
  readonly kind: Kind
  readonly name: string
  readonly bytes: Buffer
  readonly at: number
  readonly place: string
  readonly original: string
  readonly expected: Expectation
  readonly costs: Map<string, Cost>
}

async function trial({ kind, name, bytes, at, place, original, expected, costs }: Trial): Promise<void> {
  const copy = join(place, 'copy')
  await cp(original, copy, { recursive: true })
  const { bytes: left, copy: copyName } = kind.damage(bytes, at)
  if (!left) await rm(join(copy, name))
  else await writeFile(join(copy, copyName ?? name), left)
  const { bodies, ledger, takesNew } = await survey(copy).catch((failure: unknown) => {
    throw new Error(`${kind.what} at ${at} of ${name}: the outbox does not open`, { cause: failure })
  })
  const there = new Set(bodies)
  const lostPending = [...expected.pending].filter((body) => !there.has(body)).length
  const returned = bodies.filter((body) => expected.settled.has(body)).length
  const wrong = bodies.filter((body) => !expected.pending.has(body) && !expected.settled.has(body)).length
  const lost = lostPending + Math.max(0, deadLetters - ledger.dead)
  const uncounted = Math.abs(ledger.pending - bodies.length) + Math.max(0, lost - returned - ledger.damaged)
  const key = `${kind.what} | ${name.startsWith('segment') ? 'segment' : 'checkpoint'}`
  const cost = costs.get(key) ?? { trials: 0, lost: 0, mostLost: 0, returned: 0, uncounted: 0, isKept: true }
  cost.trials++
  cost.lost += lost
  cost.mostLost = Math.max(cost.mostLost, lost)
  cost.returned += returned
  cost.uncounted += uncounted
  cost.isKept &&= lost <= kind.mostLost && uncounted === 0 && wrong === 0 && takesNew
  costs.set(key, cost)
  if (!cost.isKept)
    console.error(`${kind.what} at ${at} of ${name}: ${JSON.stringify({ lost, uncounted, wrong, takesNew })}`)
  await removeFolder(copy)
}

function costTable(costs: ReadonlyMap<string, Cost>): string {
  const rows = [...costs].map(
    ([key, { trials, lost, mostLost, returned, uncounted }]) =>
      `| ${key} | ${trials} | ${(lost / trials).toFixed(2)} | ${mostLost} | ${returned} | ${uncounted} |`,
  )
  return [
    '| damage | of a | times | lost, mean | most | sent again | uncounted |',
    '|---|---|---:|---:|---:|---:|---:|',
    ...rows,
  ].join('\n')
}

if (require.main === module)
  void damagedFiles().then(({ table, isKept }) => {
    console.log(table)
    process.exitCode = isKept ? 0 : 1
  })
