import {
  type Store,
  type StoreDriver,
  type StoreEntry,
  StoreFault,
  type StoreOperation,
} from '../../lib/outbox/store/store'

/** What the next calls on the disk come to. */
export interface DiskFaults {
  /** How the next batches end: not written, or written although they report a failure. Shifted off one by one. */
  batches: ('fails' | 'fails-after-writing')[]
  opensThatFail: number
  repairsThatFail: number
}

/** A disk in memory: keeps what was written when the store on it is opened anew, and fails on request. */
export class MemoryDisk implements StoreDriver {
  /** In the order of the keys. */
  readonly entries: StoreEntry[] = []
  readonly faults: DiskFaults = { batches: [], opensThatFail: 0, repairsThatFail: 0 }
  /** Happens between the reading of a slice and its arrival. */
  afterRead: (() => Promise<unknown>) | undefined
  /** What every batch waits for. */
  beforeWrite: Promise<unknown> | undefined
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

  /** Puts the operation onto the disk as it is. */
  write(operation: StoreOperation): void {
    const at = this.placeOf(operation.key)
    const isThere = this.entries[at]?.[0].equals(operation.key) ?? false
    if (operation.type === 'put')
      this.entries.splice(at, isThere ? 1 : 0, [operation.key, Buffer.from(operation.value)])
    else if (isThere) this.entries.splice(at, 1)
  }

  /** The process dies: nobody closes the store. */
  crash(): void {
    this.openStores = 0
  }

  private placeOf(key: Buffer): number {
    let low = 0
    let high = this.entries.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.entries[middle]?.[0].compare(key) === -1) low = middle + 1
      else high = middle
    }
    return low
  }

  private opened(): Store {
    let alive = true
    let broken = false
    const write = (operations: readonly StoreOperation[]) => {
      for (const operation of operations) this.write(operation)
    }
    const check = () => {
      if (!alive) throw new StoreFault('io', 'closed')
    }
    return {
      get: async (key) => {
        const entry = this.entries[this.placeOf(key)]
        return entry && key.equals(entry[0]) ? entry[1] : undefined
      },
      batch: async (operations) => {
        await new Promise(setImmediate)
        await this.beforeWrite
        check()
        // As LevelDB: after one failure it fails until it is opened again.
        if (broken) throw new StoreFault('io', 'injected: still failing')
        const fault = this.faults.batches.shift()
        if (fault !== 'fails') write(operations)
        broken = fault !== undefined
        if (fault) throw new StoreFault('full', 'injected: no space left on device')
      },
      scan: ({ from, before }, { reverse = false } = {}) => {
        const entries = this.entries.slice(this.placeOf(from), this.placeOf(before))
        if (reverse) entries.reverse()
        return {
          damaged: false,
          next: async (limit) => {
            check()
            const slice = entries.splice(0, limit)
            await this.afterRead?.()
            return slice
          },
          close: async () => undefined,
        }
      },
      compact: async () => undefined,
      releaseMemory: async () => undefined,
      close: async () => {
        if (alive) this.openStores--
        alive = false
      },
    }
  }
}
