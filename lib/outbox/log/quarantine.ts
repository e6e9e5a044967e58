import type { LogDisk, LogFile } from './disk'
import { segmentName } from './segment-header'

const prefix = 'damaged-'
const mostBytes = 16 * 2 ** 20
const mostCopiedBytes = 1 << 20

/** Copies of what could not be read. So much at most: a disk that falls to pieces would fill up otherwise. */
export class Quarantine {
  #keptBytes = 0
  readonly #kept = new Set<string>()

  readonly #disk: LogDisk

  constructor(disk: LogDisk) {
    this.#disk = disk
  }

  async find(names: readonly string[]): Promise<void> {
    for (const name of names) {
      if (!name.startsWith(prefix)) continue
      this.#kept.add(name)
      const file = await this.#disk.open(name)
      this.#keptBytes += await file.size().finally(() => file.close())
    }
  }

  /** Keeps a stretch of a segment. */
  async copy(file: LogFile, segment: number, { offset, length }: { offset: number; length: number }): Promise<void> {
    const bytes = Buffer.allocUnsafe(Math.min(length, mostCopiedBytes))
    const read = await file.read(bytes, offset)
    await this.keep(segmentName(segment), offset, bytes.subarray(0, read))
  }

  /** A failure costs the copy only. */
  async keep(segment: string, offset: number, bytes: Buffer): Promise<void> {
    const name = `${prefix}${segment}-${offset}`
    const isEmpty = bytes.every((byte) => byte === 0)
    if (isEmpty || this.#kept.has(name) || this.#keptBytes + bytes.length > mostBytes) return
    this.#kept.add(name)
    this.#keptBytes += bytes.length
    try {
      const file = await this.#disk.open(name, { create: true })
      await file.write(bytes, 0).finally(() => file.close())
    } catch {}
  }

  /** Takes a file away that has no place here. */
  async setAside(name: string): Promise<void> {
    const names = await this.#disk.list()
    let aside = `${prefix}${name}-copy`
    for (let number = 2; names.includes(aside); number++) aside = `${prefix}${name}-copy-${number}`
    await this.#disk.rename(name, aside)
  }
}
