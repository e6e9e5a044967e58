import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { inFolder } from '../../outbox/places'
import type { Figure } from '../figure'
import { runScript } from '../processes'
import type { Sizes } from '../sizes'
import { column, endToEnd, interleaved, type Scene } from './row'

const lane = 'bench'

/** Drain at more and more waiting records, over as many of them as the smallest size has. */
export async function waitingRecords(sizes: Sizes): Promise<Figure[]> {
  const [smallest = 0, ...larger] = sizes.growthRecords
  return inFolder(async (place) => {
    const folderOf = (records: number) => join(place, String(records))
    for (const records of sizes.growthRecords)
      await runScript('store.cjs', { task: 'fill', folder: folderOf(records), lane, records })
    const rateAt = (records: number) => () =>
      inFolder(async (copy) => {
        await cp(folderOf(records), copy, { recursive: true })
        return (await runScript<{ perSecond: number }>('store.cjs', { task: 'drain', folder: copy, lane, records }))
          .perSecond
      })
    const rates = await interleaved(
      sizes,
      Object.fromEntries(sizes.growthRecords.map((records) => [records, rateAt(records)])),
    )
    return larger.map(
      (records): Figure => ({
        what: `drain, ${count(records)} waiting / ${count(smallest)} waiting`,
        unit: 'records/s',
        compare: 'ratio',
        ours: rates[records] ?? [],
        baseline: rates[smallest] ?? [],
        goal: { least: 0.9 },
      }),
    )
  })
}

/** More and more devices that send. */
export async function devices(scene: Scene): Promise<Figure[]> {
  const { rounds, durationMs, devices: most, crowd } = scene.sizes
  const send = (devices: number) => () =>
    endToEnd(scene, 'post-outbox', { inFlight: crowd, durationMs, pointsPerMessage: 1, devices })
  // From one moment to the next, chance makes more of a difference than the number of devices.
  const { one, hundred, many } = await interleaved(
    { ...scene.sizes, rounds: 2 * rounds + 1 },
    {
      one: send(1),
      hundred: send(Math.min(100, most)),
      many: send(most),
    },
  )
  const figure = (what: string, rows: typeof one): Figure => ({
    what: `outbox, one point a message, ${what} / 1 device`,
    unit: 'points/s',
    compare: 'ratio',
    ours: column(rows, 'pointsPerSecond'),
    baseline: column(one, 'pointsPerSecond'),
    goal: { least: 0.9 },
  })
  return [figure('100 devices', hundred), figure(`${count(most)} devices`, many)]
}

const count = (number: number) => number.toLocaleString('en-US')
