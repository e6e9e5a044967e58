import { copyFile, link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { nextTurn } from '../../core'
import { mendTable, rebuildTable } from './mend-table'
import { ReusedMemory } from './reused-memory'
import { isIntact, layoutOf, magic } from './table-file'

const bytesPerTurn = 1 << 16

/**
 * Verifies a store's tables, which LevelDB itself reads without a look at their checksums, the youngest first: those are
 * the first that it works on. A damaged one is replaced by itself as it was before, or by what is left of it, and is kept
 * in `quarantine`.
 * @param store the folder of a store that is not open
 * @param mostBytes the last table that is begun may go beyond
 * @returns whether there was a damaged one
 */
export async function mendTables(store: string, quarantine: string, mostBytes: number): Promise<boolean> {
  const tables = new TableReader()
  // Where the index is lost, nobody can tell: then it is better to rebuild one in vain.
  const opening = (await openingOf(store)) ?? Number.POSITIVE_INFINITY
  let isMended = false
  let bytes = 0
  for (const name of await tablesIn(store)) {
    if (bytes >= mostBytes) break
    const file = await tables.read(join(store, name))
    if (!file) continue
    bytes += file.length
    if (isUnfinished(name, file, opening) || (await isWholeTable(file, tables.unpacked))) continue
    await replace(store, name, file, quarantine)
    isMended = true
  }
  return isMended
}

/** The same look at a store that is open; nothing is changed. */
export async function hasDamagedTable(store: string, isStopped: () => boolean): Promise<boolean> {
  const tables = new TableReader()
  const opening = (await openingOf(store)) ?? 0
  for (const name of await tablesIn(store)) {
    if (isStopped()) return false
    const path = join(store, name)
    const file = await tables.read(path)
    if (!file || isUnfinished(name, file, opening) || (await isWholeTable(file, tables.unpacked))) continue
    if (await isThere(path)) return true
  }
  return false
}

/**
 * Whether LevelDB is writing it, or had not come to its end when it stopped: nothing refers to it then, what it was to hold is
 * elsewhere, and LevelDB itself deletes it.
 */
function isUnfinished(name: string, file: Buffer, opening: number): boolean {
  return Number.parseInt(name, 10) > opening && !file.subarray(-magic.length).equals(magic)
}

/**
 * LevelDB counts its files, and begins a new manifest each time it is opened: what comes later has a higher number.
 * `undefined` where the file that names it is lost, or cannot be read.
 */
async function openingOf(store: string): Promise<number | undefined> {
  const current = await readFile(join(store, 'CURRENT'), 'utf8').catch(() => '')
  const [number] = /\d+/.exec(current.slice(0, 100)) ?? []
  return number === undefined ? undefined : Number(number)
}

/** @param memory to unpack the index in */
export async function isWholeTable(file: Buffer, memory?: ReusedMemory): Promise<boolean> {
  const layout = layoutOf(file, memory)
  if (!layout) return false
  let sinceTurn = 0
  for (const block of [...layout.meta, ...layout.data]) {
    if (!isIntact(file, block)) return false
    sinceTurn += block.size
    if (sinceTurn < bytesPerTurn) continue
    sinceTurn = 0
    await nextTurn()
  }
  return true
}

/**
 * Without CURRENT the next opening repairs the store, which is needed where the manifest tells another size than the table
 * has now. It is taken away first, so that a crash in between changes nothing about that.
 */
async function replace(store: string, name: string, damaged: Buffer, quarantine: string): Promise<void> {
  await mkdir(quarantine, { recursive: true, mode: 0o700 })
  const path = join(store, name)
  await link(path, join(quarantine, name)).catch(() => copyFile(path, join(quarantine, name)))
  const mended = mendTable(damaged)
  if (!mended) await rm(join(store, 'CURRENT'), { force: true })
  const instead = mended ?? rebuildTable(damaged)
  if (!instead) return rm(path)
  const file = await open(`${path}.mended`, 'w', 0o600)
  try {
    await file.writeFile(instead)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(`${path}.mended`, path)
}

export function isTable(name: string): boolean {
  return /^\d+\.(ldb|sst)$/.test(name)
}

async function tablesIn(store: string): Promise<readonly string[]> {
  const names: string[] = await readdir(store).catch(() => [])
  return names.filter(isTable).sort((one, other) => Number.parseInt(other, 10) - Number.parseInt(one, 10))
}

/** Reads one table after the other into the same memory: a gigabyte of them would else leave as much to be collected. */
class TableReader {
  readonly #memory = new ReusedMemory()
  /** For the indexes. */
  readonly unpacked = new ReusedMemory()

  /**
   * Valid until the next is read. One that can't be read is left to LevelDB, which tells why; one that has gone meanwhile
   * was not needed any more.
   */
  async read(path: string): Promise<Buffer | undefined> {
    const file = await open(path).catch(() => undefined)
    if (!file) return undefined
    try {
      const { size } = await file.stat()
      const bytes = this.#memory.take(size)
      const { bytesRead } = await file.read(bytes, 0, size, 0)
      return bytes.subarray(0, bytesRead)
    } catch {
      return undefined
    } finally {
      await file.close()
    }
  }
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
