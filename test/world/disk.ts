import type { LogDisk, LogFile } from '../../lib/outbox/log/disk'
import { LogFault } from '../../lib/outbox/log/fault'
import type { WorldClock } from './clock'
import type { Random } from './random'
import { VirtualSectors } from './sectors'

/** How the disk is. */
export interface DiskWeather {
  /** What is synced takes at least and at most. */
  readonly leastMs: number
  readonly mostMs: number
  /** A reading takes at most. */
  readonly mostReadMs: number
  /** So much of what changes anything fails: not done, done in part, or done although a failure is reported. */
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

/** What is not synced takes so much of a sync's time. */
const unsyncedShare = 0.1

/** What is in the folder now, synced or not. */
export interface Folder {
  names(): string[]
  bytesOf(name: string): Buffer | undefined
}

/** Told of everything that changes what is certainly in the folder. */
export interface DiskWitness {
  /** A process begins with what is there. */
  opened(folder: Folder): void
  /** These bytes of a file are on the disk. */
  appended(name: string, position: number, bytes: Buffer): void
  /** These are being written: on the disk after the next sync, or when the system likes. */
  written(name: string, bytes: Buffer): void
  truncated(name: string, size: number): void
  removed(name: string): void
  /** Names are on the disk as they are: the last thing that a process does before it goes on from what it has found. */
  folderSynced(): void
}

type FolderChange = (names: Map<string, VirtualSectors>) => void

/**
 * A folder for the log. What was written is there when the process dies, synced or not; what was under way may be. When the
 * power goes, each sector, each length and each name that was not synced may be as it was before.
 */
export class WorldDisk implements Folder {
  /** Something begins that takes time. */
  onBegun: () => void = () => undefined
  /** Tells each change, for a person who looks for the cause. */
  trace: ((text: string) => void) | undefined
  #weather: DiskWeather = calmDisk
  #names = new Map<string, VirtualSectors>()
  #safeNames = new Map<string, VirtualSectors>()
  #folderChanges: FolderChange[] = []
  /** What has begun and not ended, each with what it does. */
  readonly #underWay = new Set<() => void>()
  #holder = 0
  #capacityBytes = Number.POSITIVE_INFINITY
  /** Others take what is given back while the disk is full. */
  #isCrowded = false

  constructor(
    private readonly clock: WorldClock,
    private readonly random: Random,
    private readonly witness: DiskWitness,
  ) {}

  get weather(): DiskWeather {
    return this.#weather
  }

  set weather(weather: DiskWeather) {
    if (!weather.isFull) this.#capacityBytes = Number.POSITIVE_INFINITY
    else if (!this.#weather.isFull) {
      this.#capacityBytes = this.#takenBytes()
      this.#isCrowded = this.random.chance(0.3)
    }
    this.#weather = weather
  }

