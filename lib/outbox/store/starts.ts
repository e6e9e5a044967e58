import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Scheduler } from '../../core'

const provenMs = 10 * 60_000

/** Counts the starts of which none has ended properly, to notice that the store itself kills the process. */
export class Starts {
  #cancel: (() => void) | undefined
  #isEntered = false
  readonly #path: string

  readonly #scheduler: Scheduler

  constructor(folder: string, scheduler: Scheduler) {
    this.#scheduler = scheduler
    this.#path = join(folder, 'starts')
  }

  /** Enters one more. Answers how many before it came to no proper end; 0 while another process still runs. */
  async begin(): Promise<number> {
    const { pid = 0, count = 0 } = decodeStarts(await readFile(this.#path, 'utf8').catch(() => ''))
    // In a container each start has the same number.
    if (pid !== process.pid && isRunning(pid)) return 0
    this.#isEntered = true
    await this.#write(count + 1)
    this.#cancel = this.#scheduler.setTimeout(() => void this.#write(0), provenMs)
    return count
  }

  async end(): Promise<void> {
    this.#cancel?.()
    if (this.#isEntered) await rm(this.#path, { force: true }).catch(() => undefined)
  }

  #write(count: number): Promise<void> {
    return writeFile(this.#path, `${count} ${process.pid}`, { mode: 0o600 }).catch(() => undefined)
  }
}

function decodeStarts(text: string): { count?: number; pid?: number } {
  const [, count, pid] = /^(\d+) (\d+)$/.exec(text) ?? []
  return count && pid ? { count: Number(count), pid: Number(pid) } : {}
}

function isRunning(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0)
  } catch {
    return false
  }
}
