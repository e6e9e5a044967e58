import type { Random } from './random'

export const sectorBytes = 512
const blockBytes = 4096

/** A file as the system shows it, and beside it what a power cut may bring back. */
export class VirtualSectors {
  size = 0
  #bytes = Buffer.alloc(0)
  /** Certainly on the disk. */
  #safeSize = 0
  /** What each sector held that was written since its last sync, the oldest first. */
  readonly #former = new Map<number, Buffer[]>()
  /** Of those, where a sync has failed: the system takes them for written, and no other sync writes them. */
  readonly #forsaken = new Set<number>()
  /** What a truncation has taken that is not on the disk yet. */
  #cutOff: { readonly size: number; readonly tail: Buffer } | undefined

  /** The space that it takes on the disk. */
  get takenBytes(): number {
    return Math.ceil(this.size / blockBytes) * blockBytes
  }

  /** As it is now; what is written later may change it. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.size)
  }

  read(buffer: Buffer, position: number): number {
    return position < this.size ? this.#bytes.copy(buffer, 0, position, this.size) : 0
  }

  /** Written, and gone with the power, perhaps. */
  write(bytes: Buffer, position: number): void {
    if (bytes.length === 0) return
    const end = position + bytes.length
    this.#reach(end)
    for (let sector = Math.floor(position / sectorBytes); sector * sectorBytes < end; sector++) {
      const before = Buffer.from(this.#bytes.subarray(sector * sectorBytes, (sector + 1) * sectorBytes))
      this.#former.set(sector, [...(this.#former.get(sector) ?? []), before])
      this.#forsaken.delete(sector)
    }
    bytes.copy(this.#bytes, position)
    this.size = Math.max(this.size, end)
  }

  /** Written, and on the disk. */
  writeSafely(bytes: Buffer, position: number): void {
    const end = position + bytes.length
    this.#reach(end)
    bytes.copy(this.#bytes, position)
    this.size = Math.max(this.size, end)
    this.#safeSize = Math.max(this.#safeSize, end)
    this.#cutOff = undefined
    if (this.#former.size === 0) return
    for (let sector = Math.floor(position / sectorBytes); sector * sectorBytes < end; sector++) {
      this.#former.delete(sector)
      this.#forsaken.delete(sector)
    }
  }

  truncate(size: number): void {
    if (size < this.size) {
      const tail = Buffer.from(this.#bytes.subarray(size, this.size))
      const before = this.#cutOff
      const isFurther = before && before.size - before.tail.length === this.size
      if (!before) this.#cutOff = { size: this.size, tail }
      else if (isFurther) this.#cutOff = { size: before.size, tail: Buffer.concat([tail, before.tail]) }
      this.#bytes.fill(0, size, this.size)
    } else this.#reach(size)
    this.size = size
  }

  sync(): void {
    for (const sector of this.#former.keys()) if (!this.#forsaken.has(sector)) this.#former.delete(sector)
    this.#cutOff = undefined
    this.#safeSize = this.size
  }

  /** A sync has failed. */
  forsake(): void {
    for (const sector of this.#former.keys()) this.#forsaken.add(sector)
  }

  /** Each sector that was not synced is as it was at some time since. */
  powerCut(random: Random): void {
    const lostShare = random.of([0, 0.2, 0.5, 1])
    if (this.#cutOff && random.chance(0.5)) {
      const { size, tail } = this.#cutOff
      this.#reach(size)
      tail.copy(this.#bytes, size - tail.length)
      this.size = size
    }
    for (const [sector, former] of this.#former) {
      if (!random.chance(lostShare)) continue
      former[random.whole(0, former.length - 1)]?.copy(this.#bytes, sector * sectorBytes)
    }
    if (this.size > this.#safeSize && random.chance(0.5)) {
      const most = Math.floor((this.size - this.#safeSize) / sectorBytes)
      const size = this.#safeSize + sectorBytes * (random.chance(0.5) ? 0 : random.whole(0, most))
      this.#bytes.fill(0, size, this.size)
      this.size = size
    }
    this.#forsaken.clear()
    this.sync()
  }

  #reach(end: number): void {
    if (end <= this.#bytes.length) return
    const larger = Buffer.alloc(
      Math.max(blockBytes, 2 * this.#bytes.length, Math.ceil(end / sectorBytes) * sectorBytes),
    )
    this.#bytes.copy(larger)
    this.#bytes = larger
  }
}
