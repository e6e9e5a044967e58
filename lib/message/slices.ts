const sliceLength = 500
const done = Promise.resolve()

/**
 * Does the work for each item, with a turn of the event loop after every 500, so that long lists never hold up Node-RED.
 * A list of 500 is done when this returns.
 * @throws what the work throws, at once or later; the rest is left undone
 */
export function inSlices<T>(items: readonly T[], work: (item: T, index: number) => void): Promise<void> {
  workOff(items, work, 0)
  return items.length <= sliceLength ? done : theRest(items, work)
}

async function theRest<T>(items: readonly T[], work: (item: T, index: number) => void): Promise<void> {
  for (let start = sliceLength; start < items.length; start += sliceLength) {
    await new Promise((resolve) => setImmediate(resolve))
    workOff(items, work, start)
  }
}

function workOff<T>(items: readonly T[], work: (item: T, index: number) => void, start: number): void {
  const end = Math.min(start + sliceLength, items.length)
  for (let index = start; index < end; index++) work(items[index] as T, index)
}
