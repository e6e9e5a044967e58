import type { Fields } from '../checked-input'
import { noContent, ok, refuseForeign, refuseUnknown } from './envelope'
import { listReply } from './query'
import { type Call, type Route, route } from './router'
import { siteOf, type User, type World } from './world'

const read = ['user-profile', 'user-profile-read']

export function userView(world: World, { id, loginId, service, allowed, roles, ctimeMs }: User): Fields {
  return {
    loginId,
    email: `${loginId}@example.com`,
    locale: 'en',
    timezone: '+9.00',
    country: 'kr',
    accessApproval: allowed ? 'allow' : 'deny',
    _service: service,
    _site: siteOf(world, service),
    roles,
    mtime: String(ctimeMs),
    ctime: String(ctimeMs),
    billing: `user:${id}`,
    billingLimit: `user:${id}:limit`,
    billingCurrent: `user:${id}:current`,
    billingMeter: `user:${id}:meter`,
    id,
  }
}

/** The users of the caller's own service; shape of `users/me` as in docs/protocol/thingplus.md §8.5. */
export function userRoutes(world: World): Route[] {
  const find = ({ user, path }: Call): User => {
    const id = path['id'] ?? ''
    const found = world.users.get(id) ?? refuseUnknown(`user ${id}`)
    return found.service === user.service ? found : refuseForeign(`user ${id}`)
  }
  return [
    route('GET', '/users/me', read, ({ user }) => ok(userView(world, user))),
    route('GET', '/users/:id', read, (call) => ok(userView(world, find(call)))),
    route('GET', '/users', read, ({ user, query }) =>
      listReply(
        [...world.users.values()].filter(({ service }) => service === user.service),
        query,
        (one) => userView(world, one),
      ),
    ),
    // Not in the vendor's list: the way to try what happens to the tokens of a deleted user.
    route('DELETE', '/users/:id', 'session', (call) => {
      world.users.delete(find(call).id)
      return noContent()
    }),
  ]
}
