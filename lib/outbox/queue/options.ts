import { statfs } from 'node:fs/promises'
import { type ConnectorError, readBootId, type Scheduler, systemScheduler } from '../../core'
import type { LogDisk } from '../log/disk'
import { NodeDisk } from '../log/node-disk'
import type { DeadRecord } from '../record/dead-letter'
import type { OutboxRecord } from '../record/record'
import type { DiskSpace } from './capacity'

export type WhenFull = 'refuse' | 'evict-oldest'
/** Of dead letters. */
export type WhenDeadFull = 'keep' | 'evict-oldest'

export const defaultMaxBytes = 2 ** 30

/** The durable queue's settings; only the folder has no default. */
export interface QueueOptions {
  /** Where the data lives. One process at a time. */
  readonly folder: string
  /** Cap of everything kept, dead letters included. Default 1 GiB. */
  readonly maxBytes?: number
  /** Free disk space that is never used. Default: 5 % of the disk, at most 200 MB. */
  readonly freeFloorBytes?: number
  /** Default `refuse`: what doesn't fit is refused with OUTBOX_FULL. */
  readonly whenFull?: WhenFull
  /** Default `keep`: the devices and sensors whose values would become further dead letters wait. */
  readonly whenDeadFull?: WhenDeadFull
  /** Records older than this are evicted; time while the PC was off isn't counted. Default: never. */
  readonly maxAgeMs?: number
  /** Part of `maxBytes` that dead letters may take. Default 0.05. */
  readonly deadShare?: number
  /** Bytes that may wait in memory for the disk before more is refused. Default 8 MB. */
  readonly maxUncommittedBytes?: number
  /** Takes a folder on a network file system all the same. Default: it is refused, where the system tells. */
  readonly allowNetworkFolder?: boolean
  readonly scheduler?: Scheduler
  /** The span in which the scheduler's monotonic time is comparable: a UUID. Default: the boot. */
  readonly bootId?: string
  /** The disk that the log in the folder writes to. Default: the PC's. Tests put their faults in here. */
  readonly openDisk?: (folder: string) => LogDisk
  /** For the jitter of the back-off, and what tells one log from another: 0 up to 1. Default `Math.random`. */
  readonly random?: () => number
  readonly diskSpace?: (folder: string) => Promise<DiskSpace>
}

export type ResolvedQueueOptions = Required<Omit<QueueOptions, 'freeFloorBytes' | 'maxAgeMs'>> &
  Pick<QueueOptions, 'freeFloorBytes' | 'maxAgeMs'>

export async function resolveOptions(options: QueueOptions): Promise<ResolvedQueueOptions> {
  return {
    maxBytes: defaultMaxBytes,
    whenFull: 'refuse',
    whenDeadFull: 'keep',
    deadShare: 0.05,
    maxUncommittedBytes: 8e6,
    allowNetworkFolder: false,
    scheduler: systemScheduler,
    openDisk: (folder) => new NodeDisk(folder),
    random: Math.random,
    diskSpace: askDisk,
    ...options,
    bootId: (options.bootId ?? options.scheduler?.bootId ?? (await readBootId())).replaceAll('-', ''),
  }
}

/** What a sender has leased. */
export interface Held {
  readonly unsent: readonly OutboxRecord[]
  readonly underWay: readonly OutboxRecord[]
}

/** What the queue tells; each may come at any time. */
export interface QueueEvents {
  /** Records of the lane have reached the disk. */
  appended(lane: string): void
  /** The lane's counters are others than before. */
  counted(lane: string): void
  /** Records of the lane were given up, and are kept as dead letters. */
  died(lane: string, letters: readonly DeadRecord[]): void
  /** Records from this sequence on are to be read (again), although a reader may have passed them. */
  reappeared(lane: string, sequence: number): void
  /** What the lane's sender holds from one sequence to another (exclusive). */
  held(lane: string, from: number, before: number): Held
  /** The lane's sender holds these no longer, which it has not sent; they stay leased. */
  surrender(lane: string, unsent: ReadonlySet<OutboxRecord>): void
  /** What was being evicted of the lane is gone for good, or stays: see `DurableQueue.isEvicting`. */
  evicted(lane: string): void
  /** The store can't be written (`error`), or can again (`undefined`). */
  storeState(error: ConnectorError | undefined): void
}

export async function askDisk(folder: string): Promise<DiskSpace> {
  const { bavail, blocks, bsize } = await statfs(folder)
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
}
