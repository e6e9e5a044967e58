import type { Fields } from '../checked-input'
import { checked, created, noContent, ok, refuseForeign, refuseTaken, refuseUnknown } from './envelope'
import { listReply } from './query'
import { type Call, type Route, route } from './router'
import type { Check } from './schema'
import { itemView } from './views'
import { type Entry, siteOf, type World } from './world'

export interface Collection {
  /** Path, without the slash. */
  name: string
  entries: Map<string, Entry>
  readScopes: readonly string[]
  writeScopes: readonly string[]
  newEntry: Check
  changedEntry: Check
  /** Further checks of a new entry, after its schema. */
  check?(call: Call, body: Fields): void
  /** What a new entry has when the body does not say. */
  defaults?: Fields
}

const kept = ['id', 'reqId', 'ctime', 'mtime', '_user', '_site', '_service']

/** List, create, read, change and delete for a plain kind of item. An entry without a `reqId` gets the next number. */
export function collectionRoutes(world: World, collection: Collection): Route[] {
  const { name, entries, readScopes, writeScopes, newEntry, changedEntry, defaults } = collection
  const find = ({ user, path }: Call): Entry => {
    const id = path['id'] ?? ''
    const entry = entries.get(id) ?? refuseUnknown(`${name} ${id}`)
    return entry.service === user.service ? entry : refuseForeign(`${name} ${id}`)
  }
  const view = (entry: Entry, form: 'created' | 'read' = 'read') => ({
    ...itemView(entry, form),
    _user: entry.user,
    _site: siteOf(world, entry.service),
    _service: entry.service,
  })

  return [
    route('GET', `/${name}`, readScopes, ({ user, query }) =>
      listReply(
        [...entries.values()].filter(({ service }) => service === user.service),
        query,
        (entry) => view(entry),
      ),
    ),
    route('POST', `/${name}`, writeScopes, (call) => {
      const body = checked(call.body, newEntry)
      const { user, nowMs } = call
      const id = String(body['reqId'] ?? world.lastNumber + 1)
      if (entries.has(id)) return refuseTaken(`${name} ${id}`)
      collection.check?.(call, body)
      world.lastNumber += 1
      const entry: Entry = {
        id,
        user: user.id,
        service: user.service,
        fields: { ...defaults, ...without(body, kept) },
        ctimeMs: nowMs,
        mtimeMs: nowMs,
      }
      entries.set(id, entry)
      return created(view(entry, 'created'))
    }),
    route('GET', `/${name}/:id`, readScopes, (call) => ok(view(find(call)))),
    route('PUT', `/${name}/:id`, writeScopes, (call) => {
      const entry = find(call)
      Object.assign(entry.fields, without(checked(call.body, changedEntry), kept))
      entry.mtimeMs = call.nowMs
      return ok(view(entry))
    }),
    route('DELETE', `/${name}/:id`, writeScopes, (call) => {
      entries.delete(find(call).id)
      return noContent()
    }),
  ]
}

function without(fields: Fields, keys: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => !keys.includes(key)))
}
