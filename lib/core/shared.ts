interface Entry<Thing> {
  readonly thing: Thing
  users: number
  ending: NodeJS.Timeout | undefined
  /** Set as soon as it is being closed. */
  closing: Promise<unknown> | undefined
}

/** What one user has of it. */
export interface Use<Thing> {
  readonly thing: Thing
  /** Ends the use; the second time nothing happens. */
  release(): void
}

/**
 * Things that several use, each by its key. A thing outlives its last user for a while, since the next one often comes
 * soon: with the next deployment, or the next letter that is typed.
 */
export class Shared<Thing> {
  readonly #entries = new Map<string, Entry<Thing>>()
  readonly #afterlifeMs: number
  readonly #close: (thing: Thing) => unknown

  constructor(afterlifeMs: number, close: (thing: Thing) => unknown) {
    this.#afterlifeMs = afterlifeMs
    this.#close = close
  }

  /**
   * What is there under the key, or what is made.
   * @param make gets a promise that resolves once the former one is closed
   */
  use(key: string, make: (free: Promise<unknown>) => Thing): Use<Thing> {
    const present = this.#entries.get(key)
    return this.#used(key, present && !present.closing ? present : this.#inPlaceOf(present, key, make))
  }

  /**
   * As `use`; one that does not fit makes room for another.
   * @returns `undefined` where others use one that does not fit
   */
  useFitting(
    key: string,
    make: (free: Promise<unknown>) => Thing,
    fits: (thing: Thing) => boolean,
  ): Use<Thing> | undefined {
    const present = this.#entries.get(key)
    if (present && !fits(present.thing)) {
      if (present.users > 0) return undefined
      return this.#used(key, this.#inPlaceOf(present, key, make))
    }
    return this.use(key, make)
  }

  /** One that is there and fits. */
  useAny(fits: (thing: Thing) => boolean): Use<Thing> | undefined {
    for (const [key, entry] of this.#entries) {
      if (!entry.closing && fits(entry.thing)) return this.#used(key, entry)
    }
    return undefined
  }

  /** Closes what nobody uses. Answers whether the key is free: `false` where somebody does. */
  async retire(key: string): Promise<boolean> {
    const present = this.#entries.get(key)
    if (present && present.users > 0) return false
    if (present) await this.#end(key, present)
    return true
  }

  /** It is of no use: whoever comes next makes another. It is not closed. */
  forget(key: string, thing: Thing): void {
    const present = this.#entries.get(key)
    if (present?.thing !== thing) return
    clearTimeout(present.ending)
    this.#entries.delete(key)
  }

  #inPlaceOf(former: Entry<Thing> | undefined, key: string, make: (free: Promise<unknown>) => Thing): Entry<Thing> {
    const thing = make(former ? this.#end(key, former) : Promise.resolve())
    const entry: Entry<Thing> = { thing, users: 0, ending: undefined, closing: undefined }
    this.#entries.set(key, entry)
    return entry
  }

  #used(key: string, entry: Entry<Thing>): Use<Thing> {
    clearTimeout(entry.ending)
    entry.users += 1
    let isReleased = false
    const release = () => {
      if (isReleased) return
      isReleased = true
      entry.users -= 1
      if (entry.users === 0) entry.ending = setTimeout(() => this.#end(key, entry), this.#afterlifeMs).unref()
    }
    return { thing: entry.thing, release }
  }

  #end(key: string, entry: Entry<Thing>): Promise<unknown> {
    clearTimeout(entry.ending)
    entry.closing ??= Promise.resolve(this.#close(entry.thing)).finally(() => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key)
    })
    return entry.closing
  }
}
