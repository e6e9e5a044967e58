/** Who decides the fate of a record: of one group, two may want to, such as a sender that buries what is evicted. The first one has it. */
export class Claims {
  readonly #claimed = new Map<string, Set<number>>()

  /** Whether it is for the asker to decide. */
  claim(lane: string, sequence: number): boolean {
    const claimed = this.#claimed.get(lane) ?? new Set()
    if (claimed.has(sequence)) return false
    this.#claimed.set(lane, claimed.add(sequence))
    return true
  }
}
