import type { Figure } from '../figure'
import { endToEnd, interleaved, type Scene } from './row'

interface Side {
  maxMs: number
  messagesPerSecond: number
}

const names = { post: 'post points, direct', call: 'call API, direct' } as const

/**
 * All messages at once, as a *split* makes them: the longest that Node-RED is held up, against an empty function node that
 * gets the same. Whatever is walked once for each waiting message shows in the larger burst, and in its time a message.
 */
export async function burst(scene: Scene): Promise<Figure[]> {
  const { sizes, nodeRed, plain } = scene
  const figures: Figure[] = []
  const bySize: Record<keyof typeof names, Side[]>[] = []
  for (const messages of sizes.burstMessages) {
    const load = { inFlight: messages, messages, pointsPerMessage: 1 }
    const { nothing, ...sides } = await interleaved(sizes, {
      nothing: () => plain.watch(() => plain.load('nothing', load)),
      post: () => endToEnd(scene, 'post-direct', load),
      call: async () => {
        const { maxMs, result } = await nodeRed.watch(() => nodeRed.load('call-direct', load))
        return { maxMs, messagesPerSecond: (messages * 1000) / (result.endMs - result.startMs) }
      },
    })
    bySize.push(sides)
    for (const id of ['post', 'call'] as const)
      figures.push({
        what: `longest block, ${count(messages)} messages at once, ${names[id]} / empty function node`,
        unit: 'ms',
        compare: 'ratio',
        ours: sides[id].map(({ maxMs }) => maxMs),
        baseline: nothing.map(({ maxMs }) => maxMs),
        goal: { most: 1.5 },
      })
  }
  const [small, large] = [bySize[0], bySize.at(-1)]
  if (bySize.length < 2 || !small || !large) return figures
  const [fewest = 0, most = 0] = [sizes.burstMessages[0], sizes.burstMessages.at(-1)]
  for (const id of ['post', 'call'] as const)
    figures.push({
      what: `time a message, ${count(most)} at once, ${names[id]} / ${count(fewest)} at once`,
      unit: 'µs',
      compare: 'ratio',
      ours: large[id].map(usAMessage),
      baseline: small[id].map(usAMessage),
      goal: { most: 1.25 },
    })
  return figures
}

const usAMessage = ({ messagesPerSecond }: Side) => 1e6 / messagesPerSecond
const count = (number: number) => number.toLocaleString('en-US')
