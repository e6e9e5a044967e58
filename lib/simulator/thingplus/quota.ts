import { failure, Refused } from './envelope'
import type { Plan } from './options'
import type { World } from './world'

/** 471 BILLING when the site of the item has no plan, or has as many of these as its plan allows. */
export function checkPlan(world: World, site: string, kind: keyof Plan): void {
  const own = world.sites.get(site)?.plan
  const plan = own === undefined ? world.options.plan : own
  const limit = plan?.[kind]
  if (plan === null || (limit !== undefined && used(world, site, kind) >= limit)) {
    throw new Refused(failure(471, 'BILLING', plan ? `the plan allows ${limit} ${kind}` : 'the site has no plan'))
  }
}

function used(world: World, site: string, kind: keyof Plan): number {
  const gateways = [...world.gateways.values()].filter((gateway) => gateway.site === site)
  if (kind === 'gateways') return gateways.length
  if (kind === 'sensors') return gateways.reduce((sum, { sensors }) => sum + sensors.size, 0)
  const service = world.sites.get(site)?.service
  return [...world.rules.values()].filter((rule) => rule.service === service).length
}
