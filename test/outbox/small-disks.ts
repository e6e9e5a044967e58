import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { QueueOptions } from '../../lib/outbox/queue/options'
import { DurableQueue } from '../../lib/outbox/queue/queue'
import { lastSequence } from '../../lib/outbox/record/record'
import { newFolder, removeFolder } from '../folder'
import { bodiesOf, noEvents } from './places'

const lane = 'lane'
const refusalsUntilFull = 30

export interface SmallDisk {
  readonly megabytes: number
  readonly freeFloorMegabytes?: number
  readonly compressible: boolean
  /** Others take what is left before the outbox is drained. */
  readonly filledByOthers: boolean
  readonly whenFull?: QueueOptions['whenFull']
}

export interface Drained {
  readonly accepted: number
  /** Of these, what could not be read any more. */
  readonly lost: number
  /** Whether it takes values again once nothing waits. */
  readonly takesAgain: boolean
}

/** Why a test is skipped for which `onDisk` answers nothing. */
export const needsRoot = 'a really full disk needs root, to mount a small file system'

/**
 * Runs with a file system of its own, in memory, that is so small.
 * @returns undefined where this user may not mount one
 */
export async function onDisk<Result>(
  megabytes: number,
  use: (place: string) => Promise<Result>,
): Promise<Result | undefined> {
  const place = await newFolder('small-disk')
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', place], { stdio: 'ignore' })
  } catch {
    await removeFolder(place)
    return undefined
  }
  try {
    return await use(place)
  } finally {
    execFileSync('umount', ['-l', place])
    await removeFolder(place)
  }
}

/** Lets a folder be read only, until what it returns is called: files that are open stay writable, and no others are. */
export function makeReadOnly(folder: string): () => void {
  execFileSync('mount', ['--bind', folder, folder], { stdio: 'ignore' })
  execFileSync('mount', ['-o', 'remount,bind,ro', folder], { stdio: 'ignore' })
  return () => execFileSync('umount', ['-l', folder], { stdio: 'ignore' })
}

/** An outbox fills its disk, is closed and opened while that is full, and is drained. */
export function fillAndDrain(disk: SmallDisk): Promise<Drained | undefined> {
  return onDisk(disk.megabytes, async (place) => {
    const { freeFloorMegabytes, whenFull = 'refuse' } = disk
    const floor = freeFloorMegabytes !== undefined && { freeFloorBytes: freeFloorMegabytes * 2 ** 20 }
    const open = () => DurableQueue.open({ folder: join(place, 'outbox'), whenFull, ...floor }, noEvents)
    const body = () => (disk.compressible ? '21.5,'.repeat(40) : randomBytes(150).toString('base64'))
    const first = await open()
    const accepted = new Set<string>()
    for (let at = 0, refused = 0; refused < refusalsUntilFull; at++) {
      const payloads = Array.from({ length: 100 }, (_, part) => `"${at} ${part} ${body()}"`)
      const outcomes = await Promise.allSettled(payloads.map((payload) => append(first, payload)))
      for (const [which, outcome] of outcomes.entries()) {
        if (outcome.status === 'fulfilled') accepted.add(payloads[which] as string)
        else if (outcome.reason.code === 'OUTBOX_FULL') refused++
        else throw outcome.reason
      }
    }
    if (disk.filledByOthers) await fill(place)
    await first.close()
    const second = await open()
    const { size: lost } = await drain(second, accepted)
    await rm(join(place, 'ballast'), { force: true })
    const takesAgain = await within(10_000, () => append(second, '"again"'))
    await second.close()
    return { accepted: accepted.size, lost, takesAgain }
  })
}

/** Others fill the disk, and once more what the outbox gave back when it found no room; then it is opened again, and drained. */
export function drainAfterOthers(megabytes: number): Promise<Drained | undefined> {
  return onDisk(megabytes, async (place) => {
    const open = () => DurableQueue.open({ folder: join(place, 'outbox'), freeFloorBytes: 0 }, noEvents)
    const first = await open()
    const accepted = new Set<string>()
    const take = async (payload: string) => {
      await append(first, payload)
      accepted.add(payload)
    }
    const body = () => randomBytes(1_500).toString('base64')
    for (let at = 0; at < 1_500; at++) await take(`"${at} ${body()}"`)
    await fill(place)
    // What is written down of these needs room.
    const kept = await drain(first, accepted, 500)
    await fill(place, 'more-ballast')
    await first.close()
    const second = await open()
    const { size: lost } = await drain(second, kept)
    await rm(join(place, 'ballast'), { force: true })
    const takesAgain = await within(10_000, () => append(second, '"again"'))
    await second.close()
    return { accepted: accepted.size, lost, takesAgain }
  })
}

/** @returns of these, what has not been read; all that are there are, or so many */
async function drain(
  queue: DurableQueue,
  accepted: ReadonlySet<string>,
  most = Number.POSITIVE_INFINITY,
): Promise<Set<string>> {
  const left = new Set(accepted)
  for (let from = 0, atEnd = false; !atEnd && accepted.size - left.size < most; ) {
    const read = await queue.read(lane, from, lastSequence)
    for (const record of read.records) {
      queue.leasesOf(lane).take(record.sequence)
      for (const payload of bodiesOf(record)) left.delete(payload)
    }
    await queue.settle(lane, { delivered: read.records })
    from = read.nextSequence
    atEnd = read.atEnd
  }
  return left
}

const append = (queue: DurableQueue, payload: string) =>
  queue.append(lane, [{ stream: payload.slice(0, 3), payload, eventTimeMs: 1 }])

/** Takes the last byte there is. */
const fill = (place: string, name = 'ballast') =>
  writeFile(join(place, name), Buffer.alloc(400 * 2 ** 20)).catch(() => undefined)

export async function within(limitMs: number, attempt: () => Promise<void>): Promise<boolean> {
  for (const sinceMs = performance.now(); performance.now() - sinceMs < limitMs; await delay(50)) {
    const isDone = await attempt().then(
      () => true,
      () => false,
    )
    if (isDone) return true
  }
  return false
}
