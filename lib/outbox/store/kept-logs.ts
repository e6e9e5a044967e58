import { copyFile, link, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { areWholeLogs, entriesLeftIn, logsIn, putBack } from './damaged-log'
import { syncFolder } from './folder'
import type { Store } from './store'

/**
 * A store's logs, taken aside before LevelDB reads them: what it cannot read, or finds no room for in a repair, it gives up with
 * the log. They stay until all that they hold is in a store that is open, over any number of attempts and restarts: a disk
 * may be full until then.
 */
export class KeptLogs {
  readonly #store: string
  readonly #place: string

  /**
   * @param store the folder of a store that is not open
   * @param place a folder of theirs, on the same disk
   */
  constructor(store: string, place: string) {
    this.#store = store
    this.#place = place
  }

  async keepIfDamaged(): Promise<void> {
    if (!(await areWholeLogs(this.#store))) await this.keep()
  }

  /**
   * By their names in a second folder, which take no room; as copies where the disk knows no such. The latest first: a log
   * without those behind it would bring back what they delete.
   */
  async keep(): Promise<void> {
    const logs = await logsIn(this.#store)
    if (logs.length === 0) return
    await mkdir(this.#place, { recursive: true, mode: 0o700 })
    const kept = new Set(await readdir(this.#place))
    for (const log of logs.toReversed()) {
      if (kept.has(log)) continue
      const [from, to] = [join(this.#store, log), join(this.#place, log)]
      await link(from, to).catch(() => copyWhole(from, to))
    }
    await syncFolder(this.#place)
  }

  /** Puts into the open store what it lacks of them; then they go, the oldest first. */
  async putBackInto(store: Store): Promise<void> {
    const logs = await logsIn(this.#place)
    if (logs.length === 0) return
    const contents = await Promise.all(logs.map((log) => readFile(join(this.#place, log))))
    await putBack(store, entriesLeftIn(contents))
    for (const log of logs) await rm(join(this.#place, log))
    await rm(this.#place, { recursive: true, force: true })
  }
}

/** Under its name there is all of it or nothing, whenever the process ends. */
async function copyWhole(from: string, to: string): Promise<void> {
  const part = `${to}.part`
  await copyFile(from, part)
  const file = await open(part, 'r+')
  await file.sync().finally(() => file.close())
  await rename(part, to)
}
