import { execFile } from 'node:child_process'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'

/**
 * Runs in a process of its own. Takes each table by itself through repair and compaction, then the whole store, and says
 * beforehand which: the last one named is the one that the process died of.
 */
const program = `
const [, levelPath, store, scratch] = process.argv
const { ClassicLevel } = require(levelPath)
const fs = require('node:fs')
const compact = async (folder) => {
  const level = new ClassicLevel(folder, { keyEncoding: 'buffer', valueEncoding: 'buffer' })
  await level.open()
  await level.compactRange(Buffer.of(0), Buffer.alloc(12, 255))
  await level.close()
}
const attempt = async (name, run) => {
  fs.writeSync(1, name + '\\n')
  await run().catch(() => undefined)
}
const table = (name) => attempt(name, async () => {
  fs.rmSync(scratch, { recursive: true, force: true })
  fs.mkdirSync(scratch)
  fs.copyFileSync(store + '/' + name, scratch + '/' + name)
  await ClassicLevel.repair(scratch)
  await compact(scratch)
})
const tables = fs.readdirSync(store).filter((name) => /\\.(ldb|sst)$/.test(name))
tables.reduce((before, name) => before.then(() => table(name)), Promise.resolve())
  .then(() => attempt('.', () => compact(store)))
  .then(() => fs.writeSync(1, 'survived\\n'))
`

/**
 * LevelDB's binary aborts the whole process at some kinds of damage (its assertions are compiled in). When the process
 * has died repeatedly with the store open, this finds out, at no risk to us, whether a file is the reason, and sets it
 * aside: a table alone if possible, else the whole store.
 * @returns how many files were set aside
 */
export async function setAsideWhatKills(store: string, scratch: string, quarantine: string): Promise<number> {
  for (let found = 0; ; found++) {
    const culprit = await lastTried(store, scratch)
    await rm(scratch, { recursive: true, force: true })
    if (!culprit) return found
    await mkdir(quarantine, { recursive: true, mode: 0o700 })
    const names = culprit === '.' ? await readdir(store) : [culprit]
    for (const name of names) await rename(join(store, name), join(quarantine, name))
  }
}

function lastTried(store: string, scratch: string): Promise<string | undefined> {
  const level = createRequire(__filename).resolve('classic-level')
  return new Promise((resolve) => {
    execFile(process.execPath, ['-e', program, level, store, scratch], (error, stdout) => {
      const last = stdout.trim().split('\n').at(-1)
      const wasKilled = (error as { signal?: string } | null)?.signal === 'SIGABRT' || error?.code === 134
      resolve(wasKilled ? last : undefined)
    })
  })
}
