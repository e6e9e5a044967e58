import { type Store, StoreFault } from '../store/store'

const entriesAtOnce = 100

/**
 * LevelDB steps over what it cannot read, and tells so only at the end of a range. So what was read short of an end, and has
 * holes, is read once more up to its last entry.
 * @param last key of what was read
 * @param read `found`: how many entries; `isParted`: whether bundles were taken apart since, so that they are more by now
 * @returns whether it is damage that lies between them; else what is missing was settled
 * @throws {StoreFault} io where a file can't be read for the moment, or couldn't be a moment ago
 */
export async function hasSteppedOver(
  store: Store,
  from: Buffer,
  last: Buffer,
  read: { found: number; isParted: () => boolean },
): Promise<boolean> {
  const scan = store.scan({ from, before: Buffer.concat([last, Buffer.of(0)]) })
  try {
    let count = 0
    for (let part = await scan.next(entriesAtOnce); part.length > 0; part = await scan.next(entriesAtOnce))
      count += part.length
    if (count > read.found && !read.isParted())
      throw new StoreFault('io', 'a part of the store could not be read for a moment')
    return scan.damaged
  } finally {
    await scan.close()
  }
}
