import type { SimulatedCloud } from './cloud'
import { createEnosCloud, type EnosOptions } from './enos'
import type { Seed } from './seed'

export interface CloudSettings {
  seed: Seed
  /** How EnOS behaves where its documents say nothing; see `EnosOptions`. */
  enos?: Partial<EnosOptions>
  /** Handed to the Thing+ half as they are. */
  thingplus?: Record<string, unknown>
  now: () => number
}

/** Every simulated cloud, by its name in the seed, the options and the state: a cloud is one line here. */
export function createClouds({ seed, enos, now }: CloudSettings): Record<string, SimulatedCloud> {
  return {
    enos: createEnosCloud(seed.enos, enos, now),
  }
}
