import { abortable } from './abortable'

/** Lets so many in at a time; the others wait, in the order they came. Whoever was let in has to leave. */
export class Turnstile {
  readonly #places: number
  #taken = 0
  readonly #waiting = new Set<() => void>()

  constructor(places: number) {
    this.#places = places
  }

  /** @throws ConnectorError `ABORTED` where the signal fires before the turn comes */
  async enter(signal?: AbortSignal): Promise<void> {
    if (this.#taken < this.#places) {
      this.#taken += 1
      return
    }
    let letIn = () => {}
    const turn = new Promise<void>((resolve) => {
      letIn = resolve
      this.#waiting.add(letIn)
    })
    try {
      await abortable(turn, signal)
    } catch (failure) {
      // Let in and stopped in the same moment: the place goes to the next.
      if (!this.#waiting.delete(letIn)) this.leave()
      throw failure
    }
  }

  leave(): void {
    const [next] = this.#waiting
    if (next) {
      this.#waiting.delete(next)
      next()
    } else this.#taken -= 1
  }
}
