import { ConnectorError, type Scheduler, say } from '../../core'

export interface DiskSpace {
  readonly freeBytes: number
  readonly totalBytes: number
}

export interface CapacityOptions {
  /** For the texts of errors. */
  readonly folder: string
  /** Cap of everything kept, dead letters included, in bytes of our own count. */
  readonly maxBytes: number
  /** Free space that is left to others. Default: see `freeFloorOf`. */
  readonly freeFloorBytes?: number | undefined
  readonly diskSpace: () => Promise<DiskSpace>
}

const askEveryMs = 1000
const mostFreeBytes = 200 * 2 ** 20

/** Free space that is left to others: 5 % of the disk, at most 200 MB, unless another is wanted. */
export function freeFloorOf(totalBytes: number, wantedBytes?: number): number {
  return wantedBytes ?? Math.min(totalBytes * 0.05, mostFreeBytes)
}

/** @throws ConnectorError `CONFIG_INVALID` where the whole disk is to stay free, or more */
export function checkFloor({ totalBytes }: DiskSpace, wantedBytes: number | undefined, folder: string): void {
  const floorBytes = freeFloorOf(totalBytes, wantedBytes)
  // Some file systems do not tell their size.
  if (totalBytes === 0 || floorBytes < totalBytes) return
  throw new ConnectorError(
    'CONFIG_INVALID',
    say`${megabytes(floorBytes)} MB of the disk have to stay free, but the disk of ${folder} has only ${megabytes(totalBytes)} MB, so nothing could ever be kept. Leave less free.`,
  )
}

/** As the dialog counts them. */
export const megabytes = (bytes: number): number => Math.floor(bytes / 2 ** 20)

/** How much may still be taken in. The disk is asked once a second at most, and only while something arrives. */
export class Capacity {
  #space: DiskSpace | undefined
  #askedMs = Number.NEGATIVE_INFINITY
  #writtenSince = 0

  readonly #options: CapacityOptions
  readonly #scheduler: Scheduler

  constructor(options: CapacityOptions, scheduler: Scheduler) {
    this.#options = options
    this.#scheduler = scheduler
  }

  /**
   * Why `bytes` more than `heldBytes` don't fit, if they don't.
   * @throws ConnectorError `CONFIG_INVALID` as `checkFloor`
   */
  refusal(heldBytes: number, bytes: number): 'cap' | 'floor' | undefined {
    this.#ask()
    if (heldBytes + bytes > this.#options.maxBytes) return 'cap'
    if (!this.#space || bytes <= this.roomBytes()) return undefined
    checkFloor(this.#space, this.#options.freeFloorBytes, this.#options.folder)
    return 'floor'
  }

  /** What the disk has for us, as far as is known. */
  roomBytes(): number {
    if (!this.#space) return Number.POSITIVE_INFINITY
    const { freeBytes, totalBytes } = this.#space
    return freeBytes - this.#writtenSince - freeFloorOf(totalBytes, this.#options.freeFloorBytes)
  }

  /** Of the disk; infinite where that is unknown. */
  totalBytes(): number {
    return this.#space?.totalBytes || Number.POSITIVE_INFINITY
  }

  written(bytes: number): void {
    this.#writtenSince += bytes
  }

  /** Asks the disk. An answer that fails leaves the last one. */
  async refresh(): Promise<void> {
    this.#askedMs = this.#scheduler.monotonicMs()
    const space = await this.#options.diskSpace().catch(() => undefined)
    if (!space) return
    this.#space = space
    this.#writtenSince = 0
  }

  #ask(): void {
    if (this.#scheduler.monotonicMs() - this.#askedMs >= askEveryMs) void this.refresh()
  }
}

/** Why nothing more is taken in, and what to do. */
export function fullError(refusal: 'cap' | 'floor', folder: string): ConnectorError {
  return new ConnectorError(
    'OUTBOX_FULL',
    refusal === 'cap'
      ? say`The outbox ${folder} has reached its size limit. Wait for the cloud, or raise the limit.`
      : say`The outbox ${folder} would leave too little free space on its disk. Delete files there, or wait for the cloud.`,
  )
}
