import type { Refusal, SimulatedCloud, SimulatedReply, SimulatedRequest } from '../cloud'
import { authClientRoutes } from './auth-clients'
import { AuthorizationCodes, authorizeRoutes } from './authorize'
import { parseBody } from './body'
import { commandRoutes } from './commands'
import { accessDenied, failure, Refused } from './envelope'
import { gatewayRoutes } from './gateways'
import { Identities } from './identity'
import { metadataRoutes } from './metadata'
import { createWorld } from './new-world'
import { tokenRoutes } from './oauth'
import { figuresOf, sensorStream, thingplusDemoAccounts } from './onlooker'
import { defaultThingplusOptions, parseThingPlusOptions, type ThingPlusOptions } from './options'
import { portalRoutes } from './portal'
import { portalItemRoutes } from './portal-items'
import { parseQuery } from './query'
import { registrationRoutes } from './registration'
import { createRouter, type Route } from './router'
import { scopeRoutes } from './scopes'
import type { ThingPlusSeed } from './seed'
import { seriesRoutes } from './series'
import { siteRoutes } from './sites'
import { pointsOf, stateOf } from './state'
import { statusRoutes } from './status'
import { userRoutes } from './users'

export type { Plan, ThingPlusOptions } from './options'
export type { SeedClient, SeedDevice, SeedGateway, SeedSensor, SeedSite, SeedUser, ThingPlusSeed } from './seed'

/** `/v2`, or behind a service's own host `/api/v2`. */
const prefix = /^(?:\/api)?\/v2(?=\/|$)/

/**
 * The Thing+ cloud, REST v2, in memory. Throws `InvalidInput`, which names the key, when the seed or an option is wrong.
 * Written from docs/protocol/thingplus.md and the sources it names; what they leave open is an option.
 */
export function createThingPlusCloud(
  seed: ThingPlusSeed = {},
  options: ThingPlusOptions = {},
  clock: { wallMs(): number } = { wallMs: Date.now },
): SimulatedCloud {
  const complete = { ...defaultThingplusOptions, ...parseThingPlusOptions(options) }
  const world = createWorld(seed, complete, clock.wallMs())
  const identities = new Identities(world)
  const codes = new AuthorizationCodes()
  let findRoute = createRouter(allRoutes())

  return {
    handle,
    refuse,
    state: () => stateOf(world),
    figures: () => figuresOf(world),
    recent: () => world.recent.all.filter((sensor) => world.sensors.get(sensor.id) === sensor).map(sensorStream),
    demoAccounts: (url) => thingplusDemoAccounts(seed, url),
    accepted: () => world.valuesAccepted,
    points: (stream) => pointsOf(world, stream),
    setOptions: (changes) => {
      Object.assign(world.options, parseThingPlusOptions(changes))
      findRoute = createRouter(allRoutes())
    },
  }

  function allRoutes(): Route[] {
    return [
      ...portalRoutes(world, identities),
      ...authClientRoutes(world),
      ...scopeRoutes(world),
      ...tokenRoutes(world, identities, codes),
      ...authorizeRoutes(world, identities, codes),
      ...userRoutes(world),
      ...siteRoutes(world),
      ...metadataRoutes(world),
      ...registrationRoutes(world),
      ...gatewayRoutes(world),
      ...statusRoutes(world),
      ...seriesRoutes(world),
      ...portalItemRoutes(world),
      ...commandRoutes(world),
    ]
  }

  function handle(request: SimulatedRequest): SimulatedReply | undefined {
    if (!prefix.test(request.url.pathname)) return undefined
    try {
      return answer(request)
    } catch (error) {
      if (error instanceof Refused) return error.reply
      throw error
    }
  }

  function answer(request: SimulatedRequest): SimulatedReply {
    const { url, method, receivedMs: nowMs } = request
    const found = findRoute(method, url.pathname.replace(prefix, ''))
    const access = found?.route.access ?? 'login'
    const caller = access === 'open' ? undefined : identities.identify(request, access)
    if (caller && 'status' in caller) return caller
    if (!found) return failure(404, 'NOT_FOUND', `${method} ${url.pathname} does not exist`)
    const { route, path } = found
    const call = { request, nowMs, path, query: parseQuery(url.searchParams), body: parseBody(request) }
    if (route.access === 'open') return route.run(call)
    return caller ? route.run({ ...call, ...caller }) : accessDenied()
  }

  function refuse(request: SimulatedRequest, refusal: Refusal): SimulatedReply | undefined {
    if (!prefix.test(request.url.pathname)) return undefined
    switch (refusal) {
      case 'token-expired':
        return identities.endToken(request)
      case 'session-expired':
        return identities.endSession(request)
      case 'unauthorized':
        return accessDenied()
      case 'throttled':
        return failure(429, 'UNKNOWN', 'too many requests')
      case 'server-error':
        return failure(500, 'INTERNAL_ERROR', 'internal error')
    }
  }
}
