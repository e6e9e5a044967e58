import { abortError } from './abortable'
import type { Aborts } from './aborts'

interface Waiting {
  /** `undefined` for one that has left the queue. */
  letIn: (() => void) | undefined
}

/** This many that are gone may stay in the list before it is cut. */
const mostGone = 1_024

/** Lets so many in at a time; the others wait, in the order they came. Whoever was let in has to leave. */
export class Turnstile {
  readonly #places: number
  readonly #aborts: Aborts
  #taken = 0
  /** Those before `#next` have been let in: a list whose first is taken out each time is moved as a whole each time. */
  #line: Waiting[] = []
  #next = 0

  constructor(places: number, aborts: Aborts) {
    this.#places = places
    this.#aborts = aborts
  }

  /**
   * The turn, or `undefined` where there is a place at once.
   * @throws ConnectorError `ABORTED` where the signal fires before the turn comes
   */
  enter(signal?: AbortSignal): Promise<void> | undefined {
    if (this.#taken < this.#places) {
      this.#taken += 1
      return undefined
    }
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(abortError(signal))
      const waiting: Waiting = { letIn: undefined }
      const forget =
        signal &&
        this.#aborts.on(signal, () => {
          waiting.letIn = undefined
          reject(abortError(signal))
        })
      waiting.letIn = () => {
        forget?.()
        resolve()
      }
      this.#line.push(waiting)
    })
  }

  leave(): void {
    const letIn = this.#takeNext()
    if (letIn) letIn()
    else this.#taken -= 1
  }

  #takeNext(): (() => void) | undefined {
    while (this.#next < this.#line.length) {
      const letIn = this.#line[this.#next++]?.letIn
      if (letIn) {
        this.#cut()
        return letIn
      }
    }
    this.#line = []
    this.#next = 0
    return undefined
  }

  #cut(): void {
    if (this.#next < mostGone || this.#next * 2 < this.#line.length) return
    this.#line = this.#line.slice(this.#next)
    this.#next = 0
  }
}
