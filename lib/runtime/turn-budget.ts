/** How long the messages of one node may hold up the event loop at a time. */
const budgetMs = 10
/** This many that were let in may stay in the list before it is cut. */
const mostLetIn = 1_024

/**
 * Spreads a burst of messages over turns of the event loop, in the order in which they came: Node-RED hands all that a
 * *split* makes to a node in one turn, and to begin with each of thousands takes too long for everybody else.
 */
export class TurnBudget {
  readonly #nowMs: () => number
  /** When the turn began; `undefined` while nothing has come in it. */
  #beganMs: number | undefined
  /** Those before `#next` were let in. */
  #line: (() => void)[] = []
  #next = 0

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs
  }

  /** `undefined` where the message may begin at once, else resolves in its turn. */
  enter(): Promise<void> | undefined {
    if (this.#beganMs === undefined) this.#begin()
    if (this.#next === this.#line.length && !this.#isSpent()) return undefined
    return new Promise((resolve) => this.#line.push(resolve))
  }

  #begin(): void {
    this.#beganMs = this.#nowMs()
    setImmediate(() => {
      this.#beganMs = undefined
      if (this.#next < this.#line.length) void this.#letIn()
    })
  }

  /** One after the other, each as far as it goes without waiting. */
  async #letIn(): Promise<void> {
    this.#begin()
    while (this.#next < this.#line.length && !this.#isSpent()) {
      this.#line[this.#next++]?.()
      await nothing
    }
    if (this.#next < mostLetIn && this.#next < this.#line.length) return
    this.#line = this.#line.slice(this.#next)
    this.#next = 0
  }

  #isSpent(): boolean {
    return this.#nowMs() - (this.#beganMs ?? 0) >= budgetMs
  }
}

const nothing = Promise.resolve()
