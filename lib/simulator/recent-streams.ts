/** The streams that received something last, for whoever looks on: a few of however many there are. */
export class RecentStreams<Stream> {
  readonly #most: number
  readonly #streams = new Set<Stream>()
  #latest: Stream | undefined

  constructor(most = 12) {
    this.#most = most
  }

  /** Called for each entry that comes in: mostly of the stream that had the one before. */
  touch(stream: Stream): void {
    if (stream === this.#latest) return
    this.#latest = stream
    this.#streams.delete(stream)
    this.#streams.add(stream)
    if (this.#streams.size <= this.#most) return
    for (const oldest of this.#streams) {
      this.#streams.delete(oldest)
      return
    }
  }

  forget(stream: Stream): void {
    this.#streams.delete(stream)
    if (this.#latest === stream) this.#latest = undefined
  }

  get all(): readonly Stream[] {
    return [...this.#streams]
  }
}
