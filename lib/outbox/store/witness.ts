import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Scheduler } from '../../core'
import { decodeChecked, encodeChecked, type LaneLedger } from '../record/ledger'

const writeEveryMs = 1000

/**
 * A copy of the ledgers beside the store, against which a loss inside the store shows: a store that was cut off, rebuilt
 * or put into quarantine knows no longer what it held. Written without a sync and never ahead of the store, so that an
 * old copy does no harm.
 */
export class Witness {
  #cancel: (() => void) | undefined
  #writing: Promise<void> = Promise.resolve()
  #isQueued = false
  readonly #path: string

  readonly #scheduler: Scheduler
  readonly #ledgers: () => readonly LaneLedger[]

  constructor(folder: string, scheduler: Scheduler, ledgers: () => readonly LaneLedger[]) {
    this.#scheduler = scheduler
    this.#ledgers = ledgers
    this.#path = join(folder, 'ledger')
  }

  static async read(folder: string): Promise<readonly LaneLedger[]> {
    const bytes = await readFile(join(folder, 'ledger')).catch(() => undefined)
    return decodeChecked<LaneLedger[]>(bytes) ?? []
  }

  /** The ledgers have changed: they are written within a second. */
  changed(): void {
    this.#cancel ??= this.#scheduler.setTimeout(() => {
      this.#cancel = undefined
      this.#write()
    }, writeEveryMs)
  }

  async close(): Promise<void> {
    this.#cancel?.()
    this.#write()
    await this.#writing
  }

  /** On a slow disk one write waits for the one before, and no more. A failure leaves the older copy: good enough. */
  #write(): void {
    if (this.#isQueued) return
    this.#isQueued = true
    const replace = async () => {
      this.#isQueued = false
      await writeFile(`${this.#path}.new`, encodeChecked(this.#ledgers()), { mode: 0o600 })
      await rename(`${this.#path}.new`, this.#path)
    }
    this.#writing = this.#writing.then(replace).catch(() => undefined)
  }
}
