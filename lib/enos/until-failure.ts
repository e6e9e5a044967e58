/**
 * Work whose first failure waits for the end: nothing is done after it, while whoever hands over the items goes on, and may
 * meet a failure that has to be reported first.
 */
export class UntilFailure<Item> {
  readonly #work: (item: Item) => void
  #failure: { thrown: unknown } | undefined

  constructor(work: (item: Item) => void) {
    this.#work = work
  }

  run(item: Item): void {
    if (this.#failure) return
    try {
      this.#work(item)
    } catch (thrown) {
      this.#failure = { thrown }
    }
  }

  /** @throws what the work threw */
  end(): void {
    if (this.#failure) throw this.#failure.thrown
  }
}
