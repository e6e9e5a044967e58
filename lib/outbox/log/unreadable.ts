import { Failures, isOfDisk } from './bad-sectors'
import type { Bodies } from './bodies'
import type { Place } from './live-index'

/** Reads entries of which the disk could not read some. */
export class Unreadable {
  readonly #failures: Failures

  readonly #bodies: Bodies

  constructor(bodies: Bodies, monotonicMs: () => number) {
    this.#bodies = bodies
    this.#failures = new Failures(monotonicMs)
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
        this.#failures.forget(key)
      } catch (failed) {
        if (!isOfDisk(failed)) throw failed
        bodies.push(undefined)
        if (this.#failures.add(key)) lost.push(place)
        else failure = failed
      }
    }
    if (failure) throw failure
    return { bodies, lost }
  }
}
