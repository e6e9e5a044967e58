import { randomFillSync } from 'node:crypto'
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Scheduler } from '../../core'
import { storeIn } from '../store/folder'
import type { Capacity } from './capacity'

const blockBytes = 256 * 1024
const reservedPerByte = 2
const measureEveryMs = 1000
const leastReleasedBlocks = 4

/**
 * Disk space that is set aside so that a full disk can be drained: LevelDB needs room to write down what was delivered, to
 * open, and to rewrite its tables before it deletes the old ones, which is as much as the tables take, twice in the worst
 * case, up to what it ever rewrites at a time. The space is held by files of noise, since some file systems store little for
 * zeros, and nobody else who fills the disk can have it. They are deleted when the disk is full.
 */
export class Reserve {
  #blocks: number | undefined
  #storeBytes = 0
  #writtenBytes = 0
  #measuredMs = Number.NEGATIVE_INFINITY

  readonly #folder: string
  readonly #mostBytes: number
  readonly #capacity: Pick<Capacity, 'roomBytes' | 'written' | 'refresh'>
  readonly #scheduler: Scheduler

  /** @param mostBytes more is never set aside */
  constructor(
    folder: string,
    mostBytes: number,
    capacity: Pick<Capacity, 'roomBytes' | 'written' | 'refresh'>,
    scheduler: Scheduler,
  ) {
    this.#folder = folder
    this.#mostBytes = mostBytes
    this.#capacity = capacity
    this.#scheduler = scheduler
  }

  /**
   * Sets aside what the store will need once it holds so many bytes more.
   * @returns whether that is there
   */
  async cover(bytes: number): Promise<boolean> {
    if (this.#mostBytes === 0) return true
    this.#blocks ??= await wholeBlocks(this.#folder)
    if (this.#blocks * blockBytes >= this.#mostBytes) return true
    await this.#measure()
    const needed = blocksOf(
      Math.min(this.#mostBytes, reservedPerByte * (this.#storeBytes + this.#writtenBytes + bytes)),
    )
    const isCovered = needed <= this.#blocks || (await this.#grow(this.#blocks, needed))
    if (isCovered) this.#writtenBytes += bytes
    return isCovered
  }

  /** Gives back half of it: more only when that was not enough. */
  async release(): Promise<void> {
    await releaseReserve(this.#folder)
    this.#blocks = undefined
    await this.#capacity.refresh()
  }

  /** A step ahead, so that it doesn't grow at each message. */
  async #grow(from: number, needed: number): Promise<boolean> {
    const room = from + Math.floor(this.#capacity.roomBytes() / blockBytes)
    if (room < needed) return false
    const wanted = Math.min(room, blocksOf(this.#mostBytes), needed + (needed >> 1))
    let blocks = from
    try {
      await mkdir(reserveIn(this.#folder), { recursive: true, mode: 0o700 })
      for (; blocks < wanted; blocks++) {
        await writeFile(blockIn(this.#folder, blocks), randomFillSync(Buffer.allocUnsafe(blockBytes)), { mode: 0o600 })
        this.#capacity.written(blockBytes)
      }
    } catch (failure) {
      await rm(blockIn(this.#folder, blocks), { force: true }).catch(() => undefined)
      // Whatever else is wrong with the disk, the store's own write says it.
      if (!isFull(failure)) return true
    }
    this.#blocks = blocks
    return blocks >= needed
  }

  async #measure(): Promise<void> {
    const nowMs = this.#scheduler.monotonicMs()
    if (nowMs - this.#measuredMs < measureEveryMs) return
    this.#measuredMs = nowMs
    const store = storeIn(this.#folder)
    const names = await readdir(store).catch(() => [])
    const sizes = await Promise.all(names.map((name) => sizeOf(join(store, name))))
    this.#storeBytes = sizes.reduce((sum, size) => sum + size, 0)
    this.#writtenBytes = 0
  }
}

/**
 * Gives back half of what is set aside in the folder of an outbox, and all when it is little. Others who fill the disk may
 * take it before the store does; the rest is still there then.
 * @returns whether there was anything
 */
export async function releaseReserve(folder: string): Promise<boolean> {
  const names = await readdir(reserveIn(folder)).catch(() => [])
  const kept = names.length > 2 * leastReleasedBlocks ? names.length >> 1 : 0
  const released = names.filter((name) => Number(name) >= kept)
  const outcomes = await Promise.allSettled(released.map((name) => rm(join(reserveIn(folder), name))))
  return outcomes.some(({ status }) => status === 'fulfilled')
}

/** What is set aside in the folder of an outbox. */
export async function reservedBytes(folder: string): Promise<number> {
  return (await wholeBlocks(folder)) * blockBytes
}

/** Of so much space that an outbox may use, what it will set aside once it is full. */
export function reserveFor(availableBytes: number, mostBytes: number): number {
  return Math.max(0, Math.min(mostBytes, (availableBytes * reservedPerByte) / (1 + reservedPerByte)))
}

/** A power cut may have left one that is not. */
async function wholeBlocks(folder: string): Promise<number> {
  let count = 0
  while ((await sizeOf(blockIn(folder, count))) === blockBytes) count++
  return count
}

const reserveIn = (folder: string): string => join(folder, 'reserve')
const blockIn = (folder: string, at: number): string => join(reserveIn(folder), String(at))
const blocksOf = (bytes: number): number => Math.ceil(bytes / blockBytes)

const isFull = (failure: unknown): boolean =>
  ['ENOSPC', 'EDQUOT'].includes((failure as NodeJS.ErrnoException).code ?? '')

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  )
