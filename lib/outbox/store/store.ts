import type { ClassicLevel, Iterator as ClassicLevelIterator, Snapshot } from 'classic-level'
import { nextTurn } from '../../core'

export type StoreOperation =
  | { readonly type: 'put'; readonly key: Buffer; readonly value: Buffer }
  | { readonly type: 'del'; readonly key: Buffer }
export type StoreEntry = readonly [key: Buffer, value: Buffer]

export interface StoreRange {
  readonly from: Buffer
  /** Exclusive. */
  readonly before: Buffer
}

/** An ordered key-value store on disk. Tests put their faults in here. Every failure is a `StoreFault`. */
export interface Store {
  get(key: Buffer): Promise<Buffer | undefined>
  /** All or nothing; on disk (fsync) when it resolves. */
  batch(operations: readonly StoreOperation[]): Promise<void>
  /** A frozen view of the range, as of this call. */
  scan(range: StoreRange, options?: { reverse?: boolean }): StoreScan
  /** Gives back the disk space of what was deleted in the range. */
  compact(range: StoreRange): Promise<void>
  /** Gives back the memory that the files which were read are mapped into. Whoever comes meanwhile waits. */
  releaseMemory(): Promise<void>
  close(): Promise<void>
}

export interface StoreScan {
  /** The next entries: at most `limit`, and about 256 KB. None means the end. */
  next(limit: number): Promise<readonly StoreEntry[]>
  /** Whether the store had to leave out blocks that it could not read. */
  readonly damaged: boolean
  close(): Promise<void>
}

export interface StoreDriver {
  /** Disk space beside what it holds that it needs at most, to write down what was delivered, to open and to tidy up. Default: none. */
  readonly workspaceBytes?: number
  /** Opens, or creates, the store in `folder`, which only one process can hold. */
  open(folder: string): Promise<Store>
  /** Rebuilds the store from what is still readable. */
  repair(folder: string): Promise<void>
}

/** locked: held by another process; full: no disk space; corrupt: damaged bytes; io: anything else. */
export type StoreFaultKind = 'locked' | 'full' | 'corrupt' | 'io' | 'unavailable'

export class StoreFault extends Error {
  override readonly name = 'StoreFault'
  constructor(
    readonly kind: StoreFaultKind,
    message: string,
  ) {
    super(message)
  }
}

type Level = ClassicLevel<Buffer, Buffer>
type LevelIterator = ClassicLevelIterator<Level, Buffer, Buffer>

/**
 * Small files and a small cache: the data is written and read once, in order, and LevelDB maps its open files into
 * memory (64 at least).
 */
const levelOptions = {
  keyEncoding: 'buffer',
  valueEncoding: 'buffer',
  cacheSize: 1 << 20,
  writeBufferSize: 4 << 20,
  maxFileSize: 1 << 20,
  maxOpenFiles: 74,
} as const
/** Twelve logs of the write buffer, at which LevelDB lets nobody write any more, and the tables below that they are merged with. */
export const levelWorkspaceBytes = 64 * 2 ** 20
const scanBytes = 128 * 1024
const operationsPerTurn = 250

/**
 * LevelDB. Loaded when first used, so that a platform without a binary loses only the outbox.
 * @param sync false only in the control of the power-cut test, which has to lose data
 */
export function createLevelDriver({ sync = true } = {}): StoreDriver {
  return {
    workspaceBytes: levelWorkspaceBytes,
    async open(folder) {
      const Level = await loadLevel()
      const level: Level = new Level(folder, levelOptions)
      await level.open().catch(rethrow)
      return new LevelStore(level, sync)
    },
    async repair(folder) {
      const Level = await loadLevel()
      await Level.repair(folder).catch(rethrow)
    },
  }
}

export const levelDriver: StoreDriver = createLevelDriver()

async function loadLevel(): Promise<typeof ClassicLevel> {
  try {
    return (await import('classic-level')).ClassicLevel
  } catch (error) {
    throw new StoreFault('unavailable', error instanceof Error ? error.message : String(error))
  }
}

class LevelStore implements Store {
  #opened: Promise<Level>
  /** What has begun and is not over, scans included. */
  readonly #uses = new Set<Promise<unknown>>()
  #isCompacting = false

  readonly #level: Level
  readonly #sync: boolean

  constructor(level: Level, sync: boolean) {
    this.#level = level
    this.#sync = sync
    this.#opened = Promise.resolve(level)
  }

  get(key: Buffer): Promise<Buffer | undefined> {
    return this.#use((level) => level.get(key))
  }

  /** Handing an operation over takes microseconds, so many are handed over in several turns; the write is one. Copies. */
  batch(operations: readonly StoreOperation[]): Promise<void> {
    return this.#use(async (level) => {
      const batch = level.batch()
      for (const [at, operation] of operations.entries()) {
        if (at % operationsPerTurn === operationsPerTurn - 1) await nextTurn()
        if (operation.type === 'put') batch.put(operation.key, operation.value)
        else batch.del(operation.key)
      }
      await batch.write({ sync: this.#sync })
    })
  }

