const firstBytes = 256

/** Numbers and bytes, one after the other. */
export class ByteWriter {
  #bytes: Buffer
  #length = 0

  constructor(expectedBytes = firstBytes) {
    this.#bytes = Buffer.allocUnsafe(expectedBytes)
  }

  get length(): number {
    return this.#length
  }

  /** Whole, 0 to 2^53 - 1. */
  varint(value: number): this {
    this.#grow(8)
    let rest = value
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    this.#bytes[this.#length++] = rest
    return this
  }

  /** Whole, and may be below 0: to both sides in turn. */
  signed(value: number): this {
    return this.varint(value < 0 ? -2 * value - 1 : 2 * value)
  }

  float(value: number): this {
    this.#grow(8)
    this.#length = this.#bytes.writeDoubleBE(value, this.#length)
    return this
  }

  bytes(bytes: Uint8Array): this {
    this.#grow(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
    return this
  }

  /** With its length. */
  text(text: string): this {
    const bytes = Buffer.from(text)
    return this.varint(bytes.length).bytes(bytes)
  }

  end(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  #grow(by: number): void {
    if (this.#length + by <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#length + by))
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
  }
}

/** Reads what a `ByteWriter` has written. @throws {RangeError} beyond the end */
export class ByteReader {
  #at = 0

  readonly #source: Buffer

  constructor(source: Buffer) {
    this.#source = source
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#source.length
  }

  varint(): number {
    let value = 0
    for (let factor = 1; ; factor *= 0x80) {
      const byte = this.#source[this.#at++]
      if (byte === undefined || factor > 2 ** 49) throw new RangeError('no number here')
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return value
    }
  }

  signed(): number {
    const value = this.varint()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  float(): number {
    this.#at += 8
    return this.#source.readDoubleBE(this.#at - 8)
  }

  bytes(length: number): Buffer {
    if (this.#at + length > this.#source.length) throw new RangeError('not so many bytes')
    this.#at += length
    return this.#source.subarray(this.#at - length, this.#at)
  }

  text(): string {
    return this.bytes(this.varint()).toString('utf8')
  }

  rest(): Buffer {
    return this.bytes(this.#source.length - this.#at)
  }
}
