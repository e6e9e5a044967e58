import { basename, dirname } from 'node:path'
import type { WorldClock } from './clock'
import type { Random } from './random'

interface VirtualFile {
  bytes: Buffer
  /** What a power cut may bring back: as it was when it was last known to be on the disk. */
  safe: Buffer | undefined
  /** Its bytes were not synced. */
  isTorn: boolean
  writtenMs: number
}

/** What `open` of `node:fs/promises` answers, as far as the product uses it. */
export interface VirtualHandle {
  read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number | null,
  ): Promise<{ bytesRead: number; buffer: Buffer }>
  writeFile(text: string): Promise<void>
  sync(): Promise<void>
  close(): Promise<void>
}

export interface VirtualEntry {
  readonly name: string
  isDirectory(): boolean
  isSymbolicLink(): boolean
}

/** By then the system has written by itself what nobody has synced. */
const flushedAfterMs = 30_000

/**
 * The files beside the store, as `node:fs/promises` shows them. After a power cut each is as it was, as it is, or, where it
 * was not synced, cut off.
 */
export class VirtualFiles {
  readonly #files = new Map<string, VirtualFile>()
  readonly #folders = new Set<string>(['/'])
  /** How long an operation takes at most. */
  mostMs = 2

  constructor(
    private readonly clock: WorldClock,
    private readonly random: Random,
  ) {}

  async mkdir(path: string): Promise<void> {
    await this.#pause()
    for (let at = path.length; at > 0; at = path.lastIndexOf('/', at - 1)) this.#folders.add(path.slice(0, at))
  }

  async chmod(): Promise<void> {
    await this.#pause()
  }

  async realpath(path: string): Promise<string> {
    await this.#pause()
    return path
  }

  async open(path: string, flags = 'r'): Promise<VirtualHandle> {
    await this.#pause()
    if (flags === 'w') this.#replace(path, Buffer.alloc(0))
    else if (!this.#folders.has(path) && !this.#files.has(path)) throw missing(path)
    const bytes = () => this.#files.get(path)?.bytes ?? Buffer.alloc(0)
    return {
      read: async (buffer, offset, length, position) => {
        await this.#pause()
        const bytesRead = bytes().copy(buffer, offset, position ?? 0, (position ?? 0) + length)
        return { bytesRead, buffer }
      },
      writeFile: async (text) => {
        await this.#pause()
        this.#replace(path, Buffer.from(text))
      },
      sync: async () => {
        await this.#pause()
        const file = this.#files.get(path)
        if (file) file.safe = file.bytes
      },
      close: () => this.#pause(),
    }
  }

  async lstat(path: string): Promise<{ mtimeMs: number }> {
    await this.#pause()
    const file = this.#files.get(path)
    if (!file) throw missing(path)
    return { mtimeMs: this.clock.wallMs() - (this.clock.nowMs - file.writtenMs) }
  }

  async readdir(path: string, { withFileTypes = false } = {}): Promise<(string | VirtualEntry)[]> {
    await this.#pause()
    if (!this.#folders.has(path)) throw missing(path)
    const within = (names: Iterable<string>) =>
      [...names].filter((name) => dirname(name) === path && name !== path).map((name) => basename(name))
    const [folders, files] = [within(this.#folders), within(this.#files.keys())]
    if (!withFileTypes) return [...folders, ...files]
    return [...folders.map((name) => entry(name, true)), ...files.map((name) => entry(name, false))]
  }

  async stat(path: string): Promise<VirtualEntry> {
    await this.#pause()
    if (!this.#folders.has(path) && !this.#files.has(path)) throw missing(path)
    return entry(basename(path), this.#folders.has(path))
  }

  async readFile(path: string, encoding?: BufferEncoding): Promise<Buffer | string> {
    await this.#pause()
    const file = this.#files.get(path)
    if (!file) throw missing(path)
    return encoding ? file.bytes.toString(encoding) : Buffer.from(file.bytes)
  }

  async writeFile(path: string, content: Buffer | string): Promise<void> {
    const bytes = Buffer.from(content as string)
    this.#replace(path, Buffer.alloc(0))
    await this.#pause()
    this.#replace(path, bytes)
  }

  /** Not on the disk until the system writes it: the file that is replaced may come back. */
  async rename(from: string, to: string): Promise<void> {
    await this.#pause()
    const file = this.#files.get(from)
    if (!file) throw missing(from)
    const replaced = this.#files.get(to)
    this.#files.delete(from)
    const isTorn = file.safe !== file.bytes
    this.#files.set(to, { ...file, isTorn, safe: replaced && this.#safeOf(replaced) })
  }

  async rm(path: string): Promise<void> {
    await this.#pause()
    this.#files.delete(path)
  }

  powerCut(): void {
    for (const [path, file] of this.#files) {
      if (this.clock.nowMs - file.writtenMs > flushedAfterMs) continue
      const torn = file.bytes.subarray(0, this.random.whole(0, file.bytes.length))
      const left = this.random.of([file.safe, file.bytes, ...(file.isTorn ? [torn, Buffer.alloc(0)] : [])])
      if (left) this.#files.set(path, { ...file, bytes: left, safe: left })
      else this.#files.delete(path)
    }
  }

  #replace(path: string, bytes: Buffer): void {
    const before = this.#files.get(path)
    const safe = before && this.#safeOf(before)
    this.#files.set(path, { bytes, safe, isTorn: true, writtenMs: this.clock.nowMs })
  }

  #safeOf(file: VirtualFile): Buffer | undefined {
    return this.clock.nowMs - file.writtenMs > flushedAfterMs ? file.bytes : file.safe
  }

  #pause(): Promise<void> {
    return this.clock.waited(this.random.between(0, this.mostMs))
  }
}

function entry(name: string, isFolder: boolean): VirtualEntry {
  return { name, isDirectory: () => isFolder, isSymbolicLink: () => false }
}

function missing(path: string): Error {
  return Object.assign(new Error(`ENOENT: no such file or directory, '${path}'`), { code: 'ENOENT' })
}
