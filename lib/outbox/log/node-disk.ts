import { constants, read as readCallback, write as writeCallback } from 'node:fs'
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { LogDisk, LogFile } from './disk'
import { lockFolder } from './lock'

/** A file handle's own ways make memory outside of V8's heap at each call, which may cost some milliseconds of its collector's. */
const read = promisify(readCallback)
const write = promisify(writeCallback)

/** A folder of this PC. */
export class NodeDisk implements LogDisk {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  lock(): Promise<() => Promise<void>> {
    return lockFolder(this.#folder)
  }

  list(): Promise<string[]> {
    return readdir(this.#folder)
  }

  async open(name: string, { create = false } = {}): Promise<LogFile> {
    return new NodeFile(join(this.#folder, name), await open(join(this.#folder, name), create ? 'wx+' : 'r+', 0o600))
  }

  rename(from: string, to: string): Promise<void> {
    return rename(join(this.#folder, from), join(this.#folder, to))
  }

  remove(name: string): Promise<void> {
    return rm(join(this.#folder, name), { force: true })
  }

  /** Windows can't sync a folder, and doesn't need it. */
  async syncFolder(): Promise<void> {
    if (process.platform === 'win32') return
    const handle = await open(this.#folder, 'r')
    await handle.sync().finally(() => handle.close())
  }
}

/** Windows' `fs.constants` lack it, and on macOS it does not reach what the drive itself holds back. */
const canWriteThrough = process.platform === 'linux'

class NodeFile implements LogFile {
  #through: Promise<FileHandle> | undefined

  readonly #path: string
  readonly #handle: FileHandle

  constructor(path: string, handle: FileHandle) {
    this.#path = path
    this.#handle = handle
  }

  async size(): Promise<number> {
    return (await this.#handle.stat()).size
  }

  async read(buffer: Buffer, position: number): Promise<number> {
    let done = 0
    while (done < buffer.length) {
      const { bytesRead } = await read(this.#handle.fd, buffer, done, buffer.length - done, position + done)
      if (bytesRead === 0) break
      done += bytesRead
    }
    return done
  }

  write(bytes: Buffer, position: number): Promise<void> {
    return writeAll(this.#handle, bytes, position)
  }

  /** Write and sync in one: half as many ways to another thread and back. */
  async append(bytes: Buffer, position: number): Promise<void> {
    if (canWriteThrough) {
      this.#through ??= open(this.#path, constants.O_RDWR | constants.O_DSYNC)
      return writeAll(await this.#through, bytes, position)
    }
    await this.write(bytes, position)
    await this.sync()
  }

  truncate(size: number): Promise<void> {
    return this.#handle.truncate(size)
  }

  sync(): Promise<void> {
    return this.#handle.datasync()
  }

  async close(): Promise<void> {
    const through = await this.#through?.catch(() => undefined)
    await through?.close()
    await this.#handle.close()
  }
}

async function writeAll(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  let done = 0
  while (done < bytes.length) {
    const { bytesWritten } = await write(handle.fd, bytes, done, bytes.length - done, position + done)
    done += bytesWritten
  }
}
