import type { Fields } from '../checked-input'
import { checked, created, noContent, ok, refuseForeign, refuseTaken, refuseUnknown } from './envelope'
import { listReply } from './query'
import { type Call, type Route, route } from './router'
import { listOf, object, text } from './schema'
import type { OAuthClient, World } from './world'

const name = text({ min: 1 })
const newClient = object({ name, reqId: name, clientSecret: name, scopes: listOf(text()) })

/**
 * OAuth clients; only with a portal session. Id and name are unique across the platform.
 * `/oauth2/authClients` is the path of April 2017; docs/protocol/thingplus.md §2.3, §4.7.
 */
export function authClientRoutes(world: World): Route[] {
  return ['/authClients', '/oauth2/authClients'].flatMap((path): Route[] => [
    route('POST', path, 'session', (call) => create(world, call)),
    route('GET', path, 'session', ({ user, query }) =>
      listReply(
        [...world.clients.values()].filter((client) => client.user === user.id),
        query,
        readView,
      ),
    ),
    route('GET', `${path}/:id`, 'session', (call) => ok(readView(find(world, call)))),
    route('DELETE', `${path}/:id`, 'session', (call) => {
      world.clients.delete(find(world, call).id)
      return noContent()
    }),
  ])
}

function create(world: World, { user, body, nowMs }: Call) {
  const { name, reqId, clientSecret, scopes } = checked(body, newClient) as {
    name: string
    reqId: string
    clientSecret: string
    scopes: string[]
  }
  if (world.clients.has(reqId)) return refuseTaken(`client ${reqId}`)
  if ([...world.clients.values()].some((client) => client.name === name)) return refuseTaken(`a client named ${name}`)
  world.clients.set(reqId, { id: reqId, name, clientSecret, scopes, user: user.id, ctimeMs: nowMs })
  return created({ name, clientSecret, scopes, _user: user.id, mtime: nowMs, ctime: nowMs, id: reqId })
}

function find(world: World, { user, path }: Call): OAuthClient {
  const id = path['id'] ?? ''
  const client = world.clients.get(id) ?? refuseUnknown(`client ${id}`)
  return client.user === user.id ? client : refuseForeign(`client ${id}`)
}

/** Whether a read shows the secret is not documented; it does not. */
function readView({ id, name, scopes, user, ctimeMs }: OAuthClient): Fields {
  return { name, scopes, _user: user, mtime: String(ctimeMs), ctime: String(ctimeMs), id }
}
