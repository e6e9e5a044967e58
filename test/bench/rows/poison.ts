import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { inFolder } from '../../outbox/places'
import type { Figure } from '../figure'
import { runScript, SimulatorProcess } from '../processes'
import type { Sizes } from '../sizes'
import { column, interleaved } from './row'

const devices = 20
const fleet = 'plant'
const goalShare = 0.01

/**
 * A backlog that is drained after a start through the integration channel, which refuses a request as a whole: with messages
 * in it that a strict model refuses, of a device that sends nothing else, or of all devices in turn.
 */
export async function poison({
  rounds,
  warmUps,
  poisonValues: values,
  poisonShares: shares,
}: Sizes): Promise<Figure[]> {
  const simulator = await SimulatorProcess.start({ fleets: [{ fleet, good: devices, bad: 1 }] })
  try {
    return await inFolder(async (place) => {
      const filled = async (name: string, share: number, isSpread: boolean) => {
        const folder = join(place, name)
        await runScript('lanes.cjs', {
          task: 'fill',
          url: simulator.url,
          folder,
          fleet,
          devices,
          values,
          share,
          isSpread,
        })
        return () =>
          inFolder(async (copy) => {
            await cp(folder, copy, { recursive: true })
            return runScript<{ perSecond: number }>('lanes.cjs', {
              task: 'drain',
              url: simulator.url,
              folder: copy,
              values,
            })
          })
      }
      const kinds = shares.flatMap((share) =>
        [false, true].map((isSpread) => ({ name: `${share} ${isSpread}`, share, isSpread })),
      )
      const sides = { none: await filled('none', 0, false) }
      for (const { name, share, isSpread } of kinds)
        Object.assign(sides, { [name]: await filled(name, share, isSpread) })
      const drained: Record<string, { perSecond: number }[]> = await interleaved({ rounds, warmUps }, sides)
      const none = column(drained['none'] ?? [], 'perSecond')
      return kinds.map(({ name, share, isSpread }) => ({
        what: `drain, ${share * 100} % of the messages poison, ${isSpread ? 'of all 20 devices' : 'of a 21st device'} / none`,
        unit: 'points/s',
        compare: 'ratio',
        ours: column(drained[name] ?? [], 'perSecond'),
        baseline: none,
        ...(share <= goalShare ? { goal: { least: 0.3 } } : {}),
      }))
    })
  } finally {
    await simulator.close()
  }
}
