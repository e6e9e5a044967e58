import type { Figure } from '../figure'
import type { LoadId } from '../flows'
import { endToEnd, interleaved, type Scene } from './row'

const paths: readonly [name: string, id: LoadId][] = [
  ['post points, direct', 'post-direct'],
  ['call API, direct', 'call-direct'],
]

/**
 * All messages at once, as a *split* makes them: the longest that Node-RED is held up, against an empty function node that
 * gets the same. Whatever is walked once for each waiting message shows in the larger burst.
 */
export async function burst(scene: Scene): Promise<Figure[]> {
  const { sizes, nodeRed, plain } = scene
  const figures: Figure[] = []
  for (const messages of sizes.burstMessages) {
    const load = { inFlight: messages, messages, pointsPerMessage: 1 }
    const sides = await interleaved(sizes.rounds, {
      nothing: () => plain.watch(() => plain.load('nothing', load)),
      'post-direct': () => endToEnd(scene, 'post-direct', load),
      'call-direct': () => nodeRed.watch(() => nodeRed.load('call-direct', load)),
    })
    for (const [name, id] of paths)
      figures.push({
        what: `longest block, ${messages.toLocaleString('en-US')} messages at once, ${name} / empty function node`,
        unit: 'ms',
        compare: 'ratio',
        ours: sides[id as 'post-direct'].map(({ maxMs }) => maxMs),
        baseline: sides.nothing.map(({ maxMs }) => maxMs),
        goal: { most: 1.5 },
      })
  }
  return figures
}
