import { ConnectorError } from '../http'
import { say } from '../text'
import type { Scheduler } from './scheduler'

export interface DiskSpace {
  readonly freeBytes: number
  readonly totalBytes: number
}

export interface CapacityOptions {
  /** Cap of everything kept, dead letters included, in bytes of our own count. */
  readonly maxBytes: number
  /** Free space that is left to others. Default: 5 % of the disk, at least 200 MB. */
  readonly freeFloorBytes?: number | undefined
  readonly diskSpace: () => Promise<DiskSpace>
}

const askEveryMs = 1000

/** How much may still be taken in. The disk is asked once a second at most, and only while something arrives. */
export class Capacity {
  private space: DiskSpace | undefined
  private askedMs = Number.NEGATIVE_INFINITY
  private writtenSince = 0

  constructor(
    private readonly options: CapacityOptions,
    private readonly scheduler: Scheduler,
  ) {}

  get maxBytes(): number {
    return this.options.maxBytes
  }

  /** Why `bytes` more than `heldBytes` don't fit, if they don't. */
  refusal(heldBytes: number, bytes: number): 'cap' | 'floor' | undefined {
    this.ask()
    if (heldBytes + bytes > this.options.maxBytes) return 'cap'
    if (!this.space) return undefined
    const { freeBytes, totalBytes } = this.space
    const floor = this.options.freeFloorBytes ?? Math.max(200e6, totalBytes * 0.05)
    return freeBytes - this.writtenSince - bytes < floor ? 'floor' : undefined
  }

  written(bytes: number): void {
    this.writtenSince += bytes
  }

  /** Asks the disk. An answer that fails leaves the last one. */
  async refresh(): Promise<void> {
    this.askedMs = this.scheduler.monotonicMs()
    const space = await this.options.diskSpace().catch(() => undefined)
    if (!space) return
    this.space = space
    this.writtenSince = 0
  }

  private ask(): void {
    if (this.scheduler.monotonicMs() - this.askedMs >= askEveryMs) void this.refresh()
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
