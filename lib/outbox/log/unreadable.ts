import type { Bodies } from './bodies'
import type { Place } from './live-index'

/** A sector that could not be read so often in a row, and for so long, is bad; a cable that was pulled is back by then, or writing fails, too. */
const mostFailures = 20
const longestMs = 60_000
const mostRemembered = 10_000

/** What the disk could not read lately. */
export class Unreadable {
  readonly #failing = new Map<string, { sinceMs: number; failures: number }>()

  readonly #bodies: Bodies
  readonly #monotonicMs: () => number

  constructor(bodies: Bodies, monotonicMs: () => number) {
    this.#bodies = bodies
    this.#monotonicMs = monotonicMs
  }

  /**
   * Reads entries one by one that could not be read together.
   * @returns `lost`: those that the disk will never read again. @throws what the file system throws, where one may still be read some time
   */
  async read(places: readonly Place[]): Promise<{ bodies: (Buffer | undefined)[]; lost: Place[] }> {
    const bodies: (Buffer | undefined)[] = []
    const lost: Place[] = []
    let failure: unknown
    for (const place of places) {
      const key = `${place.segment.number} ${place.number}`
      try {
        const [body] = await this.#bodies.read([place])
        bodies.push(body)
        this.#failing.delete(key)
      } catch (failed) {
        if (!isOfDisk(failed)) throw failed
        bodies.push(undefined)
        if (this.#isLost(key)) lost.push(place)
        else failure = failed
      }
    }
    if (failure) throw failure
    return { bodies, lost }
  }

  #isLost(key: string): boolean {
    const nowMs = this.#monotonicMs()
    const { sinceMs, failures } = this.#failing.get(key) ?? { sinceMs: nowMs, failures: 0 }
    this.#failing.set(key, { sinceMs, failures: failures + 1 })
    for (const oldest of this.#failing.keys()) {
      if (this.#failing.size <= mostRemembered) break
      this.#failing.delete(oldest)
    }
    return failures + 1 >= mostFailures && nowMs - sinceMs >= longestMs
  }
}

/** Whether a failure is of the disk itself. */
export const isOfDisk = (failure: unknown): boolean => (failure as { code?: string }).code === 'EIO'
