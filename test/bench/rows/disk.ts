import { join } from 'node:path'
import { inFolder } from '../../outbox/places'
import type { Figure } from '../figure'
import { runScript } from '../processes'
import type { Sizes } from '../sizes'
import { interleaved } from './row'

const groups = [
  { producers: 16, least: 0.5 },
  { producers: 128, least: 0.2 },
]

/** The outbox's own rate of durable records, against a plain file synced after each group of the same size. */
export async function disk(sizes: Sizes): Promise<Figure[]> {
  const { durationMs } = sizes
  const figures: Figure[] = []
  for (const { producers, least } of groups) {
    const measured = await inFolder((place) => {
      let folders = 0
      const rate = async (task: 'accept' | 'write', folder: string) =>
        (await runScript<{ perSecond: number }>('store.cjs', { task, folder, producers, durationMs })).perSecond
      return interleaved(sizes, {
        accept: () => rate('accept', join(place, String(folders++))),
        write: () => rate('write', place),
      })
    })
    figures.push({
      what: `durable accept, ${producers} producers / bare write + fdatasync of as many`,
      unit: 'records/s',
      compare: 'ratio',
      ours: measured.accept,
      baseline: measured.write,
      goal: { least },
    })
  }
  return figures
}
