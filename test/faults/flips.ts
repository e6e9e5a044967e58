import { cp, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pendingOf } from '../../lib/outbox/record/ledger'
import { layoutOf } from '../../lib/outbox/store/table-file'
import { removeFolder } from '../folder'
import { inFolder } from '../outbox/places'
import { buildScene, flipBits, largestBundle, Surveyor } from '../outbox/store/damaged-scene'

const flips = Number(process.env['FLIPS'] ?? 400)

interface Cost {
  flips: number
  lost: number
  mostLost: number
  uncounted: number
  aborts: number
}

/** Flips one byte after another, evenly over all files of a small store, and tells by place what that costs. */
export async function flippedBytes(): Promise<{ table: string; isKept: boolean }> {
  return inFolder(async (place) => {
    const original = join(place, 'original')
    const expected = await buildScene(original)
    const names = (await readdir(join(original, 'store'))).filter((name) => !/^LO/.test(name))
    const sizes = await Promise.all(names.map(async (name) => (await stat(join(original, 'store', name))).size))
    const step = Math.max(1, sizes.reduce((sum, size) => sum + size, 0) / flips)
    const costs = new Map<string, Cost>()
    const surveyor = new Surveyor()
    try {
      for (const [file, name] of names.entries()) {
        const bytes = await readFile(join(original, 'store', name))
        for (let at = Math.random() * step; at < (sizes[file] ?? 0); at += step) {
          const copy = join(place, 'copy')
          await cp(original, copy, { recursive: true })
          await flipBits(join(copy, 'store', name), Math.floor(at), 1 + Math.floor(Math.random() * 255))
          const before = surveyor.aborts
          const { bodies, ledger, error } = await surveyor.survey(copy, `${name} at ${Math.floor(at)}`)
          if (error) throw new Error(`${name} at ${at}: ${error}`)
          const there = new Set(bodies)
          const lost = [...expected.pending].filter((body) => !there.has(body)).length
          const where = placeOf(name, bytes, at)
          const cost = costs.get(where) ?? { flips: 0, lost: 0, mostLost: 0, uncounted: 0, aborts: 0 }
          cost.flips++
          cost.lost += lost
          cost.mostLost = Math.max(cost.mostLost, lost)
          cost.uncounted += Math.abs(pendingOf(ledger) - bodies.length)
          cost.aborts += surveyor.aborts - before
          costs.set(where, cost)
          await removeFolder(copy)
        }
      }
    } finally {
      surveyor.stop()
    }
    // A record that is hit is lost, and with it the bundle that it is stored in.
    const isKept = [...costs.values()].every(({ mostLost, uncounted }) => mostLost <= largestBundle && uncounted === 0)
    return { table: costTable(costs), isKept }
  })
}

function placeOf(name: string, bytes: Buffer, at: number): string {
  if (!name.endsWith('.ldb')) return name.replace(/^\d+|-\d+$/, '')
  const layout = layoutOf(bytes)
  if (!layout || at >= layout.index.offset) return 'table: index and end'
  return at < (layout.meta[0] ?? layout.metaindex).offset ? 'table: data' : 'table: filter'
}

function costTable(costs: ReadonlyMap<string, Cost>): string {
  const rows = [...costs].map(
    ([where, { flips: count, lost, mostLost, uncounted, aborts }]) =>
      `| ${where} | ${count} | ${(lost / count).toFixed(2)} | ${mostLost} | ${uncounted} | ${aborts} |`,
  )
  return [
    '| byte in | flips | lost, mean | most | uncounted | second starts |',
    '|---|---:|---:|---:|---:|---:|',
    ...rows,
  ].join('\n')
}

if (require.main === module) void flippedBytes().then(({ table }) => console.log(table))
