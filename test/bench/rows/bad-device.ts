import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { inFolder } from '../../outbox/places'
import type { Figure } from '../figure'
import { SimulatorProcess, startScript } from '../processes'
import type { Sizes } from '../sizes'

/** What makes a device bad, and how the fleet sends where each has a session of its own. */
interface Trouble {
  id: string
  what: string
  fault?: object
  isUnknown?: boolean
  hasOwnSessions?: boolean
}

const shared: readonly Trouble[] = [
  { id: 'unknown', what: 'unknown to the cloud', isUnknown: true },
  { id: 'failing', what: 'HTTP 500', fault: { kind: 'server-error', status: 500 } },
  { id: 'slow', what: 'answered after 25 s', fault: { kind: 'slow', delayMs: 25_000 } },
  { id: 'throttled', what: 'throttled', fault: { kind: 'throttled' } },
]
const wrongSecret: Trouble = { id: 'secret', what: 'with a wrong secret', hasOwnSessions: true }

const few = { size: 'few', good: 2, bad: 1, perSecond: 300 }

/**
 * Fleets that send steadily through the outbox: what the others' values reach the cloud at, from some time after the fault
 * has begun, against a fleet that is well. The few, a light load, send all at the same time; the many one after the other.
 */
export async function badDevice(sizes: Sizes): Promise<Figure[]> {
  const bad = Math.ceil(sizes.devices / 100)
  const many = { size: 'many', good: sizes.devices - bad, bad, perSecond: sizes.devices / 2 }
  const well: Trouble = { id: 'well', what: '' }
  const wellAlone: Trouble = { id: 'alone', what: '', hasOwnSessions: true }
  const troubles = [...shared, wrongSecret, well, wellAlone]
  const fleetOf = (size: string, { id }: Trouble) => `${size}-${id}`
  const fleets = [few, many].flatMap(({ size, good, bad }) =>
    troubles
      .filter(({ hasOwnSessions }) => size === 'few' || !hasOwnSessions)
      .map((trouble) => ({ fleet: fleetOf(size, trouble), good, bad: trouble.isUnknown ? 0 : bad })),
  )
  const faults = shared.flatMap(({ id, fault }) => (fault ? [{ ...fault, contains: `${id}-bad-` }] : []))
  const simulator = await SimulatorProcess.start({ fleets, faults })
  try {
    return await inFolder(async (place) => {
      const rateOf = async ({ size, ...load }: typeof few, trouble: Trouble) => {
        const fleet = fleetOf(size, trouble)
        const script = await startScript('lanes.cjs', {
          task: 'live',
          url: simulator.url,
          folder: join(place, fleet),
          fleet,
          ...load,
          hasOwnSessions: trouble.hasOwnSessions,
          hasWrongSecret: trouble === wrongSecret,
        })
        await wait(sizes.faultMs)
        const before = { points: await simulator.acceptedOf(fleet), ms: performance.now() }
        let points = 0
        // Of a fleet that is well some values come, however short the time and busy the machine.
        do {
          await wait(sizes.faultMs)
          points = (await simulator.acceptedOf(fleet)) - before.points
        } while (points === 0 && (trouble === well || trouble === wellAlone))
        const tookMs = performance.now() - before.ms
        await script.end()
        return (points * 1000) / tookMs
      }
      const rates = new Map<string, number>()
      const measure = async (fleet: typeof few, trouble: Trouble) => {
        rates.set(fleetOf(fleet.size, trouble), await rateOf(fleet, trouble))
      }
      await Promise.all(troubles.map((trouble) => measure(few, trouble)))
      for (const trouble of [...shared, well]) await measure(many, trouble)
      const figure = (what: string, size: string, trouble: Trouble): Figure => ({
        what: `${what} ${trouble.what}, rate of the others after ${sizes.faultMs / 1000} s / all well`,
        unit: 'points/s',
        compare: 'ratio',
        ours: [rates.get(fleetOf(size, trouble)) ?? Number.NaN],
        baseline: [rates.get(fleetOf(size, trouble.hasOwnSessions ? wellAlone : well)) ?? Number.NaN],
        goal: { least: 0.8 },
      })
      return [
        ...[wrongSecret, ...shared].map((trouble) => figure('one device of 3', few.size, trouble)),
        ...shared.map((trouble) =>
          figure(`${bad} devices of ${sizes.devices.toLocaleString('en-US')}`, many.size, trouble),
        ),
      ]
    })
  } finally {
    await simulator.close()
  }
}