  scan(range: StoreRange, options: { reverse?: boolean } = {}): StoreScan {
    const scan = new LevelScan(this.#opened, range, options.reverse ?? false)
    this.#track(scan.ended)
    return scan
  }

  async compact({ from, before }: StoreRange): Promise<void> {
    this.#isCompacting = true
    await this.#use((level) => level.compactRange(from, before)).finally(() => {
      this.#isCompacting = false
    })
  }

  /** A compaction takes long, and lets go of what it has read by itself. */
  async releaseMemory(): Promise<void> {
    if (this.#isCompacting) return
    this.#opened = Promise.allSettled(this.#uses).then(async () => {
      await this.#level.close()
      await this.#level.open()
      return this.#level
    })
    await this.#use(async () => undefined)
  }

  async close(): Promise<void> {
    await this.#opened.catch(() => undefined)
    await this.#level.close().catch(rethrow)
  }

  /** What comes while the store is closed for a moment waits for it, in order. */
  #use<Result>(task: (level: Level) => Promise<Result>): Promise<Result> {
    const used = this.#opened.then(task).catch(rethrow)
    this.#track(used)
    return used
  }

  #track(use: Promise<unknown>): void {
    this.#uses.add(use)
    const over = () => this.#uses.delete(use)
    use.then(over, over)
  }
}

/**
 * LevelDB steps over a block that it cannot read and tells so only at the end of the range, where the answer that holds
 * the last entries is lost to the error. So after such an error the rest is read again, one entry at a time.
 */
class LevelScan implements StoreScan {
  damaged = false
  readonly ended: Promise<void>
  readonly #view: Promise<{ level: Level; snapshot: Snapshot; iterator: LevelIterator }>
  #rescue: LevelIterator | undefined
  #lastKey: Buffer | undefined
  #end: () => void = () => undefined

  readonly #range: StoreRange
  readonly #reverse: boolean

  /** @param opened resolves before anything is written that comes later */
  constructor(opened: Promise<Level>, range: StoreRange, reverse: boolean) {
    this.#range = range
    this.#reverse = reverse
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
    this.#view = opened.then((level) => {
      const snapshot = level.snapshot()
      return { level, snapshot, iterator: this.#iterate(level, snapshot, range) }
    })
    this.#view.catch(() => this.#end())
  }

  async next(limit: number): Promise<readonly StoreEntry[]> {
    const { level, snapshot, iterator } = await this.#view.catch(rethrow)
    const entries = this.#rescue
      ? []
      : await iterator.nextv(limit).catch((error) => this.#startRescue(level, snapshot, error))
    if (this.#rescue) await this.#readSingly(this.#rescue, limit, entries)
    this.#lastKey = entries.at(-1)?.[0] ?? this.#lastKey
    return entries
  }

  async close(): Promise<void> {
    const view = await this.#view.catch(() => undefined)
    await Promise.all([view?.iterator.close(), this.#rescue?.close()])
    await view?.snapshot.close()
    this.#end()
  }

  #iterate(level: Level, snapshot: Snapshot, { from, before }: StoreRange): LevelIterator {
    return level.iterator({ gte: from, lt: before, reverse: this.#reverse, snapshot, highWaterMarkBytes: scanBytes })
  }

  #startRescue(level: Level, snapshot: Snapshot, error: unknown): [Buffer, Buffer][] {
    const fault = faultOf(error)
    if (fault.kind !== 'corrupt') throw fault
    this.damaged = true
    const after = this.#lastKey && Buffer.concat([this.#lastKey, Buffer.of(0)])
    const rest = this.#reverse ? { before: this.#lastKey } : { from: after }
    this.#rescue = this.#iterate(level, snapshot, {
      from: rest.from ?? this.#range.from,
      before: rest.before ?? this.#range.before,
    })
    return []
  }

  async #readSingly(rescue: LevelIterator, limit: number, entries: [Buffer, Buffer][]): Promise<void> {
    while (entries.length < limit) {
      const found = await rescue.nextv(1).catch(() => [])
      if (found.length === 0) return
      entries.push(...found)
    }
  }
}

function rethrow(error: unknown): never {
  throw faultOf(error)
}

/** LevelDB's own codes sit on the error, or on its cause when opening failed. */
export function faultOf(error: unknown): StoreFault {
  if (error instanceof StoreFault) return error
  const { message = String(error), code, cause } = error as { message?: string; code?: string; cause?: unknown }
  if (code === 'LEVEL_DATABASE_NOT_OPEN' && cause) return faultOf(cause)
  if (code === 'LEVEL_LOCKED') return new StoreFault('locked', message)
  if (code === 'ENOSPC' || /no space left|disk quota/i.test(message)) return new StoreFault('full', message)
  if (isReadOnly(message) || isShortage(message)) return new StoreFault('io', message)
  // A table that can't be read, be it empty or on a bad sector, is damage, not a fault that passes.
  const damage = code === 'LEVEL_CORRUPTION' || /corruption|missing files|\.(ldb|sst): /i.test(message)
  return new StoreFault(damage ? 'corrupt' : 'io', message)
}

/** Whether an error says that the process, or the PC, has no more of what it takes to read a file: no file is damaged by that. */
const isShortage = (message: string): boolean =>
  /too many open files|cannot allocate memory|\b(EMFILE|ENFILE|ENOMEM)\b/i.test(message.slice(0, 1_000))

/** Whether an error says that a file cannot be written because nothing on its disk can: no file is damaged by that. */
export const isReadOnly = (message: string): boolean => /read-only file system|\bEROFS\b/i.test(message.slice(0, 1_000))
