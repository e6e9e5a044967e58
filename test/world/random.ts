/** A source of chance that a seed determines (sfc32). Each room has one of its own, so that a change in one moves no other. */
export class Random {
  #a: number
  #b: number
  #c: number
  #count = 1

  constructor(seed: number, room: string) {
    let hash = 0x811c9dc5 ^ seed
    for (let at = 0; at < room.length; at++) hash = Math.imul(hash ^ room.charCodeAt(at), 0x01000193)
    this.#a = hash >>> 0
    this.#b = seed >>> 0
    this.#c = Math.imul(seed, 0x9e3779b1) >>> 0
    for (let turn = 0; turn < 12; turn++) this.next()
  }

  /** 0 up to 1. */
  next = (): number => {
    const sum = (this.#a + this.#b + this.#count) | 0
    this.#count = (this.#count + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum
    return (sum >>> 0) / 4_294_967_296
  }

  chance(share: number): boolean {
    return this.next() < share
  }

  /** A whole number, both ends included. */
  whole(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1))
  }

  between(from: number, to: number): number {
    return from + this.next() * (to - from)
  }

  /** Small numbers as often as large ones. */
  spread(from: number, to: number): number {
    return from * (to / from) ** this.next()
  }

  of<Item>(items: readonly [Item, ...Item[]]): Item {
    return items[Math.floor(this.next() * items.length)] ?? items[0]
  }

  /** At least one, in their order. */
  some<Item>(items: readonly Item[]): Item[] {
    const chosen = items.filter(() => this.chance(0.5))
    return chosen.length > 0 ? chosen : items.slice(0, 1)
  }
}
