import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { builtMs } from './built'

/** The two times there are. Only timestamps use the wall clock; lives, limits and back-off use the monotonic one. */
export interface Clock {
  /** Unix milliseconds; may step when the PC's clock is set. */
  wallMs(): number
  /** Milliseconds since some fixed moment; never steps. */
  monotonicMs(): number
}

/** On Linux the monotonic clock counts from the boot, so that it stays comparable when only the process starts anew. */
const processStartMs = Number(process.hrtime.bigint() / 1000n) / 1000 - performance.now()

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => processStartMs + performance.now(),
}

/** A UUID for the span in which `systemClock.monotonicMs` is comparable: the boot on Linux, else the process. */
export async function readBootId(): Promise<string> {
  const text = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')
  return /^[0-9a-f-]{36}$/.test(text.trim()) ? text.trim() : randomUUID()
}

const dayMs = 24 * 3_600_000
const latestPlausibleMs = Date.UTC(2100, 0)

/**
 * Whether a PC's clock may be right. One without a battery starts in 1970 or at the day on which its firmware was built; no
 * clock can be right that shows a time before this package was built.
 */
export function isPlausible(wallMs: number): boolean {
  return wallMs > builtMs - dayMs && wallMs < latestPlausibleMs
}

/**
 * Stands in for an unset clock: as if it had been 9 September 2001 when the PC was started. Such times have 13 digits, as the
 * right ones have that take their place in an encoded value; they rise with the monotonic clock; and nobody takes them for
 * right.
 */
const unsetOffsetMs = 1e12

/** The time of what comes now and names none, Unix ms. While the clock is not set, one that only stands in for it. */
export function arrivalMs(clock: Clock): number {
  const wallMs = clock.wallMs()
  return isPlausible(wallMs) ? wallMs : Math.round(unsetOffsetMs + clock.monotonicMs())
}

/** By how much the clock that gave an arrival time was ahead of the monotonic one. @param nowMs monotonic, soon after */
export function arrivalOffsetMs(arrivedMs: number, nowMs: number): number {
  const standsIn = arrivedMs >= unsetOffsetMs && !isPlausible(arrivedMs)
  return standsIn ? unsetOffsetMs : arrivedMs - nowMs
}

/**
 * Whether a time is only that of the arrival: it names none of its own, or one that was taken from the same clock in the same
 * millisecond.
 */
export function isArrivalTime(timeMs: number, arrivedMs: number): boolean {
  return timeMs === arrivedMs
}
