import type { Fields } from '../checked-input'
import { findSite } from './access'
import { ok, refuseForeign, refuseUnknown } from './envelope'
import { listReply } from './query'
import { type Route, route } from './router'
import type { Site, World } from './world'

/** Sites and services of the caller's customer; docs/protocol/thingplus.md §5.1. */
export function siteRoutes(world: World): Route[] {
  const serviceView = ({ id, name, ctimeMs }: { id: string; name: string; ctimeMs: number }): Fields => ({
    name,
    mtime: String(ctimeMs),
    ctime: String(ctimeMs),
    id,
  })
  return [
    route('GET', '/sites', ['site-read'], ({ user, query }) =>
      listReply(
        [...world.sites.values()].filter(({ service }) => service === user.service),
        query,
        siteView,
      ),
    ),
    route('GET', '/sites/:id', ['site-read'], (call) => ok(siteView(findSite(world, call, call.path['id'] ?? '')))),
    route('GET', '/services', ['service-read'], ({ user, query }) =>
      listReply(
        [...world.services.values()].filter(({ id }) => id === user.service),
        query,
        serviceView,
      ),
    ),
    route('GET', '/services/:id', ['service-read'], ({ user, path }) => {
      const id = path['id'] ?? ''
      const service = world.services.get(id) ?? refuseUnknown(`service ${id}`)
      return service.id === user.service ? ok(serviceView(service)) : refuseForeign(`service ${id}`)
    }),
  ]
}

function siteView({ id, name, code, service, ctimeMs }: Site): Fields {
  return {
    billing: `site:${id}`,
    code,
    ctime: String(ctimeMs),
    _service: service,
    billingReserve: `site:${id}:reserve`,
    billingLimit: `site:${id}:limit`,
    name,
    id,
    billingMeter: `site:${id}:meter`,
    mtime: String(ctimeMs),
    billingCurrent: `site:${id}:current`,
  }
}
