/** Grown in steps of that, since most of what is read is of nearly the same size. */
const stepBytes = 1 << 18

/** The same memory for one after the other: fresh memory for each would lie there until V8 collects it, which it hardly hurries to. */
export class ReusedMemory {
  #memory = Buffer.alloc(0)

  /** Not cleared, and valid until the next is taken. */
  take(length: number): Buffer {
    if (length > this.#memory.length) this.#memory = Buffer.allocUnsafeSlow(Math.ceil(length / stepBytes) * stepBytes)
    return this.#memory.subarray(0, length)
  }
}
