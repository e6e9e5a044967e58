const sliceLength = 500

/** The items in slices, with a turn of the event loop between two, so that long lists never hold up Node-RED. */
export async function* slices<T>(items: readonly T[]): AsyncGenerator<readonly T[]> {
  for (let start = 0; start < items.length; start += sliceLength) {
    if (start > 0) await new Promise((resolve) => setImmediate(resolve))
    yield items.slice(start, start + sliceLength)
  }
}
