const sliceLength = 500

/**
 * Does the work for each item, with a turn of the event loop after every 500, so that long lists never hold up Node-RED.
 * @throws what the work throws; the rest is left undone
 */
export async function inSlices<T>(items: readonly T[], work: (item: T, index: number) => void): Promise<void> {
  for (let start = 0; start < items.length; start += sliceLength) {
    if (start > 0) await new Promise((resolve) => setImmediate(resolve))
    for (const [at, item] of items.slice(start, start + sliceLength).entries()) work(item, start + at)
  }
}
