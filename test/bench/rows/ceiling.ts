import type { Figure } from '../figure'
import { barePosts, column, interleaved, type Scene } from './row'

/** What the simulator can take: bare keep-alive posts by node:http, of one point and of a thousand. */
export async function ceiling(scene: Pick<Scene, 'simulator' | 'sizes'>): Promise<Figure[]> {
  const { single, thousand } = await interleaved(scene.sizes, {
    single: () => barePosts(scene, 'http', 1, 64),
    thousand: () => barePosts(scene, 'http', 1000, 8),
  })
  const line = (what: string, rows: typeof single): Figure => ({
    what: `simulator: bare posts, ${what} (baseline: what a whole core of it would take)`,
    unit: 'points/s',
    ours: column(rows, 'pointsPerSecond'),
    baseline: column(rows, 'ceilingPerSecond'),
    compare: 'ratio',
  })
  return [line('1 point each', single), line('1,000 points each', thousand)]
}
