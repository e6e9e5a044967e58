import type { LogDisk, LogFile } from './disk'

const mostOpen = 32

interface Handle {
  readonly file: Promise<LogFile>
  uses: number
  /** It is to be closed when nobody uses it any more. */
  leave: (() => void) | undefined
}

/** The open files of the folder: not too many, and none is closed while somebody uses it. */
export class Files {
  readonly #handles = new Map<string, Handle>()

  #disk: LogDisk

  constructor(disk: LogDisk) {
    this.#disk = disk
  }

  async use<Result>(name: string, task: (file: LogFile) => Promise<Result>): Promise<Result> {
    const handle = this.#handles.get(name) ?? this.#open(name)
    // To the end: it was used last.
    this.#handles.delete(name)
    this.#handles.set(name, handle)
    handle.uses++
    try {
      return await task(await handle.file)
    } finally {
      handle.uses--
      if (handle.uses === 0) handle.leave?.()
      await this.#closeUnused()
    }
  }

  /** Reads so many bytes, or as many as there are. */
  async read(name: string, offset: number, length: number): Promise<Buffer> {
    return this.readInto(Buffer.allocUnsafe(length), name, offset)
  }

  /** The same, in this memory. */
  async readInto(memory: Buffer, name: string, offset: number): Promise<Buffer> {
    return this.use(name, async (file) => memory.subarray(0, await file.read(memory, offset)))
  }

  /** Nobody will use it again: it is closed when the last one is done. */
  async close(name: string): Promise<void> {
    const handle = this.#handles.get(name)
    if (!handle) return
    this.#handles.delete(name)
    if (handle.uses > 0)
      await new Promise<void>((resolve) => {
        handle.leave = resolve
      })
    await handle.file.then((file) => file.close()).catch(() => undefined)
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#handles.keys()].map((name) => this.close(name)))
  }

  /** From now on, they are opened on this disk. */
  async changeTo(disk: LogDisk): Promise<void> {
    await this.closeAll()
    this.#disk = disk
  }

  #open(name: string): Handle {
    const file = this.#disk.open(name)
    const handle: Handle = { file, uses: 0, leave: undefined }
    file.catch(() => this.#handles.get(name) === handle && this.#handles.delete(name))
    return handle
  }

  async #closeUnused(): Promise<void> {
    if (this.#handles.size <= mostOpen) return
    for (const [name, { uses }] of this.#handles) if (uses === 0) return this.close(name)
  }
}
