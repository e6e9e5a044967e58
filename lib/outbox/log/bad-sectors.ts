import type { LogDisk, LogFile } from './disk'

/** A sector that could not be read so often in a row, and for so long, is bad; a cable that was pulled is back by then, or writing fails, too. */
const mostFailures = 20
const longestMs = 60_000
const mostRemembered = 10_000
/** What a disk reads at once, mostly. */
const blockBytes = 4096
const attempts = 3

/** Whether a failure is of the disk itself. */
export const isOfDisk = (failure: unknown): boolean => (failure as { code?: string }).code === 'EIO'

/** Whether the disk could not read; it may write all the same. */
export const isOfReading = (failure: unknown): boolean =>
  isOfDisk(failure) && (failure as { syscall?: string }).syscall === 'read'

/** What could not be read lately, and since when. */
export class Failures {
  readonly #failing = new Map<string, { sinceMs: number; failures: number }>()

  readonly #monotonicMs: () => number

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs
  }

  /** It has failed once more. @returns whether it will always fail */
  add(key: string): boolean {
    const nowMs = this.#monotonicMs()
    const { sinceMs, failures } = this.#failing.get(key) ?? { sinceMs: nowMs, failures: 0 }
    this.#failing.set(key, { sinceMs, failures: failures + 1 })
    for (const oldest of this.#failing.keys()) {
      if (this.#failing.size <= mostRemembered) break
      this.#failing.delete(oldest)
    }
    return failures + 1 >= mostFailures && nowMs - sinceMs >= longestMs
  }

  /** It has been read after all. */
  forget(key: string): void {
    this.#failing.delete(key)
  }
}

/** The same disk, of which what can't be read are zeros. */
export function aroundBadSectors(disk: LogDisk): LogDisk {
  return {
    lock: () => disk.lock(),
    list: () => disk.list(),
    rename: (from, to) => disk.rename(from, to),
    remove: (name) => disk.remove(name),
    syncFolder: () => disk.syncFolder(),
    open: async (name, options) => fileAround(await disk.open(name, options)),
  }
}

/** The same file, of which what can't be read are zeros: damaged, like any other bytes that are not what was written. */
export function fileAround(file: LogFile): LogFile {
  return {
    size: () => file.size(),
    read: (buffer, position) => readAround(file, buffer, position),
    write: (bytes, position) => file.write(bytes, position),
    append: (bytes, position) => file.append(bytes, position),
    truncate: (size) => file.truncate(size),
    sync: () => file.sync(),
    close: () => file.close(),
  }
}

async function readAround(file: LogFile, buffer: Buffer, position: number): Promise<number> {
  try {
    return await file.read(buffer, position)
  } catch (failure) {
    if (!isOfDisk(failure)) throw failure
  }
  const end = Math.min(position + buffer.length, await file.size())
  for (let start = position; start < end; ) {
    const next = Math.min(end, start - (start % blockBytes) + blockBytes)
    await readBlock(file, buffer.subarray(start - position, next - position), start)
    start = next
  }
  return Math.max(0, end - position)
}

async function readBlock(file: LogFile, block: Buffer, position: number): Promise<void> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    try {
      await file.read(block, position)
      return
    } catch (failure) {
      if (!isOfDisk(failure)) throw failure
    }
  }
  block.fill(0)
}
