import type { LogDisk } from './disk'
import { faultOf, LogFault } from './fault'

export const reserveName = 'reserve'
const leastBytes = 16 * 2 ** 10
const blockBytes = 256 * 2 ** 10
const tryEveryMs = 1000

export interface ReserveOptions {
  readonly disk: LogDisk
  readonly segmentBytes: number
  /** Of all segments. */
  readonly logBytes: () => number
  /** See `LogOptions`. */
  readonly roomBytes: () => number
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
  /** How much room there was then. */
  #failedRoomBytes = 0
  #isFull = false

  readonly #options: ReserveOptions

  constructor(options: ReserveOptions) {
    this.#options = options
  }

  /** A log that is small yet needs less. */
  get wantedBytes(): number {
    return this.#wantedWith(0)
  }

  get isHeld(): boolean {
    return this.#isEnoughWith(0)
  }

  /** What is there from before. */
  async find(): Promise<void> {
    const { disk } = this.#options
    if (!(await disk.list()).includes(reserveName)) return
    try {
      const file = await disk.open(reserveName)
      this.#heldBytes = await file.size().finally(() => file.close())
    } catch {
      // Then it is set aside anew, if that is possible.
    }
  }

  /**
   * Sets aside what is needed once the log has grown by so much, where it is not, if that is possible now.
   * @returns false where the disk is full
   */
  async hold(bytes: number): Promise<boolean> {
    if (this.#isEnoughWith(bytes)) return true
    const nowMs = this.#options.monotonicMs()
    const roomBytes = this.#options.roomBytes()
    if (nowMs - this.#failedMs < tryEveryMs && roomBytes <= this.#failedRoomBytes) return !this.#isFull
    try {
      await this.#grow(bytes)
      return true
    } catch (failure) {
      this.#failedMs = nowMs
      this.#failedRoomBytes = roomBytes
      // Whatever else is wrong with the disk, the next write says it.
      this.#isFull = faultOf(failure).kind === 'full'
      return !this.#isFull
    }
  }

  /** There may be room now. */
  tryAgain(): void {
    this.#failedMs = Number.NEGATIVE_INFINITY
  }

  /** @returns whether there was any */
  async release(): Promise<boolean> {
    this.#heldBytes = 0
    return giveBack(this.#options.disk)
  }

  #wantedWith(bytes: number): number {
    const { segmentBytes, checkpointBytes, logBytes } = this.#options
    return Math.max(leastBytes, Math.min(segmentBytes / 2, logBytes() + bytes)) + 2 * checkpointBytes()
  }

  #isEnoughWith(bytes: number): boolean {
    return 2 * this.#heldBytes >= this.#wantedWith(bytes)
  }

  async #grow(bytes: number): Promise<void> {
    const { disk, random, roomBytes } = this.#options
    const wantedBytes = this.#wantedWith(bytes)
    if (wantedBytes - this.#heldBytes > roomBytes()) throw new LogFault('full', 'no room for it')
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

/** @returns whether there was anything */
export async function giveBack(disk: LogDisk): Promise<boolean> {
  const isThere = (await disk.list()).includes(reserveName)
  if (isThere) await disk.remove(reserveName)
  return isThere
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
