import type { LogDisk, LogFile } from '../../../lib/outbox/log/disk'
import { LogFault } from '../../../lib/outbox/log/fault'

/** A change of a file's bytes that is not known to be on the disk. */
type Unsynced = { readonly position: number; readonly bytes: Buffer } | { readonly size: number }

interface Inode {
  bytes: Buffer
  /** As of the last sync. */
  safe: Buffer
  unsynced: Unsynced[]
}

type FolderChange = (names: Map<string, Inode>) => void

const sectorBytes = 512
export const pageBytes = 4096

/** 0 up to 1, as a seed has it. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The power went: nothing that was under way comes to an end. */
export class PowerCut extends Error {}

/** How an operation ends. */
export type DiskFate = 'works' | 'fails' | 'full' | 'cut'

/**
 * A folder in memory. What was not synced may be lost, sector by sector and in any order, when the power goes; so may names
 * that were made, changed or removed.
 */
export class TestDisk implements LogDisk {
  /** Operations that change something, so far. */
  changes = 0
  /** How the next operation that changes something ends, by its number. */
  fateOf: (change: number, what: string) => DiskFate = () => 'works'
  /** Whether this page of a file lies on a bad sector: nothing less than a page is read from a disk. */
  isBad: (name: string, page: number) => boolean = () => false
  /** What all files may take together. */
  capacityBytes = Number.POSITIVE_INFINITY
  readonly names = new Map<string, Inode>()
  #safeNames = new Map<string, Inode>()
  #folderChanges: FolderChange[] = []
  #isLocked = false
  #isOff = false

  constructor(private readonly random: () => number) {}