  /** What a process sees of it. */
  opened(): LogDisk {
    return {
      lock: () => this.#lock(),
      list: async () => [...this.#names.keys()],
      open: (name, { create = false } = {}) => this.#open(name, create),
      rename: (from, to) => this.#rename(from, to),
      remove: (name) => this.#remove(name),
      syncFolder: () => this.#syncFolder(),
    }
  }

  names(): string[] {
    return [...this.#names.keys()]
  }

  bytesOf(name: string): Buffer | undefined {
    return this.#names.get(name)?.bytes
  }

  /** The process is dead. What it was about to do is done or not. */
  killed(): void {
    this.#holder = 0
    for (const effect of this.#underWay) if (this.random.chance(0.6)) effect()
    this.#underWay.clear()
  }

  powerCut(): void {
    this.killed()
    const names = new Map(this.#safeNames)
    for (const change of this.#folderChanges) if (this.random.chance(0.5)) change(names)
    for (const file of new Set(names.values())) file.powerCut(this.random)
    this.#names = names
    this.#safeNames = new Map(names)
    this.#folderChanges = []
  }

  async #lock(): Promise<() => Promise<void>> {
    await this.#takes(this.#syncMs())
    if (this.#weather.opensFail) throw failure('EIO')
    const { life } = this.clock
    if (this.#holder === life) throw new LogFault('locked', 'two writers')
    this.#holder = life
    this.witness.opened(this)
    return async () => {
      if (this.#holder === life) this.#holder = 0
    }
  }

  async #open(name: string, isNew: boolean): Promise<LogFile> {
    const there = this.#names.get(name)
    if (there && isNew) throw failure('EEXIST')
    if (there) return new WorldFile(this, name, there)
    if (!isNew) throw failure('ENOENT')
    if (this.#takenBytes() >= this.#capacityBytes && this.random.chance(0.5)) throw failure('ENOSPC')
    const file = new VirtualSectors()
    await this.change(`create ${name}`, () => this.#changeFolder((names) => names.set(name, file)))
    return new WorldFile(this, name, file)
  }

  #rename(from: string, to: string): Promise<void> {
    const file = this.#names.get(from)
    if (!file) return Promise.reject(failure('ENOENT'))
    return this.change(`rename ${from} to ${to}`, () =>
      this.#changeFolder((names) => {
        names.delete(from)
        names.set(to, file)
      }),
    )
  }

  async #remove(name: string): Promise<void> {
    if (!this.#names.has(name)) return
    await this.change(`remove ${name}`, () => {
      if (this.#names.has(name)) this.witness.removed(name)
      this.#changeFolder((names) => names.delete(name))
    })
  }

  async #syncFolder(): Promise<void> {
    const changes = [...this.#folderChanges]
    await this.change('sync the folder', () => undefined, this.#syncMs())
    for (const change of changes) change(this.#safeNames)
    this.#folderChanges = this.#folderChanges.filter((change) => !changes.includes(change))
    this.witness.folderSynced()
  }

  #changeFolder(change: FolderChange): void {
    change(this.#names)
    this.#folderChanges.push(change)
  }

  #takenBytes(): number {
    let taken = 0
    for (const file of this.#names.values()) taken += file.takenBytes
    return taken
  }

  #syncMs(): number {
    return this.random.spread(this.#weather.leastMs, this.#weather.mostMs)
  }

  #quickMs(): number {
    return this.#syncMs() * unsyncedShare
  }

  #takes(forMs: number): Promise<void> {
    this.onBegun()
    return this.clock.waited(forMs)
  }

  /** @internal Does something after its time, unless it fails. */
  async change(what: string, effect: () => void, forMs = this.#quickMs()): Promise<void> {
    const fails = this.random.chance(this.#weather.failingShare)
    const isDone = !fails || this.random.chance(0.5)
    if (isDone) this.#underWay.add(effect)
    await this.#takes(forMs)
    this.#underWay.delete(effect)
    if (isDone) effect()
    if (this.#weather.isFull && this.#isCrowded) this.#capacityBytes = Math.min(this.#capacityBytes, this.#takenBytes())
    this.trace?.(`${what}${fails ? ' fails' : ''}`)
    if (fails) throw failure('EIO')
  }

  /** @internal */
  async write(name: string, file: VirtualSectors, bytes: Buffer, position: number): Promise<void> {
    this.witness.written(name, bytes)
    await this.#fill(`write ${name}`, file, bytes, position, this.#quickMs())
    file.write(bytes, position)
  }

  /** @internal */
  async append(name: string, file: VirtualSectors, bytes: Buffer, position: number): Promise<void> {
    try {
      await this.#fill(`append to ${name}`, file, bytes, position, this.#syncMs())
    } catch (failure) {
      file.forsake()
      throw failure
    }
    file.writeSafely(bytes, position)
    this.witness.appended(name, position, bytes)
  }

  /** @internal */
  truncate(name: string, file: VirtualSectors, size: number): Promise<void> {
    return this.change(`cut ${name} off at ${size}`, () => {
      file.truncate(size)
      this.witness.truncated(name, size)
    })
  }

  /** @internal What was written before it began is on the disk. */
  async sync(name: string, file: VirtualSectors): Promise<void> {
    try {
      await this.change(`sync ${name}`, () => undefined, this.#syncMs())
      file.sync()
    } catch (failure) {
      file.forsake()
      throw failure
    }
  }

  /** @internal */
  async read(file: VirtualSectors, buffer: Buffer, position: number): Promise<number> {
    const { mostReadMs, unreadableShare } = this.#weather
    await this.#takes(this.random.spread(mostReadMs / 100, mostReadMs))
    if (this.random.chance(unreadableShare)) throw failure('EIO')
    return file.read(buffer, position)
  }

  /** The time that a writing takes, and how it fails: nothing of it is written, a part, or all. Killed meanwhile, the same. */
  async #fill(what: string, file: VirtualSectors, bytes: Buffer, position: number, forMs: number): Promise<void> {
    const fits = this.#fits(file, bytes, position)
    const fails = this.random.chance(this.#weather.failingShare)
    const leave = () => {
      const most = this.random.of([0, Math.floor(this.random.next() * bytes.length), bytes.length])
      file.write(bytes.subarray(0, Math.min(fits, most)), position)
    }
    this.#underWay.add(leave)
    await this.#takes(forMs)
    this.#underWay.delete(leave)
    const isRight = fits >= bytes.length && !fails
    this.trace?.(`${what} at ${position}, ${bytes.length} bytes${isRight ? '' : fails ? ' fails' : ': full'}`)
    if (isRight) return
    leave()
    throw failure(fails ? 'EIO' : 'ENOSPC')
  }

  /** So many of these bytes find room. */
  #fits(file: VirtualSectors, bytes: Buffer, position: number): number {
    const grown = Math.max(0, position + bytes.length - file.takenBytes)
    if (grown === 0 || this.#takenBytes() + grown <= this.#capacityBytes) return bytes.length
    return Math.max(0, file.takenBytes - position)
  }
}

/** One opening of a file. */
class WorldFile implements LogFile {
  constructor(
    private readonly disk: WorldDisk,
    private readonly name: string,
    private readonly file: VirtualSectors,
  ) {}

  async size(): Promise<number> {
    return this.file.size
  }

  read(buffer: Buffer, position: number): Promise<number> {
    return this.disk.read(this.file, buffer, position)
  }

  write(bytes: Buffer, position: number): Promise<void> {
    return this.disk.write(this.name, this.file, bytes, position)
  }

  append(bytes: Buffer, position: number): Promise<void> {
    return this.disk.append(this.name, this.file, bytes, position)
  }

  truncate(size: number): Promise<void> {
    return this.disk.truncate(this.name, this.file, size)
  }

  sync(): Promise<void> {
    return this.disk.sync(this.name, this.file)
  }

  async close(): Promise<void> {}
}

function failure(code: 'EIO' | 'ENOSPC' | 'EEXIST' | 'ENOENT'): Error {
  return Object.assign(new Error(`${code}: injected`), { code })
}
