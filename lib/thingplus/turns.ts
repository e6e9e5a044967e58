/** Runs the tasks of one key one after the other, in the order they came; tasks of different keys run side by side. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  async take<Result>(key: string, task: () => Promise<Result>): Promise<Result> {
    const previous = this.#last.get(key) ?? Promise.resolve()
    const mine = previous.then(task, task)
    this.#last.set(key, mine)
    try {
      return await mine
    } finally {
      if (this.#last.get(key) === mine) this.#last.delete(key)
    }
  }
}

/**
 * The results of a task for every item, at most `limit` at a time, in the order of the items.
 * @param task may let another one go beside it while it waits for something
 */
export function forEachLimited<Item, Result>(
  items: readonly Item[],
  limit: number,
  task: (item: Item, letAnotherGo: () => void) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(items.length)
  if (items.length === 0) return Promise.resolve(results)
  const rest = items.entries()
  return new Promise((resolve, reject) => {
    let lanes = 0
    const lane = async () => {
      for (const [index, item] of rest) results[index] = await task(item, start)
    }
    const start = () => {
      lanes += 1
      lane().then(() => {
        lanes -= 1
        if (lanes === 0) resolve(results)
      }, reject)
    }
    for (let count = Math.min(limit, items.length); count > 0; count--) start()
  })
}

/** Calls one each time, and the other the first time as well. */
export function andOnce(each: () => void, first: () => void): () => void {
  let isFirst = true
  return () => {
    if (isFirst) first()
    isFirst = false
    each()
  }
}
