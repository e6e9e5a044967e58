import { type Store, type StoreDriver, type StoreEntry, StoreFault, type StoreOperation } from '../../lib/outbox/store'

/** What the next calls on the disk come to. */
export interface DiskFaults {
  /** How the next batches end: not written, or written although they report a failure. Shifted off one by one. */
  batches: ('fails' | 'fails-after-writing')[]
  opensThatFail: number
  repairsThatFail: number
}

/** A disk in memory: keeps what was written when the store on it is opened anew, and fails on request. */
export class MemoryDisk implements StoreDriver {
  readonly content = new Map<string, StoreEntry>()
  readonly faults: DiskFaults = { batches: [], opensThatFail: 0, repairsThatFail: 0 }
  private openStores = 0

  async open(): Promise<Store> {
    if (this.faults.opensThatFail-- > 0) throw new StoreFault('corrupt', 'injected: does not open')
    this.faults.opensThatFail = 0
    if (this.openStores > 0) throw new StoreFault('locked', 'injected: two writers')
    this.openStores++
    return this.opened()
  }

  async repair(): Promise<void> {
    if (this.faults.repairsThatFail-- > 0) throw new StoreFault('corrupt', 'injected: beyond repair')
    this.faults.repairsThatFail = 0
  }

  /** The process dies: nobody closes the store. */
  crash(): void {
    this.openStores = 0
  }

  private opened(): Store {
    const { content } = this
    let alive = true
    let broken = false
    const write = (operations: readonly StoreOperation[]) => {
      for (const operation of operations) {
        const name = operation.key.toString('hex')
        if (operation.type === 'del') content.delete(name)
        else content.set(name, [operation.key, operation.value])
      }
    }
    const check = () => {
      if (!alive) throw new StoreFault('io', 'closed')
    }
    return {
      get: async (key) => content.get(key.toString('hex'))?.[1],
      batch: async (operations) => {
        await new Promise(setImmediate)
        check()
        // As LevelDB: after one failure it fails until it is opened again.
        if (broken) throw new StoreFault('io', 'injected: still failing')
        const fault = this.faults.batches.shift()
        if (fault !== 'fails') write(operations)
        broken = fault !== undefined
        if (fault) throw new StoreFault('full', 'injected: no space left on device')
      },
      scan: ({ from, before }, { reverse = false } = {}) => {
        const entries = [...content.values()]
          .filter(([key]) => key.compare(from) >= 0 && key.compare(before) < 0)
          .sort(([a], [b]) => (reverse ? b.compare(a) : a.compare(b)))
        return {
          damaged: false,
          next: async (limit) => {
            check()
            return entries.splice(0, limit)
          },
          close: async () => undefined,
        }
      },
      compact: async () => undefined,
      close: async () => {
        if (alive) this.openStores--
        alive = false
      },
    }
  }
}
