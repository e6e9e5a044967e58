import { createHash } from 'node:crypto'
import { lstat, mkdir, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { replaceFile } from '../core'
import type { SessionStore } from './session-memory'

const mostBytes = 65_536
/** By then nothing in it is of use any more: the device was removed, or renamed. */
const forgottenAfterMs = 7 * 24 * 60 * 60_000

/** Small files, one for each device, in a folder that is open to its owner only. Each is replaced as a whole. */
export class SessionFiles {
  readonly #folder: string
  readonly #failed: (failure: unknown) => void
  #made: Promise<void> | undefined
  #hasFailed = false

  /** @param failed called once if the folder cannot be written */
  constructor(folder: string, failed: (failure: unknown) => void) {
    this.#folder = folder
    this.#failed = failed
  }

  /** @param name of the device, and whom it logs in to */
  of(name: string): SessionStore {
    const file = join(this.#folder, `${createHash('sha256').update(name).digest('hex').slice(0, 32)}.json`)
    return {
      read: () => readSmall(file),
      write: (text) => this.#write(file, text),
    }
  }

  async #write(file: string, text: string): Promise<void> {
    try {
      this.#made ??= this.#make()
      await this.#made
      await replaceFile(file, text)
      this.#hasFailed = false
    } catch (failure) {
      this.#made = undefined
      if (!this.#hasFailed) this.#failed(failure)
      this.#hasFailed = true
    }
  }

  async #make(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    for (const name of await readdir(this.#folder)) {
      const file = join(this.#folder, name)
      const { mtimeMs } = await lstat(file)
      if (/^[0-9a-f]{32}\.json(\.new)?$/.test(name) && Date.now() - mtimeMs > forgottenAfterMs)
        await rm(file, { force: true })
    }
  }
}

async function readSmall(file: string): Promise<string | undefined> {
  const handle = await open(file, 'r').catch(() => undefined)
  if (!handle) return undefined
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(mostBytes), 0, mostBytes, 0)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await handle.close()
  }
}
