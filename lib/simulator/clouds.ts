import type { SimulatedCloud } from './cloud'
import { createEnosCloud, type EnosOptions } from './enos'
import type { Seed } from './seed'
import { createThingPlusCloud, type ThingPlusOptions, type ThingPlusSeed } from './thingplus'

export interface CloudSettings {
  seed: Seed
  /** How EnOS behaves where its documents say nothing; see `EnosOptions`. */
  enos?: Partial<EnosOptions>
  /** How Thing+ behaves where its documents say nothing; see `ThingPlusOptions`. */
  thingplus?: ThingPlusOptions
  now: () => number
}

/** Every simulated cloud, by its name in the seed, the options and the state. A new cloud is one line here. */
export function createClouds({ seed, enos, thingplus, now }: CloudSettings): Record<string, SimulatedCloud> {
  return {
    enos: createEnosCloud(seed.enos, enos, now),
    thingplus: createThingPlusCloud(seed.thingplus as ThingPlusSeed | undefined, thingplus, { wallMs: now }),
  }
}
