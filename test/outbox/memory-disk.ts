import type { LogDisk, LogFile } from '../../lib/outbox/log/disk'
import { LogFault } from '../../lib/outbox/log/fault'

/** How a group fails: not written, or written although a failure is reported; or there is no room for it. */
export type GroupFault = 'fails' | 'fails-after-writing' | 'full'

interface Content {
  bytes: Buffer
  length: number
}

/** A folder in memory: keeps what was written when a log is opened on it anew, and fails on request. */
export class MemoryDisk implements LogDisk {
  readonly files = new Map<string, Content>()
  /** How the next groups end. Shifted off one by one. */
  groupFaults: GroupFault[] = []
  /** Happens between the reading of a slice and its arrival. */
  afterRead: (() => Promise<unknown>) | undefined
  /** What every group waits for. */
  beforeWrite: Promise<unknown> | undefined
  /** Groups that were to be written, and readings, so far. */
  operations = 0
  /** Whoever opened it before is dead. */
  #life = 0
  #isLocked = false

  async lock(): Promise<() => Promise<void>> {
    if (this.#isLocked) throw new LogFault('locked', 'injected: two writers')
    this.#isLocked = true
    const life = this.#life
    return async () => {
      if (life === this.#life) this.#isLocked = false
    }
  }

  async list(): Promise<string[]> {
    return [...this.files.keys()]
  }

  async open(name: string, { create = false } = {}): Promise<LogFile> {
    const there = this.files.get(name)
    if (!there && !create) throw failure('ENOENT', name)
    const content = there ?? { bytes: Buffer.alloc(0), length: 0 }
    this.files.set(name, content)
    const life = this.#life
    const alive = () => {
      if (life !== this.#life) throw failure('EIO', 'this process is dead')
    }
    return {
      size: async () => content.length,
      read: async (buffer, position) => {
        alive()
        this.operations++
        const length = content.bytes.copy(buffer, 0, position, Math.max(position, content.length))
        if (name.startsWith('segment-')) await this.afterRead?.()
        return length
      },
      write: async (bytes, position) => {
        alive()
        write(content, bytes, position)
      },
      append: async (bytes, position) => {
        this.operations++
        const copy = Buffer.from(bytes)
        await new Promise(setImmediate)
        await this.beforeWrite
        alive()
        const fault = this.groupFaults.shift()
        if (fault === undefined || fault === 'fails-after-writing') write(content, copy, position)
        if (fault) throw failure(fault === 'full' ? 'ENOSPC' : 'EIO', name)
      },
      truncate: async (size) => {
        alive()
        content.length = size
      },
      sync: async () => alive(),
      close: async () => undefined,
    }
  }

  async rename(from: string, to: string): Promise<void> {
    const content = this.files.get(from)
    if (!content) throw failure('ENOENT', from)
    this.files.delete(from)
    this.files.set(to, content)
  }

  async remove(name: string): Promise<void> {
    this.files.delete(name)
  }

  async syncFolder(): Promise<void> {}

  /** The process dies: nobody closes the log. */
  crash(): void {
    this.#life++
    this.#isLocked = false
  }

  /** Changes what was kept wherever it lies: where it was moved to, and where that failed. */
  damage(kept: Buffer): void {
    for (const [name, { bytes, length }] of this.files) {
      if (!name.startsWith('segment-')) continue
      for (let at = bytes.indexOf(kept); at >= 0 && at < length; at = bytes.indexOf(kept, at + 1))
        for (const offset of [0, kept.length - 1]) bytes[at + offset] = (bytes[at + offset] ?? 0) ^ 0xff
    }
  }
}

function write(content: Content, bytes: Buffer, position: number): void {
  const end = position + bytes.length
  if (end > content.bytes.length) {
    const larger = Buffer.alloc(Math.max(end, 2 * content.bytes.length))
    content.bytes.copy(larger, 0, 0, content.length)
    content.bytes = larger
  }
  if (position > content.length) content.bytes.fill(0, content.length, position)
  bytes.copy(content.bytes, position)
  content.length = Math.max(content.length, end)
}

function failure(code: string, what: string): Error {
  return Object.assign(new Error(`${code}: injected, ${what}`), { code })
}
