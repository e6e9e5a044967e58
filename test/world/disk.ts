import {
  type Store,
  type StoreDriver,
  type StoreEntry,
  StoreFault,
  type StoreOperation,
  type StoreRange,
  type StoreScan,
} from '../../lib/outbox/store/store'
import type { WorldClock } from './clock'
import type { Random } from './random'

/** How the disk is. */
export interface DiskWeather {
  /** A write and a sync take at least and at most. */
  readonly leastMs: number
  readonly mostMs: number
  /** A reading takes at most. */
  readonly mostReadMs: number
  /** So much of the batches fails: not written, or written although a failure is reported. */
  readonly failingShare: number
  readonly isFull: boolean
  /** So much of the reading fails. */
  readonly unreadableShare: number
  readonly opensFail: boolean
}

export const calmDisk: DiskWeather = {
  leastMs: 0.5,
  mostMs: 8,
  mostReadMs: 1,
  failingShare: 0,
  isFull: false,
  unreadableShare: 0,
  opensFail: false,
}

/** What was written into the log and is not known to be on the disk. */
interface Logged {
  readonly operations: readonly StoreOperation[]
  readonly bytes: number
}

/** Told of everything that changes what a reader of the store would find. */
export interface DiskWitness {
  /** A batch is on the disk, whole. */
  applied(operations: readonly StoreOperation[]): void
}

const sectorBytes = 512
const scanBytes = 128 * 1024

/**
 * A store as LevelDB has it: a batch goes to the log, is synced, and only then shows. When the process dies the log is
 * there, synced or not. When the power goes, each sector that was not synced may be there or not: a batch of which one is
 * lost is lost whole, in whatever order.
 */
export class WorldDisk implements StoreDriver {
  weather: DiskWeather = calmDisk
  /** Something begins that takes time. */
  onBegun: () => void = () => undefined
  /** In the order of the keys. */
  #entries: StoreEntry[] = []
  #log: Logged[] = []
  #holder = 0

  constructor(
    private readonly clock: WorldClock,
    private readonly random: Random,
    private readonly witness: DiskWitness,
  ) {}

  async open(): Promise<Store> {
    await this.#takes()
    if (this.weather.opensFail) throw new StoreFault('io', 'injected: Input/output error')
    if (this.#holder === this.clock.life) throw new StoreFault('locked', 'two writers')
    this.#holder = this.clock.life
    this.#replayLog()
    return new WorldStore(this, this.clock, this.random)
  }

  async repair(): Promise<void> {
    await this.#takes()
  }

  /** The process is dead: what it had written is in the log, synced or not. */
  killed(): void {
    this.#holder = 0
    this.#replayLog()
  }

  powerCut(): void {
    this.#holder = 0
    this.#log = this.#log.filter(({ bytes }) => {
      for (let at = 0; at < bytes; at += sectorBytes) if (this.random.chance(0.3)) return false
      return true
    })
    this.#replayLog()
  }

  /** @internal */
  closed(): void {
    this.#holder = 0
  }

  /** @internal Answers what takes it back, once it is synced or has failed. */
  log(operations: readonly StoreOperation[]): Logged {
    let bytes = 0
    const copied = operations.map((operation): StoreOperation => {
      if (operation.type === 'del') return operation
      bytes += operation.key.length + operation.value.length
      return { type: 'put', key: operation.key, value: Buffer.from(operation.value) }
    })
    const logged = { operations: copied, bytes: bytes + sectorBytes }
    this.#log.push(logged)
    return logged
  }

  /** @internal */
  unlog(logged: Logged): void {
    this.#log.splice(this.#log.indexOf(logged), 1)
  }

  /** @internal It is on the disk, and shows. */
  synced(logged: Logged): void {
    if (!this.#log.includes(logged)) return
    this.unlog(logged)
    this.#apply(logged.operations)
  }

  /** @internal */
  find(key: Buffer): Buffer | undefined {
    const entry = this.#entries[this.#placeOf(key)]
    return entry && key.equals(entry[0]) ? entry[1] : undefined
  }

  /** @internal */
  view({ from, before }: StoreRange): StoreEntry[] {
    return this.#entries.slice(this.#placeOf(from), this.#placeOf(before))
  }

  #takes(): Promise<void> {
    this.onBegun()
    return this.clock.waited(this.random.spread(this.weather.leastMs, this.weather.mostMs))
  }

  /** Opening reads the log, and writes what it holds into a table that is synced. */
  #replayLog(): void {
    for (const { operations } of this.#log.splice(0)) this.#apply(operations)
  }

  #apply(operations: readonly StoreOperation[]): void {
    for (const operation of operations) {
      const at = this.#placeOf(operation.key)
      const isThere = this.#entries[at]?.[0].equals(operation.key) ?? false
      if (operation.type === 'put') this.#entries.splice(at, isThere ? 1 : 0, [operation.key, operation.value])
      else if (isThere) this.#entries.splice(at, 1)
    }
    this.witness.applied(operations)
  }

  #placeOf(key: Buffer): number {
    let low = 0
    let high = this.#entries.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#entries[middle]?.[0].compare(key) ?? 0) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** One opening of it. */
class WorldStore implements Store {
  #isOpen = true
  /** As LevelDB: after one failure it fails until it is opened again. */
  #isBroken = false

  constructor(
    private readonly disk: WorldDisk,
    private readonly clock: WorldClock,
    private readonly random: Random,
  ) {}

  async get(key: Buffer): Promise<Buffer | undefined> {
    await this.#read()
    return this.disk.find(key)
  }

  async batch(operations: readonly StoreOperation[]): Promise<void> {
    const { weather } = this.disk
    const takesMs = this.random.spread(weather.leastMs, weather.mostMs)
    this.#check()
    this.disk.onBegun()
    if (this.#isBroken) throw new StoreFault('io', 'injected: still failing')
    if (weather.isFull) {
      await this.clock.waited(takesMs)
      this.#isBroken = true
      throw new StoreFault('full', 'injected: No space left on device')
    }
    const logged = this.disk.log(operations)
    const fails = this.random.chance(weather.failingShare)
    await this.clock.waited(takesMs)
    if (!fails) {
      this.disk.synced(logged)
      return
    }
    this.#isBroken = true
    if (this.random.chance(0.5)) this.disk.unlog(logged)
    throw new StoreFault('io', 'injected: fdatasync: Input/output error')
  }

  scan(range: StoreRange, { reverse = false } = {}): StoreScan {
    this.#check()
    const entries = this.disk.view(range)
    if (reverse) entries.reverse()
    return {
      damaged: false,
      next: async (limit) => {
        await this.#read()
        let count = 0
        for (let bytes = 0; count < limit && bytes < scanBytes && count < entries.length; count++)
          bytes += entries[count]?.[1].length ?? 0
        return entries.splice(0, count)
      },
      close: async () => undefined,
    }
  }

  async compact(): Promise<void> {
    await this.clock.waited(this.random.between(0, 20))
  }

  async releaseMemory(): Promise<void> {
    await this.clock.waited(this.random.between(0, 5))
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return
    this.#isOpen = false
    await this.clock.waited(this.random.between(0, 2))
    this.disk.closed()
  }

  async #read(): Promise<void> {
    this.#check()
    this.disk.onBegun()
    const { unreadableShare, mostReadMs } = this.disk.weather
    await this.clock.waited(this.random.spread(mostReadMs / 100, mostReadMs))
    this.#check()
    if (this.random.chance(unreadableShare)) throw new StoreFault('io', 'injected: Input/output error')
  }

  #check(): void {
    if (!this.#isOpen) throw new StoreFault('io', 'closed')
  }
}
