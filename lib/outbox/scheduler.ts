import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Clock } from '../http'

/** The clock, and a way to be called later. Tests pass one that they turn by hand. */
export interface Scheduler extends Clock {
  /** Calls back once, `delayMs` from now; the answer cancels it. */
  setTimeout(callback: () => void, delayMs: number): () => void
}

export const systemScheduler: Scheduler = {
  wallMs: () => Date.now(),
  // On Linux this counts from the boot, so that it stays comparable when only the process starts anew.
  monotonicMs: () => Number(process.hrtime.bigint() / 1000n) / 1000,
  setTimeout(callback, delayMs) {
    const timer = setTimeout(callback, delayMs)
    return () => clearTimeout(timer)
  },
}

/** A UUID for the span in which `systemScheduler.monotonicMs` is comparable: the boot on Linux, else the process. */
export async function readBootId(): Promise<string> {
  const text = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')
  return /^[0-9a-f-]{36}$/.test(text.trim()) ? text.trim() : randomUUID()
}

/** A PC without a battery starts in 1970; such a time says nothing about how old a value is. */
export function isPlausible(wallMs: number): boolean {
  return wallMs > Date.UTC(2024, 0) && wallMs < Date.UTC(2100, 0)
}

/** Ends the current turn of the event loop, so that long work leaves room for others. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
