import { nearestName } from '../message'
import type { PointType } from './point-type'

const mostRemembered = 500

/** The points, attributes or parameters of a thing model, or those that a table names. */
export class KnownPoints {
  readonly #types: ReadonlyMap<string, PointType>
  /** Whether there are no others. */
  readonly isWhole: boolean
  readonly #nearest = new Map<string, string | undefined>()

  constructor(types: ReadonlyMap<string, PointType>, isWhole: boolean) {
    this.#types = types
    this.isWhole = isWhole
  }

  typeOf(name: string): PointType | undefined {
    return this.#types.get(name)
  }

  isUnknown(name: string): boolean {
    return this.isWhole && !this.#types.has(name)
  }

  /** The known name that an unknown one was probably meant to be. */
  nearest(name: string): string | undefined {
    if (!this.#nearest.has(name)) {
      if (this.#nearest.size >= mostRemembered) this.#nearest.clear()
      this.#nearest.set(name, nearestName(this.#types.keys(), name))
    }
    return this.#nearest.get(name)
  }
}