  async lock(): Promise<() => Promise<void>> {
    this.#check()
    if (this.#isLocked) throw new LogFault('locked', 'two at once')
    this.#isLocked = true
    return async () => {
      this.#isLocked = false
    }
  }

  async list(): Promise<string[]> {
    await this.#pause()
    return [...this.names.keys()]
  }

  async open(name: string, { create = false } = {}): Promise<LogFile> {
    await this.#pause()
    const there = this.names.get(name)
    if (there && create) throw failure('EEXIST', name)
    if (!there && !create) throw failure('ENOENT', name)
    const inode = there ?? { bytes: Buffer.alloc(0), safe: Buffer.alloc(0), unsynced: [] }
    if (!there) {
      await this.#change(`create ${name}`)
      this.#changeFolder((names) => names.set(name, inode))
    }
    return this.#file(name, inode)
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#change(`rename ${from}`)
    const inode = this.names.get(from)
    if (!inode) throw failure('ENOENT', from)
    this.#changeFolder((names) => {
      names.delete(from)
      names.set(to, inode)
    })
  }

  async remove(name: string): Promise<void> {
    await this.#change(`remove ${name}`)
    this.#changeFolder((names) => names.delete(name))
  }

  async syncFolder(): Promise<void> {
    if ((await this.#change('sync folder')) !== 'works') throw failure('EIO', 'folder')
    this.#safeNames = new Map(this.names)
    this.#folderChanges = []
  }

  /** The process dies, and what it had written is there. */
  killed(): TestDisk {
    const next = new TestDisk(this.random)
    // The system writes it to the disk at some time, unless the power goes before.
    for (const [name, inode] of this.names) next.names.set(name, inode)
    next.#safeNames = this.#safeNames
    next.#folderChanges = this.#folderChanges
    this.#isOff = true
    return next
  }

  /** What is left after a power cut. */
  cut(): TestDisk {
    const { random } = this
    const names = new Map(this.#safeNames)
    for (const change of this.#folderChanges) if (random() < 0.5) change(names)
    const next = new TestDisk(random)
    for (const [name, inode] of names) next.put(name, leftOf(inode, random))
    this.#isOff = true
    return next
  }

  /** Puts a file onto the disk as it is. */
  put(name: string, bytes: Buffer): void {
    const inode = { bytes: Buffer.from(bytes), safe: Buffer.from(bytes), unsynced: [] }
    this.names.set(name, inode)
    this.#safeNames.set(name, inode)
  }

  bytesOf(name: string): Buffer {
    const inode = this.names.get(name)
    if (!inode) throw failure('ENOENT', name)
    return inode.bytes
  }

  erase(name: string): void {
    this.names.delete(name)
    this.#safeNames.delete(name)
  }

  get usedBytes(): number {
    let used = 0
    for (const { bytes } of this.names.values()) used += bytes.length
    return used
  }

  #file(name: string, inode: Inode): LogFile {
    const file: LogFile = {
      size: async () => {
        await this.#pause()
        return inode.bytes.length
      },
      read: async (buffer, position) => {
        await this.#pause()
        const end = Math.min(position + buffer.length, inode.bytes.length)
        for (let page = Math.floor(position / pageBytes); page * pageBytes < end; page++)
          if (this.isBad(name, page)) throw Object.assign(failure('EIO', name), { syscall: 'read' })
        return position < inode.bytes.length ? inode.bytes.copy(buffer, 0, position) : 0
      },
      write: async (bytes, position) => {
        const fate = await this.#change(`write ${name}`)
        const copy = Buffer.from(bytes)
        const grown = Math.max(0, position + copy.length - inode.bytes.length)
        const isFull = fate === 'full' || this.usedBytes + grown > this.capacityBytes
        // A write that fails may have written a part.
        if (isFull || fate === 'fails') {
          this.#write(inode, position, copy.subarray(0, Math.floor((this.random() * copy.length) / 2)), isFull)
          throw failure(isFull ? 'ENOSPC' : 'EIO', name)
        }
        this.#write(inode, position, copy, false)
      },
      truncate: async (size) => {
        if ((await this.#change(`truncate ${name}`)) !== 'works') throw failure('EIO', name)
        const bytes = Buffer.alloc(size)
        inode.bytes.copy(bytes)
        inode.bytes = bytes
        inode.unsynced = [...inode.unsynced, { size }]
      },
      sync: async () => {
        if ((await this.#change(`sync ${name}`)) !== 'works') throw failure('EIO', name)
        inode.safe = Buffer.from(inode.bytes)
        inode.unsynced = []
      },
      append: async (bytes, position) => {
        const before = inode.unsynced
        await file.write(bytes, position)
        if ((await this.#change(`append ${name}`)) !== 'works') throw failure('EIO', name)
        // What was written before without a sync is as little on the disk as it was.
        inode.unsynced = before
        const end = position + bytes.length
        if (end > inode.safe.length) inode.safe = resized(inode.safe, end)
        bytes.copy(inode.safe, position)
      },
      close: () => this.#pause(),
    }
    return file
  }

  #write(inode: Inode, position: number, bytes: Buffer, isFull: boolean): void {
    const end = isFull ? Math.min(position + bytes.length, inode.bytes.length) : position + bytes.length
    const written = bytes.subarray(0, Math.max(0, end - position))
    if (written.length === 0) return
    if (end > inode.bytes.length) inode.bytes = Buffer.concat([inode.bytes, Buffer.alloc(end - inode.bytes.length)])
    written.copy(inode.bytes, position)
    inode.unsynced = [...inode.unsynced, { position, bytes: written }]
  }

  #changeFolder(change: FolderChange): void {
    change(this.names)
    this.#folderChanges.push(change)
  }

  async #change(what: string): Promise<DiskFate> {
    await this.#pause()
    const fate = this.fateOf(this.changes++, what)
    if (fate === 'cut') this.#isOff = true
    this.#check()
    if (fate === 'fails' && !/^(write|append|truncate|sync) /.test(what)) throw failure('EIO', what)
    if (fate === 'full' && what.startsWith('create')) throw failure('ENOSPC', what)
    return fate
  }

  async #pause(): Promise<void> {
    for (let ticks = Math.floor(this.random() * 4); ticks >= 0; ticks--) await Promise.resolve()
    this.#check()
  }

  #check(): void {
    if (this.#isOff) throw new PowerCut('the power is off')
  }
}

function leftOf({ safe, unsynced }: Inode, random: () => number): Buffer {
  let bytes: Buffer = Buffer.from(safe)
  for (const change of unsynced) {
    if ('size' in change) {
      if (random() < 0.5) bytes = resized(bytes, change.size)
      continue
    }
    const end = change.position + change.bytes.length
    for (let from = change.position; from < end; ) {
      const to = Math.min(end, from - (from % sectorBytes) + sectorBytes)
      if (random() < 0.6) {
        if (to > bytes.length) bytes = resized(bytes, to)
        change.bytes.copy(bytes, from, from - change.position, to - change.position)
      }
      from = to
    }
  }
  return bytes
}

function resized(bytes: Buffer, size: number): Buffer {
  const other = Buffer.alloc(size)
  bytes.copy(other)
  return other
}

function failure(code: string, what: string): Error {
  return Object.assign(new Error(`${code}: injected, ${what}`), { code })
}
