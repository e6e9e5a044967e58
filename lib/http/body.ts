/** Parts that are kept as they came before they are put together; far more than an answer in full packets has. */
const partsPerBlock = 1_024

/** A body as it comes in, in about the memory of its bytes: each part is an object, and a hostile one holds one byte. */
export class Body {
  readonly #blocks: Buffer[] = []
  #parts: Buffer[] = []
  #size = 0

  get size(): number {
    return this.#size
  }

  add(part: Buffer): void {
    this.#size += part.length
    this.#parts.push(part)
    if (this.#parts.length < partsPerBlock) return
    this.#blocks.push(Buffer.concat(this.#parts))
    this.#parts = []
  }

  /** All of it; where it came in one part, that very part. */
  whole(): Buffer {
    const all = [...this.#blocks, ...this.#parts]
    return all.length === 1 && all[0] ? all[0] : Buffer.concat(all, this.#size)
  }
}
