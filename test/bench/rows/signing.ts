import type { Figure } from '../figure'
import { runScript } from '../processes'
import type { Sizes } from '../sizes'

export async function signing({ rounds, durationMs }: Sizes): Promise<Figure[]> {
  const input = { rounds, durationMs: durationMs / 2 }
  const { ours, bare } = await runScript<{ ours: number[]; bare: number[] }>('signing.cjs', input)
  const what = 'signing an API call / bare node:crypto on the same bytes'
  return [{ what, unit: 'calls/s', compare: 'ratio', ours, baseline: bare, goal: { least: 0.8 } }]
}
