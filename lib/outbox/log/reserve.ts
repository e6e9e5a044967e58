import type { LogDisk } from './disk'

const reserveName = 'reserve'
const leastBytes = 16 * 2 ** 10
const blockBytes = 256 * 2 ** 10
const tryEveryMs = 1000

export interface ReserveOptions {
  readonly disk: LogDisk
  readonly segmentBytes: number
  /** Of a checkpoint. */
  readonly checkpointBytes: () => number
  readonly random: () => number
  readonly monotonicMs: () => number
}

/**
 * Disk space that is set aside so that a full disk can be emptied: for what was delivered to be written down, for two
 * checkpoints, and for a quarter of a segment to be rewritten. It is held by a file of noise, since some file systems store
 * little for zeros.
 */
export class Reserve {
  #heldBytes = 0
  #failedMs = Number.NEGATIVE_INFINITY

  readonly #options: ReserveOptions

  constructor(options: ReserveOptions) {
    this.#options = options
  }

  get wantedBytes(): number {
    const { segmentBytes, checkpointBytes } = this.#options
    return Math.max(leastBytes, segmentBytes / 2) + 2 * checkpointBytes()
  }

  get isHeld(): boolean {
    return 2 * this.#heldBytes >= this.wantedBytes
  }

  /** What is there from before. */
  async find(): Promise<void> {
    const { disk } = this.#options
    if (!(await disk.list()).includes(reserveName)) return
    const file = await disk.open(reserveName)
    this.#heldBytes = await file.size().finally(() => file.close())
  }

  /** Sets it aside where it is not, if that is possible now; more of it as checkpoints grow. @returns whether it is */
  async hold(): Promise<boolean> {
    if (this.isHeld) return true
    const nowMs = this.#options.monotonicMs()
    if (nowMs - this.#failedMs < tryEveryMs) return false
    try {
      await this.#grow()
      return true
    } catch {
      this.#failedMs = nowMs
      return false
    }
  }

  /** There may be room now. */
  tryAgain(): void {
    this.#failedMs = Number.NEGATIVE_INFINITY
  }

  /** @returns whether there was any */
  async release(): Promise<boolean> {
    const { disk } = this.#options
    this.#heldBytes = 0
    const isThere = await disk.list().then((names) => names.includes(reserveName))
    if (isThere) await disk.remove(reserveName)
    return isThere
  }

  async #grow(): Promise<void> {
    const { disk, random } = this.#options
    const { wantedBytes } = this
    const isThere = (await disk.list()).includes(reserveName)
    const file = await disk.open(reserveName, { create: !isThere })
    try {
      for (let written = this.#heldBytes; written < wantedBytes; written += blockBytes) {
        const block = noise(Math.min(blockBytes, wantedBytes - written), random)
        await file.write(block, written)
      }
      await file.sync()
      this.#heldBytes = wantedBytes
    } catch (failure) {
      await file.truncate(this.#heldBytes).catch(() => undefined)
      throw failure
    } finally {
      await file.close()
    }
    await disk.syncFolder()
  }
}

function noise(length: number, random: () => number): Buffer {
  const bytes = Buffer.alloc(Math.ceil(length / 4) * 4)
  let state = Math.floor(random() * 2 ** 32) | 1
  for (let at = 0; at < bytes.length; at += 4) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    bytes.writeInt32LE(state, at)
  }
  return bytes.subarray(0, length)
}
