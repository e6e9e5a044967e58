import type { Figure } from '../figure'
import { interleaved, type Scene } from './row'

const pointsPerRow = 4

/** One message with very many rows: how long the event loop is held up, against an empty function node that gets the same. */
export async function longMessage({ sizes, simulator, nodeRed, plain }: Scene): Promise<Figure[]> {
  const rows = sizes.longRows
  const load = { inFlight: 1, messages: 1, pointsPerMessage: rows, pointsPerRow }
  const send = (id: 'post-direct' | 'post-outbox') => async () => {
    await nodeRed.prepare(id, load)
    const before = await simulator.accepted()
    return nodeRed.watch(async () => {
      await nodeRed.load(id, load)
      await simulator.until(before + rows * pointsPerRow)
    })
  }
  const sides = await interleaved(sizes, {
    nothing: async () => {
      await plain.prepare('nothing', load)
      return plain.watch(() => plain.load('nothing', load))
    },
    direct: send('post-direct'),
    outbox: send('post-outbox'),
  })
  const figure = (what: string, side: 'direct' | 'outbox'): Figure => ({
    what: `event loop max, one message of ${rows.toLocaleString('en-US')} rows × ${pointsPerRow} points, ${what}`,
    unit: 'ms',
    compare: 'difference',
    ours: sides[side].map(({ maxMs }) => maxMs),
    baseline: sides.nothing.map(({ maxMs }) => maxMs),
    goal: { most: 50 },
  })
  return [figure('direct', 'direct'), figure('through the outbox', 'outbox')]
}
