import { hasDamagedTable } from '../store/damaged-tables'
import { StoreFault } from '../store/store'
import type { Work } from './work'

/** Looks for damage in the tables of the open store, at most once at a time. */
export class Inspection {
  #running: Promise<boolean> | undefined
  #stopped = false

  readonly #store: string
  readonly #submit: (work: Work) => Promise<void>

  constructor(store: string, submit: (work: Work) => Promise<void>) {
    this.#store = store
    this.#submit = submit
  }

  /** Resolves to true after damage: the store was closed, mended, and is open again. */
  run(): Promise<boolean> {
    this.#running ??= this.#inspect().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  /** For the writer, whose own work `run` would wait for. @throws {StoreFault} after damage */
  async look(): Promise<false> {
    if (await hasDamagedTable(this.#store, () => this.#stopped)) throw damage()
    return false
  }

  stop(): void {
    this.#stopped = true
  }

  async #inspect(): Promise<boolean> {
    if (!(await hasDamagedTable(this.#store, () => this.#stopped))) return false
    let isKnown = false
    const plan = () => {
      if (isKnown) return []
      isKnown = true
      throw damage()
    }
    await this.#submit({ kind: 'settle', alone: true, plan })
    return true
  }
}

const damage = (): StoreFault => new StoreFault('corrupt', 'a table is damaged')
